"""G23: when a promise is due on the calendar of the published example, with our own tickets."""

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.office_hours import NeverOpen, OfficeHours, Pause, due_at, ran

SHANGHAI = timezone(timedelta(hours=8))
# The calendar of G23: two holidays of autumn, and a Sunday and a Saturday worked for them.
HOURS = OfficeHours(
    "Asia/Shanghai",
    time(9),
    time(18),
    holidays=frozenset(
        [date(2026, 9, n) for n in (25, 26, 27)] + [date(2026, 10, n) for n in range(1, 8)]
    ),
    make_up_days=frozenset([date(2026, 9, 20), date(2026, 10, 10)]),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


CASES = {
    # Friday 16:00 has two hours left; the Sunday after it is worked.
    "T1": ("2026-09-18T16:00", 240, (), "2026-09-20T11:00"),
    # Thursday 17:00: one hour; Friday to Sunday are holidays, so the rest runs on Monday.
    "T2": ("2026-09-24T17:00", 120, (), "2026-09-28T10:00"),
    # Waiting for the customer from 10:00 to 14:30: four and a half hours later.
    "T3": (
        "2026-09-21T09:00", 240, (("2026-09-21T10:00", "2026-09-21T14:30"),), "2026-09-21T17:30",
    ),
    # Two pauses that overlap stop the clock once, from 17:00 to 10:00 of the next day.
    "T4": (
        "2026-09-21T16:00",
        120,
        (("2026-09-21T17:00", "2026-09-22T09:30"), ("2026-09-21T17:30", "2026-09-22T10:00")),
        "2026-09-22T11:00",
    ),
    # After hours on Friday; Saturday 10 October is worked.
    "T5": ("2026-10-09T19:00", 240, (), "2026-10-10T13:00"),
    # Exactly a whole day ends with it.
    "T6": ("2026-09-21T09:00", 540, (), "2026-09-21T18:00"),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_g23_the_clock_runs_in_office_hours_and_stands_in_pauses(case: str) -> None:
    """CSV-01, FBK-05: holidays, make-up days, pauses."""
    opened, minutes, stood, due = CASES[case]
    pauses = [Pause(at(first), at(last)) for first, last in stood]

    found = due_at(at(opened), promised=timedelta(minutes=minutes), hours=HOURS, pauses=pauses)

    assert found == at(due)
    assert ran(at(opened), until=at(due), hours=HOURS, pauses=pauses) == timedelta(minutes=minutes)


def test_a_clock_that_stands_is_never_due() -> None:
    opened = at("2026-09-21T09:00")

    assert due_at(opened, promised=timedelta(hours=8), pauses=[Pause(opened)]) is None
    assert due_at(opened, promised=timedelta(hours=8)) == at("2026-09-21T17:00")


def test_hours_that_close_before_they_open_are_refused() -> None:
    with pytest.raises(NeverOpen):
        OfficeHours("Asia/Shanghai", time(18), time(9))


@given(
    st.integers(0, 60 * 24 * 40),
    st.integers(1, 60 * 30),
    st.lists(st.tuples(st.integers(0, 60 * 24 * 20), st.integers(1, 60 * 40)), max_size=4),
)
def test_what_ran_until_it_is_due_is_what_was_promised(
    opened: int, promised: int, stood: list[tuple[int, int]]
) -> None:
    """A law: a pause never brings the due instant forward."""
    first = at("2026-09-14T00:00") + timedelta(minutes=opened)
    begun = [at("2026-09-14T00:00") + timedelta(minutes=one) for one, _ in stood]
    pauses = [
        Pause(one, one + timedelta(minutes=length))
        for one, (_, length) in zip(begun, stood, strict=True)
    ]

    due = due_at(first, promised=timedelta(minutes=promised), hours=HOURS, pauses=pauses)
    unpaused = due_at(first, promised=timedelta(minutes=promised), hours=HOURS)

    assert due is not None
    assert unpaused is not None
    assert due >= unpaused
    assert ran(first, until=due, hours=HOURS, pauses=pauses) == timedelta(minutes=promised)
