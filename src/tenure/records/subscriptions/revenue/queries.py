"""Deferred revenue of every contract as of a day (R-M-027), plain terms in one statement.

A term that nothing happened to is one line of arithmetic, so the database adds those up; only
terms that were changed, extended, paused or cut short are read and reckoned one by one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tenure.kernel.periods import Period, add_months
from tenure.records.billing.pricing.basket import LineKind
from tenure.records.billing.revenue.rules import Earning, Extension, recognised
from tenure.records.journal.models import Entry
from tenure.records.rows import select_rows

PLAIN_TERMS = Path(__file__).with_name("plain_terms.sql")
SPECIAL_TERMS = Path(__file__).with_name("special_terms.sql")
SPECIAL_LINES = Path(__file__).with_name("special_lines.sql")
SPECIAL_RESTS = Path(__file__).with_name("special_rests.sql")


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in minor units, net of tax, up to the end of a day."""

    billed: int = 0
    given_back: int = 0
    recognised: int = 0

    @property
    def deferred(self) -> int:
        """Charged, not given back, and not yet earned."""
        return self.billed - self.given_back - self.recognised


@dataclass(frozen=True, slots=True)
class Movement:
    """From one day to another: opening + billed − recognised − refunded = closing.

    `current` is what of the closing balance is earned within twelve months.
    """

    currency: str
    opening: int
    billed: int
    recognised: int
    refunded: int
    closing: int
    current: int

    @property
    def non_current(self) -> int:
        return self.closing - self.current


class _Bought(NamedTuple):
    """What is needed of a term; reading whole rows would take most of the time."""

    pk: int
    subscription_id: int
    currency: str
    price_minor: int
    tax_minor: int
    starts_on: date
    ends_on: date
    closed_on: date | None
    bought_on: date | None
    extended_days: int


class _Charged(NamedTuple):
    """What is needed of a line."""

    pk: int
    term_id: int
    kind: str
    closes_id: int | None
    amount_minor: int
    tax_minor: int
    sold_on: date
    starts_on: date
    ends_on: date
    closed_on: date | None
    extended_days: int


_BOUGHT_DAYS = frozenset({5, 6, 7, 8})
_CHARGED_DAYS = frozenset({6, 7, 8, 9})


def movements(*, opening_on: date, closing_on: date) -> tuple[Movement, ...]:
    """How the deferred revenue moved between the ends of two days, a row for each currency."""
    special = list(earnings())
    before = _totals(special, through=opening_on, sold_by=opening_on)
    after = _totals(special, through=closing_on, sold_by=closing_on)
    later = _totals(special, through=add_months(closing_on, 12), sold_by=closing_on)
    nothing = Totals()
    found = []
    for currency, now in sorted(after.items()):
        was = before.get(currency, nothing)
        found.append(
            Movement(
                currency=currency,
                opening=was.deferred,
                billed=now.billed - was.billed,
                recognised=now.recognised - was.recognised,
                refunded=now.given_back - was.given_back,
                closing=now.deferred,
                current=later[currency].recognised - now.recognised,
            )
        )
    return tuple(found)


def totals(*, as_of: date) -> Mapping[str, Totals]:
    """Currency → what was billed, given back and earned by the end of a day."""
    return _totals(list(earnings()), through=as_of, sold_by=as_of)


def earnings(chain: int | None = None) -> Iterator[tuple[str, Earning]]:
    """Currency and schedule of everything that was charged for terms that are not plain.

    Of one subscription, where it is named, those that are plain too. Read row by row as the
    database tells it: as objects it would take three times as long.
    """
    rows = select_rows(SPECIAL_TERMS, {"chain": chain})
    chosen = [_Bought(*_as_days(row, _BOUGHT_DAYS)) for row in rows]
    lines: dict[int, list[_Charged]] = defaultdict(list)
    for row in select_rows(SPECIAL_LINES, {}):
        line = _Charged(*_as_days(row, _CHARGED_DAYS))
        lines[line.term_id].append(line)
    pauses: dict[int, list[Period]] = defaultdict(list)
    for chain, starts_on, ends_on in select_rows(SPECIAL_RESTS, {}):
        pauses[chain].append(Period(_as_day(starts_on), _as_day(ends_on)))
    extended: dict[int, list[Extension]] = defaultdict(list)
    ids = [one.pk for one in chosen if one.extended_days]
    moved = Entry.objects.filter(kind="term.extended", term_id__in=ids).order_by("pk")
    for term_id, on, content in moved.values_list("term_id", "on", "content"):
        assert term_id is not None, "it was asked for by its term"
        extended[term_id].append(Extension(on, int(content["days"])))
    for term in chosen:
        story = _Story(lines[term.pk], pauses[term.subscription_id], extended[term.pk])
        for one in _of_term(term, story):
            yield term.currency, one


def _as_days(row: Sequence[Any], places: Collection[int]) -> list[Any]:
    return [_as_day(one) if at in places else one for at, one in enumerate(row)]


@lru_cache(maxsize=5_000)
def _as_day(told: Any) -> Any:
    """A day as the two databases tell it; None stays None."""
    return date.fromisoformat(told) if isinstance(told, str) else told


@dataclass(frozen=True, slots=True)
class _Story:
    """What happened to one term."""

    lines: list[_Charged]
    pauses: list[Period]
    extensions: list[Extension]

    def rests_in(self, period: Period, closed_on: date | None) -> tuple[Period, ...]:
        """The pauses that moved the end of a line: those that began while it was open."""
        return tuple(
            one
            for one in self.pauses
            if one.overlaps(period) and (closed_on is None or one.starts_on < closed_on)
        )


def _of_term(term: _Bought, story: _Story) -> Iterator[Earning]:
    given_back = {
        one.closes_id: one.tax_minor - one.amount_minor
        for one in story.lines
        if one.kind == LineKind.CREDIT
    }
    sold_on = term.bought_on or term.starts_on
    if not any(one.kind == LineKind.RENEWAL for one in story.lines):
        closed_on = _cut(term, None, term.ends_on)
        yield Earning(
            net_minor=term.price_minor - term.tax_minor,
            period=Period(term.starts_on, term.ends_on),
            sold_on=sold_on,
            pauses=story.rests_in(Period(term.starts_on, term.ends_on), closed_on),
            extensions=tuple(story.extensions),
            closed_on=closed_on,
        )
    for one in story.lines:
        if one.kind == LineKind.CREDIT and one.closes_id is not None:
            continue
        line_sold_on = sold_on if one.kind == LineKind.RENEWAL else one.sold_on
        closed_on = _cut(term, one.closed_on, one.ends_on)
        yield Earning(
            net_minor=one.amount_minor - one.tax_minor,
            period=Period(one.starts_on, one.ends_on),
            sold_on=line_sold_on,
            pauses=story.rests_in(Period(one.starts_on, one.ends_on), closed_on),
            extensions=tuple(story.extensions) if one.extended_days else (),
            closed_on=closed_on,
            given_back_minor=given_back.get(one.pk, 0),
        )


def _cut(term: _Bought, closed_on: date | None, ends_on: date) -> date | None:
    """The day from which a line serves no more, where that is before its end."""
    cuts = [one for one in (closed_on, term.closed_on) if one is not None and one < ends_on]
    return min(cuts, default=None)


def _totals(
    special: Iterable[tuple[str, Earning]], *, through: date, sold_by: date
) -> dict[str, Totals]:
    values = {"through": through, "sold_by": sold_by}
    sums = {
        currency: [billed, 0, earned]
        for currency, billed, earned in select_rows(PLAIN_TERMS, values)
    }
    for currency, one in special:
        if one.sold_on > sold_by:
            continue
        here = sums.setdefault(currency, [0, 0, 0])
        if one.net_minor < 0:  # went back by itself, and what it takes off is earned by the day
            here[1] -= one.net_minor
        else:
            here[0] += one.net_minor
        if one.closed_on is not None and one.closed_on <= sold_by:
            here[1] += one.given_back_minor
        here[2] += recognised(one, through)
    return {currency: Totals(*map(int, one)) for currency, one in sums.items()}
