"""What a comparison would change in a month if everybody got the arm, and when nobody can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from tenure.prove.readouts.models import Readout
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.telling.measures import Kind, round_half_up
from tenure.prove.telling.verdicts import Verdict
from tenure.records.rows import select_rows
from tenure.strategy.experiments import Comparison

MONTHLY: Final = Path(__file__).with_name("monthly.sql")
WINDOW_DAYS: Final = 90
# In fewer days nobody sees how many come in a month.
LEAST_DAYS: Final = 28
MONTH_DAYS: Final = 30


class Silence(StrEnum):
    """Why nothing is said of what a month would bring."""

    TOO_EARLY = "too_early"
    TOO_FEW = "too_few"
    UNEVEN = "uneven"


@dataclass(frozen=True, slots=True)
class Given:
    """One arm in the days that are looked at; money is expected, minor units.

    `unseen_minor` is the part of the cost that no price shows; `offers` and both amounts are 0 of
    an arm that is no offer.
    """

    customers: int
    terms: int
    offers: int
    cost_minor: int
    unseen_minor: int


NOBODY: Final = Given(0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with the bounds that hold at any look."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Impact:
    """A month in which everybody eligible gets the arm, against one in which all get the control.

    `customers`, and of an arm that is an offer how many of them get it (`offers`) and what that
    costs (minor units, expected, beside what the control's costs), are None while too few came;
    `renewals` and `margin_minor` are None where `silence` says why, and of a metric that has none.
    """

    silence: Silence | None
    days: int
    customers: int | None = None
    offers: int | None = None
    cost_minor: int | None = None
    control_cost_minor: int | None = None
    renewals: Range | None = None
    margin_minor: Range | None = None


_SILENT: Final = {
    Verdict.TOO_EARLY: Silence.TOO_EARLY,
    Verdict.TOO_FEW: Silence.TOO_FEW,
    Verdict.UNEVEN: Silence.UNEVEN,
}


def better_arm(readout: Readout) -> str | None:
    """The arm that its readout says is better; None while it says no such thing."""
    if readout.srm == SampleRatio.ALARM:
        return None
    better = {Verdict.HELPS: readout.subject, Verdict.HARMS: readout.control}
    return better.get(Verdict(readout.verdict))


def impact(
    readout: Readout, comparison: Comparison, *, is_offer: bool, last_on: date | None = None
) -> Impact:
    """What rolling the arm out would change in a month, by its readout (EXP-01, EXP-04).

    Args:
        is_offer: whether the arms are offers; what is done otherwise costs its sending alone.
        last_on: the last day on which somebody was drawn, of one that is over.
    """
    until = min(readout.as_of, last_on or readout.as_of)
    since = max(comparison.starts_on, until - timedelta(days=WINDOW_DAYS - 1))
    days = (until - since).days + 1
    if days < LEAST_DAYS:
        return Impact(Silence.TOO_EARLY, days=max(days, 0))
    arms = given_to(readout, since=since, until=until, is_offer=is_offer)
    return monthly(readout, arms, days=days, is_offer=is_offer)


def given_to(readout: Readout, *, since: date, until: date, is_offer: bool) -> Mapping[str, Given]:
    """Arm → who came into it between two days, both counted, and what they were given."""
    values: dict[str, object] = {
        "key": readout.experiment_key,
        "currency": readout.currency,
        "since": since,
        "until": until,
    }
    found = {}
    for arm, customers, terms, *given in select_rows(MONTHLY, values):
        # An arm that is no offer may have the name of one.
        amounts = [int(one) for one in given] if is_offer else [0, 0, 0]
        found[arm] = Given(int(customers), int(terms), *amounts)
    return found


def monthly(readout: Readout, arms: Mapping[str, Given], *, days: int, is_offer: bool) -> Impact:
    """A month by what was seen in so many days.

    Costs of an arm are those of its own customers, as many times as customers come. The margin
    of a readout knows what prices show; what they do not show is taken off for both arms.
    """
    subject = arms.get(readout.subject, NOBODY)
    control = arms.get(readout.control, NOBODY)
    if not subject.terms or not control.terms:
        return Impact(Silence.TOO_FEW, days=days)
    a_month = MONTH_DAYS / days
    terms = sum(one.terms for one in arms.values()) * a_month
    customers = sum(one.customers for one in arms.values()) * a_month
    unseen = (subject.unseen_minor / subject.terms - control.unseen_minor / control.terms) * terms
    silence = _silence(readout)
    return Impact(
        silence,
        days=days,
        customers=round_half_up(customers),
        offers=round_half_up(subject.offers / subject.terms * terms) if is_offer else None,
        cost_minor=_cost(subject, terms) if is_offer else None,
        control_cost_minor=_cost(control, terms) if is_offer else None,
        renewals=None if silence else _renewals(readout, terms),
        margin_minor=None if silence else _margin(readout, terms, unseen=unseen),
    )


def _silence(readout: Readout) -> Silence | None:
    if readout.srm == SampleRatio.ALARM:
        return Silence.UNEVEN
    return _SILENT.get(Verdict(readout.verdict))


def _cost(one: Given, terms: float) -> int:
    return round_half_up(one.cost_minor / one.terms * terms)


def _renewals(readout: Readout, terms: float) -> Range | None:
    bounds = (readout.diff, readout.low, readout.high)
    if readout.metric != Kind.RENEWAL or None in bounds:
        return None
    return Range(*(one * terms for one in bounds if one is not None))


def _margin(readout: Readout, terms: float, *, unseen: float) -> Range | None:
    known = readout.arms.get(readout.subject, {}).get("terms")
    bounds = (readout.margin_minor, readout.margin_low_minor, readout.margin_high_minor)
    if not known or None in bounds:
        return None
    return Range(*(one / known * terms - unseen for one in bounds if one is not None))
