"""Calendar rules on civil dates: anchors, half-open periods, grace, proration, months.

Dates are civil dates in the business's zone, so daylight saving cannot reach them. A period is
`[starts_on, ends_on)`: `ends_on` is the first day that is not paid, and is the due date.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money

GRACE_DAYS_DEFAULT: Final = 15
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SECOND = timedelta(seconds=1)
_DAYS_OF_EVERY_MONTH: Final = 28


class PeriodEndsBeforeItStarts(Refusal):
    """A period without a single day in it."""

    code = "period_ends_before_it_starts"
    said = Sentence(
        zh="期间从 {starts_on} 开始，却在 {ends_on} 结束；结束日必须晚于开始日，请更正其中之一。",
        en="A period starts on {starts_on} and ends on {ends_on}; it must end after it starts, "
        "correct one of the two.",
    )


class ChangeOutsidePeriod(Refusal):
    """A plan change dated outside the paid period that it would change."""

    code = "change_outside_period"
    said = Sentence(
        zh="变更日 {change_on} 不在 {starts_on} 至 {ends_on}（不含）之内；请选择期内的日期。",
        en="The change on {change_on} is outside {starts_on} to {ends_on} (not included); "
        "choose a day inside the period.",
    )


def add_months(anchor: date, months: int) -> date:
    """The date `months` after (or before) the anchor, clamped to the end of a short month."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = anchor.day
    # Every month has the first 28 days: only later ones need the calendar.
    if day > _DAYS_OF_EVERY_MONTH:
        day = min(day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day)


def nth_due(anchor: date, *, months_per_cycle: int, k: int) -> date:
    """The k-th due date, always counted from the anchor and never from the date before it.

    January 31 is followed by February 28 and then by March 31 (R-Y-060, golden example G17).
    """
    assert months_per_cycle > 0, "a cycle has at least one month"
    return add_months(anchor, months_per_cycle * k)


def day_number(day: date) -> int:
    """Days since 1970-01-01, which is day 0."""
    return day.toordinal() - _EPOCH_ORDINAL


def date_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + _EPOCH_ORDINAL)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole days from `starts_on` up to, and without, `ends_on`; at least one day."""

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on <= self.starts_on:
            raise PeriodEndsBeforeItStarts(starts_on=self.starts_on, ends_on=self.ends_on)

    @property
    def days(self) -> int:
        """How many days it has, 1 or more."""
        return (self.ends_on - self.starts_on).days

    @property
    def last_on(self) -> date:
        """The last day that belongs to it."""
        return self.ends_on - timedelta(days=1)

    def contains(self, day: date) -> bool:
        """Whether the day belongs to it; the end does not."""
        return self.starts_on <= day < self.ends_on

    def overlaps(self, other: Period) -> bool:
        """Whether some day belongs to both; periods that touch do not overlap."""
        return self.starts_on < other.ends_on and other.starts_on < self.ends_on

    def overlap(self, other: Period) -> Period | None:
        """The days that belong to both, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.starts_on, other.starts_on), min(self.ends_on, other.ends_on))

    def __contains__(self, day: date) -> bool:
        return self.contains(day)


def cycle(anchor: date, *, months_per_cycle: int, k: int) -> Period:
    """The k-th cycle from the anchor (k = 0 is the first); cycles join without gap or overlap."""
    return Period(
        nth_due(anchor, months_per_cycle=months_per_cycle, k=k),
        nth_due(anchor, months_per_cycle=months_per_cycle, k=k + 1),
    )


def late_start(old_end: date, paid_on: date, *, grace_days: int = GRACE_DAYS_DEFAULT) -> date:
    """The first day of the next term, from the old term's end and the day of payment (R-Y-061).

    Early, on time, or late within grace: the next term joins the old end, so early payment loses
    nothing and lateness earns no free days. After grace it starts on the day of payment.
    """
    assert grace_days >= 0, "grace is not negative"
    return old_end if (paid_on - old_end).days <= grace_days else paid_on


@dataclass(frozen=True, slots=True)
class Proration:
    """What a change in the middle of a period costs; `net_due` below zero becomes a credit."""

    left: int
    total: int
    credit: Money
    charge: Money

    @property
    def net_due(self) -> Money:
        return self.charge - self.credit


def prorate(old_price: Money, new_price: Money, *, period: Period, change_on: date) -> Proration:
    """Split a price change by whole days; the day of the change belongs to the new plan (G18).

    Each line is rounded half-up once, then the lines are subtracted. `left` and `total` are days.
    """
    if not period.contains(change_on):
        raise ChangeOutsidePeriod(
            change_on=change_on, starts_on=period.starts_on, ends_on=period.ends_on
        )
    left = (period.ends_on - change_on).days
    return _proration(old_price, new_price, left=left, total=period.days)


def prorate_by_second(
    old_price: Money, new_price: Money, *, starts_at: datetime, ends_at: datetime, at: datetime
) -> Proration:
    """As `prorate`, by elapsed seconds; `left` and `total` are seconds."""
    if not starts_at <= at < ends_at:
        raise ChangeOutsidePeriod(change_on=at, starts_on=starts_at, ends_on=ends_at)
    total = (ends_at - starts_at) // _SECOND
    return _proration(old_price, new_price, left=(ends_at - at) // _SECOND, total=total)


def _proration(old_price: Money, new_price: Money, *, left: int, total: int) -> Proration:
    share = Fraction(left, total)
    return Proration(
        left=left,
        total=total,
        credit=old_price.share_of(share),
        charge=new_price.share_of(share),
    )


def month_of(day: date) -> Period:
    """The calendar month that holds a day."""
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def months_of(period: Period) -> Iterator[Period]:
    """The calendar months that share a day with the period, whole and in order."""
    month = month_of(period.starts_on)
    while month.starts_on < period.ends_on:
        yield month
        month = month_of(month.ends_on)


def days_of(period: Period) -> Iterator[date]:
    """Each day of the period, in order."""
    for offset in range(period.days):
        yield period.starts_on + timedelta(days=offset)
