"""Who has earned what, decided from the calendar alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period, add_months
from tenure.strategy.benefits import Comeback, Newcomers, Streak

_YEAR = 12
_NOTHING = Decimal(0)


class BenefitKind(StrEnum):
    """What a benefit is."""

    ANNIVERSARY = "anniversary"
    STREAK = "streak"
    NEWCOMER = "newcomer"
    COMEBACK = "comeback"
    BUNDLE = "bundle"
    TRIAL = "trial"
    OFFER = "offer"
    MAKE_UP = "make_up"


class Served(NamedTuple):
    """One term as it was had: `ends_on` is where service really ended, `months` are those paid.

    `was_cut` where it was ended before its time; `after_failure` where a payment failed at its end;
    `made_up` where the gap behind it was made up for (OFR-06).
    """

    starts_on: date
    ends_on: date
    months: int
    was_cut: bool = False
    after_failure: bool = False
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is given, with the reason for the customer and the operator."""

    is_given: bool
    reason: Sentence


def unbroken_months(
    chain: Iterable[Served], starts_on: date, *, grace_days: int, make_up_days: int = 0
) -> int:
    """Months paid without a gap before a term that starts on a day (OFR-11).

    A late renewal within the business's grace joins the old end and is no gap. A gap after a failed
    payment of at most `grace_days` is forgiven, and so is one of at most `make_up_days` that was
    made up for (OFR-06); every other one, and a term that was given back, begins the count anew.
    What was cancelled before it began was never had.
    """
    months, joins_on = 0, starts_on
    for one in sorted(chain, key=lambda term: term.starts_on, reverse=True):
        if one.ends_on <= one.starts_on:
            continue
        gap_days = (joins_on - one.ends_on).days
        forgiven = grace_days if one.after_failure else 0
        forgiven = max(forgiven, make_up_days if one.made_up else 0)
        if gap_days > forgiven or one.was_cut:
            break
        months += one.months
        joins_on = one.starts_on
    return months


def with_make_up(chain: Sequence[Served], *, until: date) -> Sequence[Served]:
    """The same chain, where the last gap before a day is made up for (OFR-06).

    A term that was given back is no gap: it cannot be made up for.
    """
    ordered = sorted(chain, key=lambda term: term.starts_on)
    for place in reversed(range(len(ordered) - 1)):
        one, following = ordered[place], ordered[place + 1]
        is_gap = following.starts_on > one.ends_on and not one.was_cut
        if is_gap and following.starts_on <= until:
            return [*ordered[:place], one._replace(made_up=True), *ordered[place + 1 :]]
    return ordered


def rewarded_months(position: int, cycle_months: int, *, years: int) -> int:
    """How many months of a term fall into a rewarded year.

    Args:
        position: the months paid without a break before the term.
        years: so many years are paid in full before each rewarded one.
    """
    paid = years * _YEAR
    whole = paid + _YEAR

    def before(month: int) -> int:
        """How many of the months before this one are rewarded."""
        rounds, rest = divmod(month, whole)
        return rounds * _YEAR + max(rest - paid, 0)

    return before(position + cycle_months) - before(position)


def spread(off: Decimal, months: int, *, cycle_months: int) -> Decimal:
    """A reduction that holds for some months of a cycle, as a share of the whole cycle."""
    return off * months / cycle_months


def streak_share(rules: Streak, position: int, *, cycle_months: int) -> Decimal:
    """What a term after so many unbroken months is reduced by; 0 where none of it is earned."""
    months = rewarded_months(position, cycle_months, years=rules.years)
    if not months:
        return _NOTHING
    return spread(rules.off, months, cycle_months=cycle_months)


@dataclass(frozen=True, slots=True)
class Renewing:
    """A term to come: the how many-th renewal, of a customer since when, and its days."""

    renewal: int
    started_on: date
    starts_on: date
    cycle_months: int


def newcomer_share(rules: Newcomers, one: Renewing) -> Decimal:
    """What an early renewal of a new customer is reduced by (OFR-04); 0 after the first year."""
    is_new = one.started_on >= rules.joined_from and one.cycle_months in rules.cycles
    if not is_new or one.starts_on >= add_months(one.started_on, _YEAR):
        return _NOTHING
    return rules.steps[one.renewal - 1] if 1 <= one.renewal <= len(rules.steps) else Decimal(0)


@dataclass(frozen=True, slots=True)
class Gone:
    """A customer who may have left: whether some contract of theirs runs, the true end of the
    last one, and the day on which they came back before, if they did.
    """

    is_customer: bool
    ended_on: date | None
    came_back_on: date | None = None


_IS_CUSTOMER = Sentence(
    zh="仍有有效合同；回归优惠只给已经离开的客户",
    en="a contract is running; the offer is for those who left",
)
_NEVER_HERE = Sentence(zh="没有已结束的合同", en="no contract of theirs has ended")
_TOO_SOON = Sentence(
    zh="服务于 {ended_on} 真正结束，满 {days} 天（{from_on}）起可享",
    en="service really ended on {ended_on}; the offer begins {days} days later, on {from_on}",
)
_TOO_LATE = Sentence(
    zh="服务于 {ended_on} 结束，已超过 {days} 天",
    en="service ended on {ended_on}, more than {days} days ago",
)
_HAD_IT = Sentence(
    zh="{on} 已享受过一次，{days} 天内不再给",
    en="it was given on {on} already, and not again within {days} days",
)
_COMES_BACK = Sentence(
    zh="服务于 {ended_on} 结束，欢迎回来", en="service ended on {ended_on}; welcome back"
)


def may_come_back(rules: Comeback, gone: Gone, *, on: date) -> Verdict:
    """Whether somebody gets the offer for those who return (WIN-01), by the true end of service."""
    if gone.is_customer:
        return Verdict(False, _IS_CUSTOMER)
    if gone.ended_on is None:
        return Verdict(False, _NEVER_HERE)
    ended_on = gone.ended_on
    from_on = ended_on + timedelta(days=rules.after_days)
    if on < from_on:
        told = _TOO_SOON.fill(ended_on=ended_on, days=rules.after_days, from_on=from_on)
        return Verdict(False, told)
    if (on - ended_on).days > rules.within_days:
        return Verdict(False, _TOO_LATE.fill(ended_on=ended_on, days=rules.within_days))
    before = gone.came_back_on
    if before is not None and (on - before).days < rules.again_after_days:
        return Verdict(False, _HAD_IT.fill(on=before, days=rules.again_after_days))
    return Verdict(True, _COMES_BACK.fill(ended_on=ended_on))


def share_until(off: Decimal, period: Period, *, until: date, months: int) -> Decimal:
    """A reduction that holds until a day, as a share of a term of so many months: each of its
    months that begins before that day counts.
    """
    inside = sum(add_months(period.starts_on, month) < until for month in range(months))
    return spread(off, inside, cycle_months=months)


def anniversary_on(started_on: date, *, years: int) -> date:
    """The day on which somebody has been a customer for whole years (OFR-10)."""
    return add_months(started_on, years * _YEAR)


def free_days(ends_on: date, *, anchor_on: date, months: int) -> int:
    """The days that free months add to a term, counted from the anchor where its end is one of
    its due dates (G17).
    """
    so_far = (ends_on.year - anchor_on.year) * _YEAR + ends_on.month - anchor_on.month
    is_due = add_months(anchor_on, so_far) == ends_on
    later = add_months(anchor_on, so_far + months) if is_due else add_months(ends_on, months)
    return (later - ends_on).days


def is_converted(bought: Sequence[str], wanted: frozenset[str]) -> bool:
    """Whether one of the purchases after a trial is what it was to win (OFR-17)."""
    return any(one in wanted for one in bought)
