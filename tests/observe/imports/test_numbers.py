"""Numbers and amounts as other systems write them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Refusal
from tenure.observe.imports.rules.numbers import (
    PLAIN,
    Style,
    amount_reader,
    decimal_reader,
    minor_units,
    share_between,
    whole_reader,
)

GERMAN = Style(",", ".")
SWISS = Style(".", "'")
FRENCH = Style(",", " ")


@pytest.mark.parametrize(
    ("style", "text", "value"),
    [
        (PLAIN, "1234.50", "1234.50"),
        (PLAIN, "1,234,567.5", "1234567.5"),
        (PLAIN, "-0.5", "-0.5"),
        (PLAIN, ".5", "0.5"),
        (PLAIN, "１２３．５", "123.5"),  # full-width digits, as Chinese input methods write them
        (PLAIN, "−3", "-3"),  # a real minus sign
        (GERMAN, "1.234,50", "1234.50"),
        (GERMAN, "0,99", "0.99"),
        (SWISS, "1'234.50", "1234.50"),
        (FRENCH, "1\u00a0234,50", "1234.50"),  # a space that does not break
    ],
)
def test_a_number_is_read_by_its_style(style: Style, text: str, value: str) -> None:
    assert decimal_reader(style)(text) == Decimal(value)


@pytest.mark.parametrize(
    ("style", "text", "code"),
    [
        (PLAIN, "1.234,50", "unclear_number"),
        (PLAIN, "0,99", "unclear_number"),
        (PLAIN, "1,23,456", "unclear_number"),
        (GERMAN, "1234.50", "unclear_number"),
        (GERMAN, "1,234.50", "unclear_number"),
        (PLAIN, "1 234", "unclear_number"),
        (PLAIN, "n/a", "bad_number"),
        (PLAIN, "12 pcs", "bad_number"),
        (PLAIN, "1e5", "bad_number"),
        (PLAIN, "#REF!", "bad_number"),
    ],
)
def test_points_and_commas_that_do_not_fit_are_refused(style: Style, text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        decimal_reader(style)(text)

    assert caught.value.code == code


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9)))
def test_what_python_writes_with_thousands_is_read_back(value: Decimal) -> None:
    assert decimal_reader(PLAIN)(f"{value:,.2f}") == value


def test_a_whole_number_may_end_with_point_zero_and_with_nothing_else() -> None:
    read = whole_reader(PLAIN)

    assert (read("4.0"), read("1,200")) == (4, 1200)
    with pytest.raises(Refusal, match="is not a whole number"):
        read("4.5")


@pytest.mark.parametrize(
    ("text", "value", "currencies"),
    [
        ("9.90", "9.90", None),
        ("¥1,234.50", "1234.50", {"CNY", "JPY"}),
        ("￥99", "99", {"CNY", "JPY"}),
        ("99元", "99", {"CNY"}),
        ("9.90 CNY", "9.90", {"CNY"}),
        ("EUR 12", "12", {"EUR"}),
        ("US$5.00", "5.00", {"USD"}),
        ("-£3", "-3", {"GBP"}),
    ],
)
def test_an_amount_may_carry_its_currency(
    text: str, value: str, currencies: set[str] | None
) -> None:
    amount = amount_reader(PLAIN)(text)

    assert amount.value == Decimal(value)
    assert amount.currencies == currencies


def test_a_currency_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(Refusal, match="the nearest is “CNY”"):
        amount_reader(PLAIN)("9.90 CNX")


@pytest.mark.parametrize("text", ["abc", "free", "¥", "—"])
def test_a_word_is_no_amount_of_an_unknown_currency(text: str) -> None:
    with pytest.raises(Refusal, match="is not an amount"):
        amount_reader(PLAIN)(text)


def test_numbers_that_no_column_holds_are_refused() -> None:
    with pytest.raises(Refusal, match="is not a whole number from 0 to 9"):
        whole_reader(PLAIN, least=0, most=9)("10")
    with pytest.raises(Refusal, match="is not an amount"):
        minor_units(Decimal(10) ** 20, currency="USD")


def test_money_is_never_rounded() -> None:
    assert minor_units(Decimal("29.850"), currency="USD") == 2985
    assert minor_units(Decimal("500"), currency="JPY") == 500
    with pytest.raises(Refusal, match="more than the 2 decimals of USD"):
        minor_units(Decimal("29.855"), currency="USD")


def test_quantities_turn_into_others_of_their_kind() -> None:
    assert share_between("MB", "GB") == Fraction(1, 1024)
    assert share_between("seconds", "minutes") == Fraction(1, 60)
    assert share_between("MB", "minutes") is None
