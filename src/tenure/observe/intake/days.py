"""Whose day an event belongs to, one event at a time."""

from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenure.kernel.clock import from_us

_DAY_US = 86_400_000_000
_QUARTER_US = 900_000_000
_MICROSECOND = timedelta(microseconds=1)


def local_day(at_us: int, *, zone: str) -> int:
    """The civil day in `zone` (days since 1970) of an instant (microseconds, UTC)."""
    return (at_us + _offset_us(zone, at_us // _QUARTER_US)) // _DAY_US


@lru_cache(maxsize=8_192)
def _offset_us(zone: str, quarter: int) -> int:
    """Zones change on whole quarters of an hour, so events of one quarter share their offset."""
    offset = from_us(quarter * _QUARTER_US).astimezone(ZoneInfo(zone)).utcoffset()
    return (offset or timedelta()) // _MICROSECOND
