"""What may be known: the days up to `as_of`, and nothing that reached us after `at`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tenure.kernel.clock import instant, to_us
from tenure.kernel.periods import date_of, day_number

# No feature looks further back into the events than this.
WINDOW_DAYS: Final = 90
DAY_US: Final = 86_400_000_000
_EVENING = time(18)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """One point in two times: when things happened, and when we had them.

    `day` is the last day counted (days since 1970, in the business's zone), `ends_us` the first
    instant that is not counted any more, `known_us` the last instant at which something may have
    reached us. `evenings` says where 18 o'clock lies inside a day of UTC, from which day on: two
    entries where the clocks changed inside the window.
    """

    day: int
    ends_us: int
    known_us: int
    evenings: tuple[tuple[int, int], ...]

    @property
    def first_day(self) -> int:
        """The first day of the window of events."""
        return self.day - WINDOW_DAYS + 1

    @property
    def year(self) -> int:
        return date_of(self.day).year

    def since(self, days: int) -> int:
        """The first of the last `days` days, `as_of` counted."""
        return self.day - days + 1


def moment(as_of: date, *, at: datetime, zone: str) -> Moment:
    """The moment of a day in a zone, as known at an instant."""
    day = day_number(as_of)
    return Moment(
        day=day,
        ends_us=to_us(instant(as_of + timedelta(days=1), time(0), zone=zone)),
        known_us=to_us(at),
        evenings=_evenings(day - WINDOW_DAYS + 1, day, zone=zone),
    )


def _evenings(first: int, last: int, *, zone: str) -> tuple[tuple[int, int], ...]:
    """From which day on the evening begins how long after the UTC midnight of that date."""
    place = ZoneInfo(zone)
    found: list[tuple[int, int]] = []
    for day in range(first, last + 1):
        offset = datetime.combine(date_of(day), _EVENING, place).utcoffset()
        assert offset is not None, "an aware instant has an offset"
        begins = 18 * 3_600_000_000 - offset // _SECOND * 1_000_000
        if not found or found[-1][1] != begins:
            found.append((day, begins))
    return tuple(found)
