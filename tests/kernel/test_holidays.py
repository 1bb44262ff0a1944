"""R-N-016: Chinese holidays with the days worked for them, and a year that nobody knows yet."""

from datetime import date, timedelta

from tenure.kernel.holidays import holidays_of


def test_the_notices_of_2025_and_2026_are_kept_day_by_day() -> None:
    """国办发明电〔2024〕12号 and 〔2025〕7号: 28 days off in 2025, 33 in 2026."""
    china = holidays_of("CN")
    assert len([day for day in china.off if day.year == 2025]) == 28
    assert len([day for day in china.off if day.year == 2026]) == 33
    assert {date(2025, 1, 28), date(2025, 2, 4), date(2025, 10, 8)} <= china.off
    assert sorted(day for day in china.worked if day.year == 2026) == [
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28),
        date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    ]  # fmt: skip


def test_a_day_worked_for_a_holiday_is_a_weekend_and_never_off() -> None:
    china = holidays_of("CN")
    assert not china.off & china.worked
    assert all(day.weekday() >= 5 for day in china.worked)
    for day in china.worked:
        near = [day + timedelta(days=n) for n in range(-10, 11)]
        assert china.off.intersection(near)


def test_what_is_not_known_is_told_and_never_guessed() -> None:
    assert [holidays_of("CN").is_known(year) for year in (2026, 2027)] == [True, False]
    assert not holidays_of("SE").is_known(2026)
    assert holidays_of("SE").off == frozenset()
