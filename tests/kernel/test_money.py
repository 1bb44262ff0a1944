"""Money adds up exactly, refuses to mix currencies, and rounds once."""

import random
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.money import BadAmount, CurrencyMismatch, Money, Rounding, rounded

CURRENCIES = st.sampled_from(sorted(EXPONENTS))
AMOUNTS = st.integers(-(10**13), 10**13)
MONEY = st.builds(Money, AMOUNTS, CURRENCIES)
WEIGHTS = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("text", "amount_minor", "currency"),
    [
        ("9.90 CNY", 990, "CNY"),
        ("9.9 CNY", 990, "CNY"),
        ("-0.05 USD", -5, "USD"),
        ("1200 JPY", 1200, "JPY"),
        ("1.005 KWD", 1005, "KWD"),
        ("0.0001 CLF", 1, "CLF"),
    ],
)
def test_amounts_are_read_by_the_decimals_of_their_currency(
    text: str, amount_minor: int, currency: str
) -> None:
    assert Money.parse(text) == Money(amount_minor, currency)


@pytest.mark.parametrize(
    ("text", "why_zh", "why_en"),
    [
        ("9.905 CNY", "CNY 最多 2 位小数", "CNY has at most 2 decimals"),
        ("9.5 JPY", "JPY 最多 0 位小数", "JPY has at most 0 decimals"),
        ("9.90 CNX", "未知的币种 CNX，是否想写 CNY", "there is no currency CNX, did you mean CNY"),
        ("9.90CNY", "它应为数字、一个空格和三个字母的币种代码", "it needs digits, a space"),
        ("９.90 CNY", "它应为数字", "it needs digits"),
        ("1,000.00 CNY", "它应为数字", "it needs digits"),
        ("", "它应为数字", "it needs digits"),
        ("1234567890123456.00 CNY", "金额不超过 15 位数字", "at most 15 digits"),
    ],
)
def test_what_is_no_amount_is_refused_in_both_languages(
    text: str, why_zh: str, why_en: str
) -> None:
    with pytest.raises(BadAmount) as refused:
        Money.parse(text)

    assert f"“{text}”不是金额：{why_zh}" in refused.value.sentence("zh-Hans")
    assert why_en in refused.value.sentence("en")


@given(money=MONEY)
def test_text_goes_there_and_back(money: Money) -> None:
    assert Money.parse(str(money)) == money


def test_text_has_the_decimals_of_the_currency() -> None:
    assert str(Money(990, "CNY")) == "9.90 CNY"
    assert str(Money(-5, "CNY")) == "-0.05 CNY"
    assert str(Money(1200, "JPY")) == "1200 JPY"
    assert str(Money(1, "KWD")) == "0.001 KWD"


def test_unknown_currency_cannot_be_made() -> None:
    with pytest.raises(BadAmount, match="no currency cny"):
        Money(1, "cny")


def test_two_currencies_never_meet() -> None:
    yuan, dollar = Money(100, "CNY"), Money(100, "USD")

    for mixed in (
        lambda: yuan + dollar,
        lambda: yuan - dollar,
        lambda: yuan < dollar,
        lambda: max(yuan, dollar),
        lambda: Money.total([yuan, dollar], currency="CNY"),
    ):
        with pytest.raises(CurrencyMismatch) as refused:
            mixed()
        assert "1.00 CNY" in str(refused.value)
        assert "1.00 USD" in str(refused.value)
    assert yuan != dollar


@given(left=AMOUNTS, right=AMOUNTS, currency=CURRENCIES)
def test_sums_and_order_are_those_of_whole_numbers(left: int, right: int, currency: str) -> None:
    a, b = Money(left, currency), Money(right, currency)

    assert (a + b).amount_minor == left + right
    assert (a - b).amount_minor == left - right
    assert (-a).amount_minor == -left
    assert (a < b, a <= b, a > b, a >= b) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )
    assert Money.total([a, b], currency=currency) == a + b
    assert a * 3 == a + a + a == 3 * a


@given(tenths=st.integers(-(10**20), 10**20))
def test_rounding_agrees_with_decimal_rounding(tenths: int) -> None:
    exact, decimal = Fraction(tenths, 10), Decimal(tenths) / 10

    assert rounded(exact) == int(decimal.to_integral_value(ROUND_HALF_UP))
    assert rounded(exact, Rounding.HALF_EVEN) == int(decimal.to_integral_value(ROUND_HALF_EVEN))


def test_halves_go_away_from_zero() -> None:
    assert [rounded(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]
    assert [rounded(Fraction(n, 2), Rounding.UP) for n in (-1, 0, 1)] == [-1, 0, 1]


def test_shares_round_once() -> None:
    assert Money(9999, "CNY").share_of(Decimal("0.15")) == Money(1500, "CNY")
    assert Money(9999, "CNY").percent_off(15) == Money(8499, "CNY")
    assert Money(9999, "CNY").share_of(Fraction(1, 3), rounding=Rounding.DOWN).amount_minor == 3333


@given(money=MONEY, percent=st.integers(0, 100))
def test_a_share_and_its_rest_differ_from_the_whole_by_less_than_one_unit(
    money: Money, percent: int
) -> None:
    taken = money.share_of(Fraction(percent, 100))
    rest = money.percent_off(percent)

    assert abs((taken + rest - money).amount_minor) <= 1


@given(money=MONEY, weights=WEIGHTS)
def test_parts_add_up_and_stay_within_one_unit_of_their_share(
    money: Money, weights: list[int]
) -> None:
    parts = money.allocate(weights)

    assert Money.total(parts, currency=money.currency) == money
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(money.amount_minor * weight, sum(weights))
        assert abs(part.amount_minor - exact) < 1
        assert weight > 0 or part.amount_minor == 0


def test_ten_thousand_splits_by_chance_each_add_up_to_their_whole() -> None:
    """R-Y-002."""
    chance = random.Random(20261128)

    for _ in range(10_000):
        whole = Money(chance.randrange(-(10**9), 10**9), "CNY")
        weights = [chance.randrange(0, 1_000) for _ in range(chance.randrange(1, 9))] + [1]
        assert Money.total(whole.allocate(weights), currency="CNY") == whole


def test_left_over_units_go_to_the_largest_remainders_first() -> None:
    hundred = Money(100, "CNY")

    assert [part.amount_minor for part in hundred.allocate([1, 1, 1])] == [34, 33, 33]
    assert [part.amount_minor for part in hundred.allocate([1, 2, 4])] == [14, 29, 57]
    assert [part.amount_minor for part in (-hundred).allocate([1, 1, 1])] == [-34, -33, -33]


def test_a_split_by_nothing_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        Money(100, "CNY").allocate([0, 0])
    with pytest.raises(AssertionError):
        Money(100, "CNY").allocate([2, -1])
