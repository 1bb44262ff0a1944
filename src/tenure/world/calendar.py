"""Dates of many customers at once, as days since 1970; the rules are those of `kernel.periods`."""

from datetime import time
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from tenure.kernel.clock import instant
from tenure.kernel.periods import date_of
from tenure.world.chance import Wholes

_DAY_SECONDS = 86_400
_QUARTER = 900  # seconds; zones change on whole quarters of an hour


def add_months(days: Wholes, months: Wholes | int) -> Wholes:
    """The days `months` after each day, clamped to the end of a short month (R-Y-060)."""
    dates = days.astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    into_month = (dates - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.asarray(months, dtype=np.int64)
    first = target.astype("datetime64[D]")
    length = ((target + np.timedelta64(1, "M")).astype("datetime64[D]") - first).astype(np.int64)
    clamped: Wholes = first.astype(np.int64) + np.minimum(into_month, length - 1)
    return clamped


def months_between(days: Wholes, last_day: int) -> Wholes:
    """Whole months from each day to one later day, the way `add_months` counts them."""
    last = np.int64(last_day).astype("datetime64[D]")
    months = last.astype("datetime64[M]") - days.astype("datetime64[D]").astype("datetime64[M]")
    whole = months.astype(np.int64)
    complete: Wholes = whole - (add_months(days, whole) > last_day)
    return complete


def to_utc_us(local_seconds: Wholes, *, zone: str) -> Wholes:
    """Microseconds since 1970 in UTC of wall-clock seconds of a zone.

    On most days one offset holds; on a day on which the clocks change, each quarter of an hour is
    looked up by itself.
    """
    day = local_seconds // _DAY_SECONDS
    days, place = np.unique(day, return_inverse=True)
    ends = [_offsets_of_day(int(one), zone) for one in days]
    offsets = np.array([first for first, _ in ends], dtype=np.int64)[place]
    changing = np.array([first != last for first, last in ends], dtype=np.bool_)[place]
    if changing.any():
        quarters, slot = np.unique(local_seconds[changing] // _QUARTER, return_inverse=True)
        known = [_offset_seconds(int(one) * _QUARTER, zone) for one in quarters]
        offsets[changing] = np.array(known, dtype=np.int64)[slot]
    return (local_seconds - offsets) * 1_000_000


@lru_cache(maxsize=4_096)
def _offsets_of_day(day: int, zone: str) -> tuple[int, int]:
    """The offset from UTC with which a day begins, and with which it ends."""
    first, last = day * _DAY_SECONDS, (day + 1) * _DAY_SECONDS - 1
    return _offset_seconds(first, zone), _offset_seconds(last, zone)


def _offset_seconds(local_second: int, zone: str) -> int:
    """The offset at the instant when the wall clock first shows a second, or passes it."""
    day, second = divmod(local_second, _DAY_SECONDS)
    wall = time(second // 3600, second // 60 % 60, second % 60)
    shown = instant(date_of(day), wall, zone=zone)
    offset = shown.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None, "a zone has an offset"
    return int(offset.total_seconds())
