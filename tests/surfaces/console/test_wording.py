"""How numbers, money and days are written for a reader (R-U-002, R-U-003, R-U-005)."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from tenure.surfaces import wording

ZH, EN = "zh-hans", "en"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1234567, 0, "1,234,567"),
        (-0.5, 0, "−1"),
        (0.125, 2, "0.13"),
        (-1234.5, 1, "−1,234.5"),
        (Fraction(1, 3), 3, "0.333"),
        (-0.04, 1, "0.0"),
    ],
)
def test_a_figure_has_separators_and_a_true_minus(value: float, digits: int, text: str) -> None:
    assert wording.figure(value, digits=digits) == text


@pytest.mark.parametrize(("share", "text"), [(0.8732, "87.3%"), (None, "—"), (0, "0.0%")])
def test_a_share_that_is_not_known_is_a_dash_and_never_zero(share: float | None, text: str) -> None:
    assert wording.percent(share) == text


@pytest.mark.parametrize(("share", "text"), [(0.094, "+9.4"), (-0.05, "−5.0"), (None, "—")])
def test_points_carry_their_sign(share: float | None, text: str) -> None:
    assert wording.points(share) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (82_800, "CNY", "¥828"),
        (82_850, "CNY", "¥828.50"),
        (-1_050, "CNY", "−¥10.50"),
        (500, "JPY", "JP¥500"),
        (123_456, "USD", "US$1,234.56"),
        (None, "CNY", "—"),
    ],
)
def test_money_has_its_sign_first_and_decimals_only_where_they_say_something(
    minor: int | None, currency: str, text: str
) -> None:
    assert wording.money(minor, currency) == text


def test_a_receipt_always_shows_decimals() -> None:
    assert wording.money(82_800, "CNY", decimals=True) == "¥828.00"


@pytest.mark.parametrize(
    ("minor", "language", "text"),
    [
        (4_400_000, ZH, "¥4.4 万"),
        (4_400_000, EN, "¥44.0k"),
        (-2_600_000, ZH, "−¥2.6 万"),
        (123_456, ZH, "¥1,234"),
        (1_218, ZH, "¥12.18"),
        (None, EN, "—"),
    ],
)
def test_a_large_amount_is_told_in_ten_thousands_or_thousands(
    minor: int | None, language: str, text: str
) -> None:
    assert wording.money_short(minor, "CNY", language=language) == text


def test_days_are_written_as_each_language_writes_them() -> None:
    on = date(2026, 3, 12)

    assert wording.day(on, ZH) == "3 月 12 日"
    assert wording.day(on, ZH, year=True) == "2026 年 3 月 12 日"
    assert wording.day(on, EN, year=True) == "12 March 2026"
    assert (wording.weekday(on, ZH), wording.weekday(on, EN)) == ("周四", "Thursday")
    assert wording.clock(datetime(2026, 3, 12, 1, 40, tzinfo=UTC), "Asia/Shanghai") == "09:40"


@pytest.mark.parametrize(
    ("months", "zh", "en"),
    [(1, "月付", "monthly"), (24, "两年付", "every two years"), (5, "5 个月付", "every 5 months")],
)
def test_a_cycle_has_a_name(months: int, zh: str, en: str) -> None:
    assert (wording.cycle(months, ZH), wording.cycle(months, EN)) == (zh, en)


@pytest.mark.parametrize(
    ("number", "text"),
    [("13800006027", "138****6027"), ("+8613800006027", "138****6027"), ("12345", "****")],
)
def test_a_phone_can_be_recognised_and_not_called(number: str, text: str) -> None:
    assert wording.masked_phone(number) == text


def test_names_and_addresses_keep_their_first_sign_alone() -> None:
    assert wording.masked_name("李文静") == "李**"
    assert wording.masked_name("") == ""
    assert wording.masked_address("zhang@example.com", "email") == "z***@***"
    assert wording.masked_address("13800006027", "sms") == "138****6027"
    assert wording.masked_address("no-host", "email") == "****"
