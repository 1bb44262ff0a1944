"""Deferred revenue of one line: straight-line by day of service (G19, IFRS 15, R-M-027).

Cumulative amounts are rounded and a period's revenue is the difference of two of them, so every
schedule adds up to the price. Tax is not revenue. Days of rest are no service, so revenue rests
with them; an extension spreads what is not yet earned over more days; whatever was not given back
when a line was closed is earned on that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tenure.kernel.money import rounded
from tenure.kernel.periods import Period, add_months, months_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Extension:
    """On a day, so many days of service more for the same price."""

    on: date
    days: int


@dataclass(frozen=True, slots=True)
class Earning:
    """One line of what was charged, net of tax, and what is known of its days of service.

    `period` is how it stands after every pause and extension. Closed on a day, it serves no more
    from that day on, and `given_back_minor` of it was owed to the customer.
    """

    net_minor: int
    period: Period
    sold_on: date
    pauses: tuple[Period, ...] = ()
    extensions: tuple[Extension, ...] = ()
    closed_on: date | None = None
    given_back_minor: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """What one calendar month earned."""

    month: Period
    minor: int


def billed(earning: Earning, through: date) -> int:
    """Minor units charged up to the end of a day, less what was given back by then."""
    if through < earning.sold_on:
        return 0
    is_closed = earning.closed_on is not None and through >= earning.closed_on
    return earning.net_minor - (earning.given_back_minor if is_closed else 0)


def recognised(earning: Earning, through: date) -> int:
    """Minor units earned up to the end of a day."""
    if through < earning.sold_on:
        return 0
    if earning.closed_on is not None and through >= earning.closed_on:
        return earning.net_minor - earning.given_back_minor
    if through >= earning.period.last_on:
        return earning.net_minor
    if not earning.extensions:
        served = _served(earning, through + _DAY)
        total = _served(earning, earning.period.ends_on)
        return _half_up(earning.net_minor * served, total)
    return rounded(earning.net_minor * _share(earning, through))


def deferred(earning: Earning, through: date) -> int:
    """Minor units charged and not yet earned at the end of a day."""
    return billed(earning, through) - recognised(earning, through)


def current_portion(earning: Earning, through: date) -> int:
    """Of what is deferred, what is earned within the next twelve months."""
    return recognised(earning, add_months(through, 12)) - recognised(earning, through)


def schedule(earning: Earning) -> Iterator[Month]:
    """What each calendar month earns, as far as is known now."""
    before = 0
    first = min(earning.period.starts_on, earning.sold_on)
    last = max(earning.period.ends_on, earning.closed_on or earning.period.ends_on) + _DAY
    for month in months_of(Period(first, last)):
        after = recognised(earning, month.last_on)
        if after != before:
            yield Month(month, after - before)
        before = after


def _share(earning: Earning, through: date) -> Fraction:
    """The part of the price that is earned at the end of a day, exact."""
    known = [one for one in earning.extensions if one.on <= through]
    later = sum(one.days for one in earning.extensions)
    total = _served(earning, earning.period.ends_on) - later
    share, done = Fraction(0), 0
    for one in sorted(known, key=lambda one: one.on):
        served = min(_served(earning, one.on), total)
        share += (1 - share) * _part(served - done, total - done)
        done, total = served, total + one.days
    served = min(_served(earning, through + _DAY), total)
    return share + (1 - share) * _part(served - done, total - done)


def _half_up(above: int, below: int) -> int:
    """above ÷ below in whole numbers, halves up; what most lines need is no more than this."""
    return (2 * above + below) // (2 * below) if below else above


def _part(served: int, left: int) -> Fraction:
    return Fraction(served, left) if left > 0 else Fraction(1)


def _served(earning: Earning, before: date) -> int:
    """Days of service from the start up to, and without, a day."""
    end = min(before, earning.period.ends_on)
    if end <= earning.period.starts_on:
        return 0
    run = Period(earning.period.starts_on, end)
    rested = (run.overlap(one) for one in earning.pauses)
    return run.days - sum(one.days for one in rested if one is not None)
