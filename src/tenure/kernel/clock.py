"""The only place that reads the clock. Everywhere else time arrives as `at` or `as_of`.

Instants are UTC-aware. A date is a civil date in the business's zone.
"""

from __future__ import annotations

import time as _time
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)


class Clock(Protocol):
    """Whatever can be asked for the time."""

    def now(self) -> datetime:
        """This instant, UTC-aware."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: rehearsals and tests."""

    at: datetime

    def __post_init__(self) -> None:
        assert self.at.tzinfo is not None, "a fixed clock needs an aware instant"

    def now(self) -> datetime:
        return self.at.astimezone(UTC)


def now() -> datetime:
    """This instant, UTC-aware."""
    return SystemClock().now()


def monotonic_seconds() -> float:
    """Seconds on a clock that never goes back; only differences mean something."""
    return _time.perf_counter()


def today(zone: str, at: datetime) -> date:
    """The civil date in `zone` at the instant `at`."""
    assert at.tzinfo is not None, "an instant is aware"
    return at.astimezone(ZoneInfo(zone)).date()


def instant(day: date, at_time: time, *, zone: str) -> datetime:
    """The instant (UTC) at which the wall clock of `zone` first shows `at_time` on `day` or later.

    A wall time that a spring change skips becomes the first moment after the gap; a wall time
    that an autumn change repeats becomes its first showing.
    """
    place = ZoneInfo(zone)
    wall = datetime.combine(day, at_time.replace(tzinfo=None, fold=0))
    first = wall.replace(tzinfo=place).astimezone(UTC)
    if first.astimezone(place).replace(tzinfo=None) == wall:
        return first
    before = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    return offset_change(before, first, zone=zone)


def offset_change(before: datetime, after: datetime, *, zone: str) -> datetime:
    """The first whole second in (before, after] that shares the UTC offset of `after` in `zone`.

    The two instants must have different offsets, with one change between them.
    """
    place = ZoneInfo(zone)
    low, high = before.astimezone(UTC), after.astimezone(UTC)
    goal = high.astimezone(place).utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2 or 1)
        if middle.astimezone(place).utcoffset() == goal:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def to_us(at: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z, exact."""
    assert at.tzinfo is not None, "an instant is aware"
    return (at - _EPOCH) // _MICROSECOND


def from_us(at_us: int) -> datetime:
    """The UTC instant of `to_us`, exact."""
    return _EPOCH + timedelta(microseconds=at_us)
