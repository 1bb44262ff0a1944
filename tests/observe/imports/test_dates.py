"""Dates as other systems write them."""

from datetime import UTC, date, datetime, time

import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.imports.rules.dates import day_reader, instant_reader, is_date_form

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("", "2026-03-04", date(2026, 3, 4)),
        ("", "2026/3/4", date(2026, 3, 4)),
        ("", "2026.03.04", date(2026, 3, 4)),
        ("", "2026年3月4日", date(2026, 3, 4)),
        ("", "20260304", date(2026, 3, 4)),
        ("", "2026-03-04 23:59:59", date(2026, 3, 4)),
        ("", "2026-03-04T23:00:00Z", date(2026, 3, 5)),  # the next day in Shanghai
        ("dd/mm/yyyy", "04/03/2026", date(2026, 3, 4)),
        ("mm/dd/yyyy", "3/4/2026", date(2026, 3, 4)),
        ("d.m.yy", "4.3.26", date(2026, 3, 4)),
        ("d.m.yy", "4.3.87", date(1987, 3, 4)),
        ("dd-mm-yyyy HH:MM", "04-03-2026 18:30", date(2026, 3, 4)),
        ("excel", "45231", date(2023, 11, 1)),
        ("excel", "45231.75", date(2023, 11, 1)),
        ("unix", "1772582400", date(2026, 3, 4)),
        ("unix_ms", "1772582400000", date(2026, 3, 4)),
    ],
)
def test_a_date_is_read_by_its_form(form: str, text: str, day: date) -> None:
    assert day_reader(form, zone=ZONE)(text) == day


@pytest.mark.parametrize(
    ("form", "text", "code"),
    [
        ("", "45231", "spreadsheet_date"),
        ("dd/mm/yyyy", "45231", "spreadsheet_date"),
        ("", "3/4/24", "ambiguous_date"),
        ("", "13/4/2024", "ambiguous_date"),
        ("", "######", "hashed_cell"),
        ("dd/mm/yyyy", "###########", "hashed_cell"),
        ("", "2026-02-30", "bad_date"),
        ("dd/mm/yyyy", "31/02/2026", "bad_date"),
        ("dd/mm/yyyy", "2026-02-03", "bad_date"),
        ("", "yesterday", "bad_date"),
        ("", "0021-05-01", "implausible_time"),
        ("", "9999-12-31", "implausible_time"),
        ("excel", "x", "bad_date"),
        ("excel", "0", "bad_date"),
        ("unix", "1e99", "bad_date"),
    ],
)
def test_a_mangled_date_says_what_happened_to_it(form: str, text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        day_reader(form, zone=ZONE)(text)

    assert caught.value.code == code


def test_a_spreadsheets_day_number_is_told_with_its_day_in_both_languages() -> None:
    with pytest.raises(Refusal) as caught:
        day_reader("", zone=ZONE)("45231")

    assert "2023-11-01" in caught.value.told.zh
    assert caught.value.told.en.startswith("“45231” is a spreadsheet's day number (2023-11-01)")


def test_a_date_alone_is_an_instant_at_the_hour_that_was_asked_for() -> None:
    read = instant_reader("dd/mm/yyyy", zone=ZONE, at_time=time(12))

    assert read("04/03/2026") == datetime(2026, 3, 4, 4, tzinfo=UTC)


def test_an_instant_counts_in_the_zone_of_the_file_unless_it_names_its_own() -> None:
    read = instant_reader("", zone="America/New_York", at_time=time(0))

    assert read("2026-07-01 12:30:00.250") == datetime(2026, 7, 1, 16, 30, 0, 250_000, tzinfo=UTC)
    assert read("2026-07-01T12:30:00+02:00") == datetime(2026, 7, 1, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("form", ["dd/mm/yyyy", "yyyymmdd", "d.m.yy HH:MM:SS", "excel", "unix"])
def test_a_form_has_year_month_and_day_once(form: str) -> None:
    assert is_date_form(form)


@pytest.mark.parametrize("form", ["dd/mm", "yyyy", "mm/mm/yyyy", "day", "%d/%m/%Y", "dd/MM/yyyy"])
def test_other_forms_are_no_dates(form: str) -> None:
    assert not is_date_form(form)
