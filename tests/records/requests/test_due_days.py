"""R-P-006: by when an answer about one's own data is due, and when it becomes urgent."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.requests.rules import due_on, is_urgent


@pytest.mark.parametrize(
    ("country", "asked", "due"),
    [
        ("CN", date(2026, 6, 15), date(2026, 7, 6)),  # Monday: three weeks of five working days
        ("CN", date(2026, 6, 20), date(2026, 7, 10)),  # Saturday: counted from Monday
        ("DE", date(2026, 1, 31), date(2026, 2, 28)),
        ("GB", date(2026, 6, 15), date(2026, 7, 15)),
        ("US", date(2026, 6, 15), date(2026, 7, 30)),
    ],
)
def test_each_place_has_its_own_time(country: str, asked: date, due: date) -> None:
    assert due_on(country, asked_on=asked) == due


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.sampled_from(["CN", "FR", "US", "SG"]))
def test_an_answer_is_due_after_it_was_asked_for_and_within_45_days(
    asked: date, country: str
) -> None:
    assert timedelta(0) < due_on(country, asked_on=asked) - asked <= timedelta(days=45)


def test_it_is_urgent_when_four_fifths_of_the_time_are_over() -> None:
    due = date(2026, 7, 5)

    assert not is_urgent(due, asked_on=date(2026, 6, 15), on=date(2026, 6, 30))
    assert is_urgent(due, asked_on=date(2026, 6, 15), on=date(2026, 7, 1))
