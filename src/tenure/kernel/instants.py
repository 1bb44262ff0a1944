"""Rules on instants: when something really happened, and when something may be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tenure.kernel.clock import instant, offset_change
from tenure.kernel.failures import Refusal, Sentence

EVERY_DAY: Final = frozenset(range(7))
WORKDAYS: Final = frozenset(range(5))


class NeverOpen(Refusal):
    """A send window that opens on no day of the week."""

    code = "window_never_open"
    said = Sentence(
        zh="发送时段 {opens}–{closes} 没有任何开放的星期；请至少选择一天。",
        en="The send window {opens}–{closes} opens on no day of the week; choose at least one.",
    )


def corrected_time(original: datetime, *, sent: datetime | None, received: datetime) -> datetime:
    """When an event really happened, whatever the sender's clock said (golden example G27).

    The sender's two readings give the delay before sending; that delay is taken off our own
    reading of the arrival. Without a sending time the arrival counts. Nothing happens after it
    has arrived.
    """
    if sent is None:
        return received
    return min(received - (sent - original), received)


@dataclass(frozen=True, slots=True)
class Window:
    """Local hours `[opens, closes)` in which something may be sent.

    `closes` at or before `opens` runs over midnight; the weekdays (Monday is 0) are those on
    which it opens.
    """

    opens: time
    closes: time
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise NeverOpen(opens=self.opens, closes=self.closes)

    def is_open(self, local: datetime) -> bool:
        """Whether the wall clock reading lies inside."""
        clock, today = local.time(), local.weekday() in self.weekdays
        if self.opens < self.closes:
            return today and self.opens <= clock < self.closes
        yesterday = (local.weekday() - 1) % 7 in self.weekdays
        return (today and clock >= self.opens) or (yesterday and clock < self.closes)


def is_allowed(at: datetime, *, window: Window, zone: str) -> bool:
    """Whether the window is open in the recipient's zone at an instant."""
    return window.is_open(at.astimezone(ZoneInfo(zone)))


def next_allowed(at: datetime, *, window: Window, zone: str) -> datetime:
    """The first instant at or after `at` when the window is open in `zone`, in UTC (G28, STD-04).

    Computed in local civil time: a window that opens inside a skipped hour opens right after it,
    and an hour that is repeated counts both times.
    """
    if is_allowed(at, window=window, zone=zone):
        return at.astimezone(UTC)
    opening = min(one for one in _openings(at, window=window, zone=zone) if one > at)
    place = ZoneInfo(zone)
    if opening.astimezone(place).utcoffset() != at.astimezone(place).utcoffset():
        change = offset_change(at, opening, zone=zone)
        if change > at and is_allowed(change, window=window, zone=zone):
            return min(change, opening)
    return opening


def _openings(at: datetime, *, window: Window, zone: str) -> Iterator[datetime]:
    """Instants around `at` at which the window opens, each wall time in both its showings."""
    place = ZoneInfo(zone)
    today = at.astimezone(place).date()
    for offset in range(9):
        day = today + timedelta(days=offset)
        if day.weekday() in window.weekdays:
            yield instant(day, window.opens, zone=zone)
            again = datetime.combine(day, window.opens.replace(fold=1), place)
            if window.is_open(again.astimezone(UTC).astimezone(place)):
                yield again.astimezone(UTC)
