"""A strategy's four measures, before and after its start and against the holdout (MET-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from tenure.kernel.clock import instant, today
from tenure.prove.statistics.groups import Difference, Group, difference, yes_or_no
from tenure.records.experiments.rules import HOLDOUT, TREATED
from tenure.records.rows import select_rows
from tenure.records.strategies.models import Revision
from tenure.strategy.sections import Strategy

_HERE: Final = Path(__file__).parent
TERMS: Final = _HERE / "terms_at_stake.sql"
SCORES: Final = _HERE / "scores_given.sql"
# The most of a period that is compared, so that both lie in one season as far as they can.
MOST_DAYS: Final = 180
# With fewer accounts on a side no interval is told.
LEAST_ACCOUNTS: Final = 10


class Measure(StrEnum):
    """What a strategy is judged by."""

    RENEWAL = "renewal"  # share of terms that ended
    VALUE = "value"  # margin of what was bought, per term that ended, in minor units
    NPS = "nps"  # promoters less detractors, as a share of answers
    COMPLAINTS = "complaints"  # share of accounts with a term that ended


@dataclass(frozen=True, slots=True)
class Period:
    """Terms that ended in it, both days counted; renewals of them count until `known_until`."""

    since: date
    until: date
    known_until: date


@dataclass(frozen=True, slots=True)
class Side:
    """One group: how many accounts, and its mean; None where there is nobody."""

    accounts: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One measure; a difference is None where a side has too few accounts to say anything."""

    measure: Measure
    before: Side
    after: Side
    change: Difference | None
    holdout: Side
    treated: Side
    effect: Difference | None


@dataclass(frozen=True, slots=True)
class Review:
    """What came of a strategy that began on a day; `after` is None while nothing has matured."""

    hash: str
    starts_on: date
    before: Period | None
    after: Period | None
    judged: tuple[Judged, ...]


def starts(*, as_of: date, zone: str) -> list[tuple[str, date]]:
    """The strategies that were applied by a day and since when, the newest first."""
    applied = Revision.objects.order_by("-applied_at", "-pk").values_list(
        "content_hash", "applied_at"
    )
    dated = [(name, today(zone, at)) for name, at in applied]
    return [(name, on) for name, on in dated if on <= as_of]


def review(start: tuple[str, date], *, as_of: date, strategy: Strategy) -> Review:
    """The measures of as many days after a start as have matured, and of as many before it.

    The change from before to after is not the strategy's doing alone: seasons, prices and
    competitors change as well. Only the difference to the holdout, which chance drew, is.
    """
    name, starts_on = start
    ripening = timedelta(days=strategy.experiments.outcome_days)
    until = min(as_of - ripening, starts_on + timedelta(days=MOST_DAYS - 1))
    if until < starts_on:
        return Review(name, starts_on, None, None, ())
    after = Period(starts_on, until, until + ripening)
    last = starts_on - timedelta(days=1)
    before = Period(last - (until - starts_on), last, last + ripening)
    groups = [_groups(one, strategy) for one in (before, after)]
    judged = tuple(_judged(measure, *groups) for measure in Measure)
    return Review(name, starts_on, before, after, judged)


type Groups = Mapping[tuple[Measure, str], Group]


def _groups(period: Period, strategy: Strategy) -> Groups:
    """Measure and arm → its group; the arm is empty for those who never met the holdout."""
    zone = strategy.business.zone
    values = {
        "since": period.since,
        "until": period.until,
        "known_until": period.known_until,
        "since_at": instant(period.since, time(0), zone=zone),
        "before_at": instant(period.until + timedelta(days=1), time(0), zone=zone),
        "key": HOLDOUT,
        "currency": strategy.business.currency,
    }
    found: dict[tuple[Measure, str], Group] = {}
    for arm, accounts, terms, squares, *sums, complained in select_rows(TERMS, values):
        size = (int(accounts), int(terms), int(squares))
        found[Measure.RENEWAL, arm] = _group(size, sums[:3])
        found[Measure.VALUE, arm] = _group(size, sums[3:])
        found[Measure.COMPLAINTS, arm] = yes_or_no(int(accounts), yes=int(complained))
    for arm, accounts, answers, squares, *sums in select_rows(SCORES, values):
        found[Measure.NPS, arm] = _group((int(accounts), int(answers), int(squares)), sums)
    return found


def _group(size: tuple[int, int, int], sums: Sequence[Any]) -> Group:
    accounts, terms, term_squares = size
    total, squares, products = (float(one) for one in sums)
    return Group(accounts, terms, total, squares, products, term_squares)


def _judged(measure: Measure, before: Groups, after: Groups) -> Judged:
    arms = ("", HOLDOUT, TREATED)
    earlier, later = (_together(measure, arms, groups=one) for one in (before, after))
    left, given = (_together(measure, (arm,), groups=after) for arm in (HOLDOUT, TREATED))
    return Judged(
        measure,
        before=_side(earlier),
        after=_side(later),
        change=_apart(later, earlier),
        holdout=_side(left),
        treated=_side(given),
        effect=_apart(given, left),
    )


def _together(measure: Measure, arms: Sequence[str], *, groups: Groups) -> Group | None:
    """The groups of several arms as one; None where nobody is in any."""
    found = [groups[measure, arm] for arm in arms if (measure, arm) in groups]
    if not found:
        return None
    return Group(
        accounts=sum(one.accounts for one in found),
        terms=sum(one.terms for one in found),
        total=sum(one.total for one in found),
        squares=sum(one.squares for one in found),
        products=sum(one.products for one in found),
        term_squares=sum(one.term_squares for one in found),
    )


def _side(group: Group | None) -> Side:
    return Side(0, None) if group is None else Side(group.accounts, group.mean)


def _apart(one: Group | None, other: Group | None) -> Difference | None:
    if one is None or other is None or min(one.accounts, other.accounts) < LEAST_ACCOUNTS:
        return None
    return difference(one, other)
