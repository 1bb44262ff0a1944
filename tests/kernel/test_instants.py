"""Skewed clocks (G27, DAT-03) and quiet hours (G28, STD-04)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.kernel.instants import (
    EVERY_DAY,
    WORKDAYS,
    NeverOpen,
    Window,
    corrected_time,
    is_allowed,
    next_allowed,
)

DAYTIME = Window(time(8), time(21))
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=2200)).map(
    lambda passed: datetime(2024, 1, 1, tzinfo=UTC) + passed
)
QUARTER = timedelta(minutes=15)
QUARTERS = st.builds(lambda n: time(n // 4, n % 4 * 15), st.integers(0, 95))
WINDOWS = st.builds(
    Window,
    QUARTERS,
    QUARTERS,
    st.frozensets(st.integers(0, 6), min_size=1),
)
ZONES = st.sampled_from(
    [
        "Asia/Shanghai",
        "America/New_York",
        "America/Los_Angeles",
        "Europe/London",
        "UTC",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "America/Santiago",
        "Pacific/Apia",
    ]
)
# Days on which some zone changes its clock, so that few examples suffice to meet one.
CHANGES = st.sampled_from(
    [
        date(2026, 3, 8),
        date(2026, 11, 1),
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2026, 10, 4),
        date(2026, 4, 5),
        date(2026, 9, 6),
        date(2026, 6, 1),
    ]
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("original", "sent", "received", "expected"),
    [
        (
            "2026-06-01T10:00:00.000Z",
            "2026-06-01T10:00:05.000Z",
            "2026-06-01T09:00:07.000Z",
            "2026-06-01T09:00:02.000Z",
        ),
        (
            "2026-06-01T08:00:00.000Z",
            "2026-06-01T08:00:01.000Z",
            "2026-06-01T08:00:01.200Z",
            "2026-06-01T08:00:00.200Z",
        ),
        ("2026-06-01T10:00:00.000Z", None, "2026-06-01T10:00:02.000Z", "2026-06-01T10:00:02.000Z"),
        (
            "2026-06-03T10:00:00.000Z",
            "2026-06-03T09:59:59.000Z",
            "2026-06-01T10:00:00.000Z",
            "2026-06-01T10:00:00.000Z",
        ),
    ],
    ids=["E1", "E2", "E3", "E4"],
)
def test_event_times_are_those_of_the_golden_rows(
    original: str, sent: str | None, received: str, expected: str
) -> None:
    """G27, exact."""
    found = corrected_time(utc(original), sent=utc(sent) if sent else None, received=utc(received))

    assert found == utc(expected)


@given(
    happened=INSTANTS,
    delay_s=st.integers(0, 10**6),
    skew_s=st.integers(-(10**7), 10**7),
    journey_s=st.integers(0, 60),
)
def test_a_wrong_clock_moves_no_event(
    happened: datetime, delay_s: int, skew_s: int, journey_s: int
) -> None:
    skew, delay = timedelta(seconds=skew_s), timedelta(seconds=delay_s)
    sent, received = happened + delay + skew, happened + delay + timedelta(seconds=journey_s)

    found = corrected_time(happened + skew, sent=sent, received=received)

    assert found == happened + timedelta(seconds=journey_s)
    assert found <= received


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        # Q1, Q2: in the evening the next morning, inside the hours at once.
        ("2026-06-01T13:30:00Z", "Asia/Shanghai", "2026-06-02T00:00:00Z"),
        ("2026-06-01T04:00:00Z", "Asia/Shanghai", "2026-06-01T04:00:00Z"),
        # Q3: fall-back day. 11:30Z is 06:30 EST, and 08:00 EST is 13:00Z.
        ("2026-11-01T11:30:00Z", "America/New_York", "2026-11-01T13:00:00Z"),
        # Q4: spring-forward day. 10:00Z is 03:00 PDT, and 08:00 PDT is 15:00Z.
        ("2026-03-08T10:00:00Z", "America/Los_Angeles", "2026-03-08T15:00:00Z"),
        # The end is not inside: at 21:00 exactly one waits until the morning.
        ("2026-06-01T13:00:00Z", "Asia/Shanghai", "2026-06-02T00:00:00Z"),
        ("2026-06-01T12:59:59Z", "Asia/Shanghai", "2026-06-01T12:59:59Z"),
        ("2026-06-01T00:00:00Z", "Asia/Shanghai", "2026-06-01T00:00:00Z"),
    ],
)
def test_next_allowed_send_time(at: str, zone: str, expected: str) -> None:
    """G28: 08:00 to 21:00 in the recipient's zone; Q3 and Q4 from its notes."""
    assert next_allowed(utc(at), window=DAYTIME, zone=zone) == utc(expected)


def test_window_that_opens_in_a_skipped_hour_opens_right_after_it() -> None:
    early = Window(time(2, 30), time(12))

    found = next_allowed(utc("2026-03-08T06:50:00Z"), window=early, zone="America/New_York")

    assert found == utc("2026-03-08T07:00:00Z")


def test_repeated_hour_counts_both_times() -> None:
    night = Window(time(1), time(1, 30))

    found = next_allowed(utc("2026-11-01T05:40:00Z"), window=night, zone="America/New_York")

    assert found == utc("2026-11-01T06:00:00Z")


def test_weekday_window_waits_for_monday() -> None:
    office = Window(time(9), time(18), WORKDAYS)

    found = next_allowed(utc("2026-06-05T10:00:00Z"), window=office, zone="Asia/Shanghai")

    assert found == utc("2026-06-08T01:00:00Z")


def test_window_over_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    friday_night = Window(time(22), time(2), frozenset({4}))
    saturday_one = utc("2026-06-05T17:00:00Z")

    assert is_allowed(saturday_one, window=friday_night, zone="Asia/Shanghai")
    assert next_allowed(utc("2026-06-05T18:00:00Z"), window=friday_night, zone="Asia/Shanghai") == (
        utc("2026-06-12T14:00:00Z")
    )


def test_equal_ends_are_a_whole_day() -> None:
    always = Window(time(0), time(0))

    assert next_allowed(utc("2026-06-05T18:17:00Z"), window=always, zone="Asia/Tokyo") == utc(
        "2026-06-05T18:17:00Z"
    )
    assert always.weekdays == EVERY_DAY


def test_window_that_never_opens_is_refused() -> None:
    with pytest.raises(NeverOpen) as refused:
        Window(time(8), time(9), frozenset())

    assert "no day of the week" in str(refused.value)


def first_open_quarter(at: datetime, window: Window, zone: str) -> datetime:
    """The slow way: look at every quarter of an hour until the window is open."""
    place, here = ZoneInfo(zone), at
    while not window.is_open(here.astimezone(place)):
        here += QUARTER
    return here


@settings(max_examples=150, deadline=None)
@given(day=CHANGES, quarter=st.integers(-8, 104), window=WINDOWS, zone=ZONES)
def test_next_allowed_is_the_first_moment_that_is_allowed(
    day: date, quarter: int, window: Window, zone: str
) -> None:
    """STD-04, over zones, clock changes, midnight and weekdays, against a search by quarters."""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + quarter * QUARTER

    found = next_allowed(at, window=window, zone=zone)

    assert found == first_open_quarter(at, window, zone)
    assert is_allowed(found, window=window, zone=zone)
    assert next_allowed(found, window=window, zone=zone) == found


@settings(max_examples=100, deadline=None)
@given(at=INSTANTS, window=WINDOWS, zone=ZONES)
def test_next_allowed_is_at_or_after_the_wish_and_inside(
    at: datetime, window: Window, zone: str
) -> None:
    found = next_allowed(at, window=window, zone=zone)

    assert found >= at
    assert is_allowed(found, window=window, zone=zone)
    assert found == at or not is_allowed(at, window=window, zone=zone)
