"""The clock, and the way between civil dates and instants."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.clock import (
    FixedClock,
    SystemClock,
    from_us,
    instant,
    monotonic_seconds,
    now,
    to_us,
    today,
)

ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"]
)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=7300)).map(
    lambda passed: datetime(2015, 1, 1, tzinfo=UTC) + passed
)


def test_now_is_utc_and_the_system_clock() -> None:
    with time_machine.travel(datetime(2026, 3, 12, 1, 40, tzinfo=UTC), tick=False):
        assert now() == datetime(2026, 3, 12, 1, 40, tzinfo=UTC)
        assert SystemClock().now() == now()
        assert now().tzinfo is UTC


def test_fixed_clock_stands_still_and_speaks_utc() -> None:
    clock = FixedClock(datetime(2026, 3, 12, 9, 40, tzinfo=ZoneInfo("Asia/Shanghai")))

    assert clock.now() == datetime(2026, 3, 12, 1, 40, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    with pytest.raises(AssertionError):
        FixedClock(datetime(2026, 3, 12))  # noqa: DTZ001


def test_monotonic_seconds_never_go_back() -> None:
    first = monotonic_seconds()

    assert monotonic_seconds() >= first


def test_today_is_the_civil_date_of_the_zone() -> None:
    """R-M-026: the zone of the business says which day, and so which month, it is."""
    at = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)

    assert today("Asia/Shanghai", at) == date(2026, 3, 12)
    assert today("America/New_York", at) == date(2026, 3, 11)
    # The last evening of a month is its own; on the night of the clocks, too.
    assert today("Asia/Shanghai", datetime(2026, 5, 31, 15, 59, tzinfo=UTC)) == date(2026, 5, 31)
    assert today("Asia/Shanghai", datetime(2026, 5, 31, 16, 0, tzinfo=UTC)) == date(2026, 6, 1)
    assert today("America/New_York", datetime(2026, 11, 1, 3, 59, tzinfo=UTC)) == date(2026, 10, 31)
    assert today("America/New_York", datetime(2026, 11, 1, 4, 0, tzinfo=UTC)) == date(2026, 11, 1)
    assert today("America/New_York", datetime(2026, 12, 1, 4, 59, tzinfo=UTC)) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("day", "at_time", "zone", "expected"),
    [
        (date(2026, 3, 12), time(8), "Asia/Shanghai", datetime(2026, 3, 12, 0, 0, tzinfo=UTC)),
        # The hour from 02:00 is skipped on 8 March 2026: the first moment after it is 03:00 EDT.
        (date(2026, 3, 8), time(2, 30), "America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
        # The hour from 01:00 is repeated on 1 November 2026: its first showing is 01:30 EDT.
        (
            date(2026, 11, 1),
            time(1, 30),
            "America/New_York",
            datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        ),
        # Lord Howe changes by half an hour: 02:00 to 02:30 is skipped on 4 October 2026.
        (
            date(2026, 10, 4),
            time(2, 15),
            "Australia/Lord_Howe",
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
        ),
    ],
)
def test_instant_of_a_wall_time(day: date, at_time: time, zone: str, expected: datetime) -> None:
    assert instant(day, at_time, zone=zone) == expected


@given(at=INSTANTS, zone=ZONES)
def test_instant_is_the_first_showing_at_or_after_the_wall_time(at: datetime, zone: str) -> None:
    local = at.astimezone(ZoneInfo(zone))

    found = instant(local.date(), local.time(), zone=zone)

    assert found in {at, at - timedelta(hours=1), at - timedelta(minutes=30)}
    assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local.replace(tzinfo=None)


@given(at=INSTANTS)
def test_microseconds_go_there_and_back(at: datetime) -> None:
    assert from_us(to_us(at)) == at


def test_microseconds_count_from_1970_whatever_the_zone() -> None:
    assert to_us(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert to_us(datetime(1970, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))) == 0
    assert to_us(datetime(2026, 3, 12, 1, 40, 0, 7, tzinfo=UTC)) == 1_773_279_600_000_007
