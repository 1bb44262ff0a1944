"""Dates of many customers at once follow the rules for one (R-Y-060, golden example G17)."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel import periods
from tenure.world import calendar

DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@given(anchor=DATES, months=st.integers(min_value=-60, max_value=240))
def test_months_are_added_as_one_by_one(anchor: date, months: int) -> None:
    many = calendar.add_months(np.array([periods.day_number(anchor)]), months)

    assert many.tolist() == [periods.day_number(periods.add_months(anchor, months))]


def test_end_of_january_comes_back_in_march() -> None:
    january = np.full(3, periods.day_number(date(2026, 1, 31)))

    days = calendar.add_months(january, np.array([0, 1, 2]))

    assert [periods.date_of(day) for day in days.tolist()] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


@given(start=DATES, later=DATES)
def test_months_between_is_the_last_due_date_not_after_a_day(start: date, later: date) -> None:
    days = np.array([periods.day_number(start)])
    last = periods.day_number(later)

    whole = calendar.months_between(days, last)

    assert calendar.add_months(days, whole)[0] <= last < calendar.add_months(days, whole + 1)[0]


def test_wall_clock_seconds_become_utc_by_the_offset_of_their_day() -> None:
    zone = ZoneInfo("America/New_York")
    walls = [datetime(2026, 1, 15, 9, tzinfo=zone), datetime(2026, 7, 15, 9, tzinfo=zone)]
    local = [int(wall.replace(tzinfo=UTC).timestamp()) for wall in walls]

    found = calendar.to_utc_us(np.array(local), zone="America/New_York")

    assert found.tolist() == [int(wall.timestamp()) * 1_000_000 for wall in walls]


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 3, 8), date(2026, 11, 1)])
def test_every_hour_stays_on_its_day_also_when_the_clocks_change(day: date) -> None:
    zone = ZoneInfo("America/New_York")
    seconds = periods.day_number(day) * 86_400 + np.arange(0, 86_400, 900)

    us = calendar.to_utc_us(seconds, zone="America/New_York")

    shown = [datetime.fromtimestamp(one / 1e6, tz=zone) for one in us.tolist()]
    assert {one.date() for one in shown} == {day}
    kept = [
        second for second, one in zip(seconds.tolist(), shown, strict=True) if _wall(one) == second
    ]
    skipped = 4 if day == date(2026, 3, 8) else 0
    assert len(kept) == len(seconds) - skipped


def _wall(shown: datetime) -> int:
    midnight = periods.day_number(shown.date()) * 86_400
    return midnight + shown.hour * 3600 + shown.minute * 60 + shown.second
