"""Taxes in prices, taking back, and amounts in capitals."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tenure.kernel.money import Money
from tenure.records.documents.rules.capitals import MOST_MINOR, NotInCapitals, in_capitals
from tenure.records.documents.rules.numbers import Place, is_number, number_text
from tenure.records.documents.rules.taxes import (
    MoreThanIsLeft,
    Split,
    paid_lines,
    split,
    spread_back,
    taken_back,
    totals,
)

SHARES = some.sampled_from([Decimal(one) for one in ("0", "0.01", "0.03", "0.06", "0.09", "0.13")])
VALUES = {"零": 0, **{sign: n for n, sign in enumerate("壹贰叁肆伍陆柒捌玖", 1)}}
UNITS = {"拾": 10, "佰": 100, "仟": 1_000}


def yuan(minor: int) -> Money:
    return Money(minor, "CNY")


def test_the_golden_split() -> None:
    """G20, BIL-03."""
    lines = [
        split(yuan(120_000), share=Decimal("0.09")),
        split(yuan(36_000), share=Decimal("0.06")),
        split(yuan(9_999), share=Decimal("0.09")),
    ]

    sums = totals(lines, currency="CNY")

    assert [(one.net.amount_minor, one.tax.amount_minor) for one in lines] == [
        (110_092, 9_908),
        (33_962, 2_038),
        (9_173, 826),
    ]
    assert [one.amount_minor for one in (sums.net, sums.tax, sums.gross)] == [
        153_227,
        12_772,
        165_999,
    ]


def test_the_golden_taking_back() -> None:
    """G20: the second part takes the rest, 73395 and 6605, not 73394 and 6606."""
    blue = split(yuan(120_000), share=Decimal("0.09"))

    first = taken_back(blue, before=[], gross=yuan(40_000))
    second = taken_back(blue, before=[first], gross=yuan(80_000))

    assert (first.net.amount_minor, first.tax.amount_minor) == (-36_697, -3_303)
    assert (second.net.amount_minor, second.tax.amount_minor) == (-73_395, -6_605)


@given(some.integers(1, 10**9), SHARES, some.lists(some.integers(1, 10**6), max_size=8))
def test_what_is_taken_back_never_exceeds_the_line(
    gross: int, share: Decimal, parts: list[int]
) -> None:
    blue, left = split(yuan(gross), share=share), gross
    before: list[Split] = []

    for part in [*parts, None]:
        amount = left if part is None else part
        if amount > left:
            with pytest.raises(MoreThanIsLeft):
                taken_back(blue, before=before, gross=yuan(amount))
            continue
        if amount:
            before.append(taken_back(blue, before=before, gross=yuan(amount)))
            left -= amount
        net = blue.net.amount_minor + sum(one.net.amount_minor for one in before)
        tax = blue.tax.amount_minor + sum(one.tax.amount_minor for one in before)
        assert net >= 0
        assert tax >= 0
        assert net + tax == left

    assert left == 0


@given(some.lists(some.integers(0, 10**8), min_size=1, max_size=9), some.data())
def test_a_refund_falls_on_lines_that_hold_it(lines: list[int], drawn: some.DataObject) -> None:
    refund = drawn.draw(some.integers(0, sum(lines)))

    parts = spread_back([yuan(one) for one in lines], refund=yuan(refund))

    assert sum(one.amount_minor for one in parts) == refund
    assert all(0 <= part.amount_minor <= line for part, line in zip(parts, lines, strict=True))


@given(some.lists(some.integers(0, 10**8), min_size=1, max_size=9), some.integers(0, 10**8))
def test_cash_is_spread_over_the_lines_without_a_rest(lines: list[int], paid: int) -> None:
    """R-I-008: coupons and points are no part of what is invoiced."""
    parts = paid_lines([yuan(one) for one in lines], paid=yuan(paid))

    assert sum(one.amount_minor for one in parts) == paid


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (100, "壹元整"),
        (1_000, "壹拾元整"),
        (106_920, "壹仟零陆拾玖元贰角整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (168_032, "壹仟陆佰捌拾元零叁角贰分"),
        (10_700_053, "壹拾万零柒仟元零伍角叁分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (100_000_000_100, "壹拾亿零壹元整"),
        (10_000_100_00, "壹仟万零壹佰元整"),
        (MOST_MINOR, "玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        (-106_920, "负壹仟零陆拾玖元贰角整"),
    ],
)
def test_amounts_in_capitals(minor: int, said: str) -> None:
    """R-I-005; examples of the rules for bills and of the People's Bank."""
    assert in_capitals(yuan(minor)) == said


def read(said: str) -> int:
    """An amount in capitals as minor units, by a reader of its own: the oracle."""
    if "元" in said:
        whole_said, _, rest = said.partition("元")
    else:
        whole_said, rest = "", said
    whole, group, digit = 0, 0, 0
    for sign in whole_said:
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign in UNITS:
            group, digit = group + digit * UNITS[sign], 0
        else:
            scale = 10_000 if sign == "万" else 100_000_000
            whole, group, digit = whole + (group + digit) * scale, 0, 0
    minor = (whole + group + digit) * 100
    for unit, worth in (("角", 10), ("分", 1)):
        place = rest.find(unit)
        if place > 0:
            minor += VALUES[rest[place - 1]] * worth
    return minor


@given(some.integers(0, MOST_MINOR))
def test_capitals_read_back_as_the_amount(minor: int) -> None:
    said = in_capitals(yuan(minor))

    assert read(said) == minor
    assert ("零零" not in said and not said.startswith("零")) or minor == 0


def test_what_nobody_writes_in_capitals_is_refused() -> None:
    for amount in (yuan(MOST_MINOR + 1), Money(100, "USD")):
        with pytest.raises(NotInCapitals):
            in_capitals(amount)


def test_numbers_are_printed_with_their_year() -> None:
    place = Place("eu", "credit_note", 2026)

    assert number_text(place, 41) == "CN-2026-000041"
    assert number_text(place, 41, prefix="EU") == "EU-CN-2026-000041"
    assert is_number("EU-CN-2026-000041")
    assert not is_number("RC-26-1")
    assert json.dumps(number_text(place, 1_234_567)) == '"CN-2026-1234567"'
