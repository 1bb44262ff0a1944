"""Public holidays by country and year, with the days that are worked for them (调休).

China: the yearly notices of the General Office of the State Council on the arrangement of public
holidays (国务院办公厅关于部分节假日安排的通知), as the package chinesecalendar 1.11.0 lists them:
国办发明电〔2023〕7号 for 2024, 〔2024〕12号 for 2025, 〔2025〕7号 for 2026. The notice for a year
appears in the autumn before it: 2027 was not known when this table was written. Where a year is
not known, Monday to Friday are worked, and whoever asks can tell so (`is_known`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

# year | days off, as MMDD or MMDD-MMDD | days worked for them
_CHINA: Final = """
2024 | 0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007
     | 0204 0218 0407 0428 0511 0914 0929 1012
2025 | 0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008
     | 0126 0208 0427 0928 1011
2026 | 0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007
     | 0104 0214 0228 0509 0920 1010
"""
_TABLES: Final[Mapping[str, str]] = {"CN": _CHINA}


@dataclass(frozen=True, slots=True)
class Holidays:
    """What is known of a country: the years, the days off, and the days worked for them."""

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def is_known(self, year: int) -> bool:
        """Whether the holidays of a year are in the table."""
        return year in self.years


@cache
def holidays_of(country: str) -> Holidays:
    """The holidays of a country by its two letters; nothing where none are known."""
    cells = [cell.split() for cell in _TABLES.get(country, "").replace("\n     |", "|").split("\n")]
    rows = [" ".join(cell).split("|") for cell in cells if cell]
    years = {int(year): (off, worked) for year, off, worked in rows}
    return Holidays(
        frozenset(years),
        frozenset(day for year, (off, _) in years.items() for day in _days(off, year)),
        frozenset(day for year, (_, worked) in years.items() for day in _days(worked, year)),
    )


def _days(text: str, year: int) -> Iterator[date]:
    for span in text.split():
        first, _, last = span.partition("-")
        begins, ends = _day(first, year).toordinal(), _day(last or first, year).toordinal()
        yield from map(date.fromordinal, range(begins, ends + 1))


def _day(text: str, year: int) -> date:
    return date(year, int(text[:2]), int(text[2:]))
