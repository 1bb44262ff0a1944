"""How much of a paid period is left on a day, in whole days of service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tenure.kernel.periods import ChangeOutsidePeriod, Period, add_months
from tenure.records.billing.pricing.basket import Stretch


def rest_of(period: Period, on: date, *, pauses: Iterable[Period] = ()) -> Stretch:
    """The part of a paid period from a day on, that day included (G18, R-Y-066).

    Paused days are no service: they count neither as left nor in total.

    Raises:
        ChangeOutsidePeriod: the day does not belong to the period.
    """
    if not period.contains(on):
        raise ChangeOutsidePeriod(change_on=on, starts_on=period.starts_on, ends_on=period.ends_on)
    stops = list(pauses)
    rest = Period(on, period.ends_on)
    return Stretch(0, _served(rest, stops), max(_served(period, stops), 1))


def up_to(starts_on: date, until: date, *, anchor_on: date, cycle_months: int) -> Stretch:
    """From the end of one term to a common date: whole cycles, then by day (G02, G18).

    The cycles are those that the subscription would have had, counted from its anchor where the
    start is a due date of it, and from the start otherwise.
    """
    assert until >= starts_on, "a common date is not before the end that it moves"
    months = (starts_on.year - anchor_on.year) * 12 + starts_on.month - anchor_on.month
    if add_months(anchor_on, months) != starts_on:
        anchor_on, months = starts_on, 0
    whole, begun_on = 0, starts_on
    while (ends_on := add_months(anchor_on, months + cycle_months * (whole + 1))) <= until:
        whole, begun_on = whole + 1, ends_on
    return Stretch(whole, (until - begun_on).days, (ends_on - begun_on).days)


def _served(period: Period, pauses: list[Period]) -> int:
    paused = (period.overlap(one) for one in pauses)
    return period.days - sum(one.days for one in paused if one is not None)
