"""JRN-12: the days of festivals, the Chinese lunar ones included."""

from datetime import date

import pytest

from tenure.kernel.festivals import FESTIVALS, FestivalUnknown, festival_on, next_festival

# As published by the State Council for public holidays, and by the Hong Kong Observatory.
PUBLISHED = {
    ("spring_festival", 2023): date(2023, 1, 22),
    ("spring_festival", 2024): date(2024, 2, 10),
    ("spring_festival", 2026): date(2026, 2, 17),
    ("dragon_boat", 2025): date(2025, 5, 31),
    ("mid_autumn", 2025): date(2025, 10, 6),  # a leap sixth month stands before it
    ("mid_autumn", 2033): date(2033, 9, 8),
    ("double_ninth", 2026): date(2026, 10, 18),
    ("national_day", 2026): date(2026, 10, 1),
}


@pytest.mark.parametrize(("named", "day"), PUBLISHED.items())
def test_festivals_stand_on_their_published_days(named: tuple[str, int], day: date) -> None:
    assert festival_on(named[0], year=named[1]) == day


def test_every_festival_comes_once_a_year_and_lies_ahead() -> None:
    for name in FESTIVALS:
        days = [festival_on(name, year=year) for year in range(2020, 2061)]
        assert len({day.year for day in days}) == 41
        assert all(next_festival(name, on=day) == day for day in days)


def test_a_year_outside_the_table_is_refused() -> None:
    with pytest.raises(FestivalUnknown, match="2061"):
        festival_on("qixi", year=2061)
