"""Dates of many customers at once, as days since 1970; the rules are those of `kernel.periods`."""

from datetime import time
from zoneinfo import ZoneInfo

import numpy as np

from tenure.kernel.clock import instant
from tenure.kernel.periods import date_of
from tenure.world.chance import Wholes

_DAY_SECONDS = 86_400


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
    """Microseconds since 1970 in UTC of wall-clock seconds, by the zone's offset of each day."""
    day = local_seconds // _DAY_SECONDS
    days, place = np.unique(day, return_inverse=True)
    offsets = np.array([_offset_seconds(int(one), zone) for one in days], dtype=np.int64)
    return (local_seconds - offsets[place]) * 1_000_000


def _offset_seconds(day: int, zone: str) -> int:
    noon = instant(date_of(day), time(12), zone=zone)
    offset = noon.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None, "a zone has an offset"
    return int(offset.total_seconds())
