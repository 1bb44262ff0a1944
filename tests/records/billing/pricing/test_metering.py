"""BIL-04, BIL-05: tier, volume and package prices, with a statement that adds up."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import LineKind, UsageItem
from tenure.records.billing.pricing.metering import Meter, MeterModel, Tier, cost_exact, statement
from tests.builders import a_bill
from tests.builders.baskets import SAID

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


def a_meter(
    model: MeterModel, *tiers: tuple[int | None, int], included: int = 0, per: int = 1
) -> Meter:
    rungs = tuple(Tier(up_to, Money(minor, "CNY")) for up_to, minor in tiers)
    return Meter("calls", "call", model, rungs, included=included, per=per)


def cost_minor(meter: Meter, used: int) -> int:
    bill = a_bill(UsageItem("sub:1", SAID, meter, used, JUNE))
    assert bill.lines[0].kind is LineKind.USAGE
    assert bill.lines[0].quantity == used
    return bill.total.amount_minor


@pytest.mark.parametrize(
    ("used", "expected"),
    [(0, 0), (100, 0), (101, 5), (200, 500), (1_100, 5_000), (1_101, 5_003), (2_100, 8_000)],
)
def test_each_unit_costs_what_its_tier_says(used: int, expected: int) -> None:
    """100 included, then 0.05 for the first 1,000 and 0.03 beyond."""
    meter = a_meter(MeterModel.TIER, (1_000, 5), (None, 3), included=100)

    assert cost_minor(meter, used) == expected


@pytest.mark.parametrize(("used", "expected"), [(1_000, 5_000), (1_001, 3_003), (0, 0)])
def test_by_volume_every_unit_costs_what_the_tier_reached_says(used: int, expected: int) -> None:
    assert cost_minor(a_meter(MeterModel.VOLUME, (1_000, 5), (None, 3)), used) == expected


@pytest.mark.parametrize(("used", "expected"), [(50, 0), (51, 900), (550, 900), (551, 1_800)])
def test_begun_packages_are_paid_whole(used: int, expected: int) -> None:
    """50 included, then packages of 500 for 9.00."""
    assert (
        cost_minor(a_meter(MeterModel.PACKAGE, (None, 900), included=50, per=500), used) == expected
    )


def test_a_unit_may_cost_less_than_a_minor_unit() -> None:
    """0.20 for every 1,000 calls: 12,345 calls are 2.469, rounded once to 2.47."""
    assert cost_minor(a_meter(MeterModel.TIER, (None, 20), per=1_000), 12_345) == 247


def test_the_statement_shows_the_arithmetic() -> None:
    meter = a_meter(MeterModel.TIER, (1_000, 5), (None, 3), included=100)

    rows = [
        (one.units, one.price.amount_minor, one.amount.amount_minor)
        for one in statement(meter, 1_200)
    ]

    assert rows == [(100, 0, 0), (1_000, 5, 5_000), (100, 3, 300)]


@given(
    model=st.sampled_from(MeterModel),
    ends=st.lists(st.integers(1, 10_000), unique=True, max_size=3).map(sorted),
    prices=st.lists(st.integers(0, 500), min_size=4, max_size=4),
    included=st.integers(0, 300),
    per=st.integers(1, 1_000),
    used=st.integers(0, 30_000),
)
def test_a_statement_adds_up_to_the_line(
    model: MeterModel, ends: list[int], prices: list[int], included: int, per: int, used: int
) -> None:
    tiers = list(zip([*ends, None], prices, strict=False))
    meter = a_meter(model, *tiers, included=included, per=per)

    rows = statement(meter, used)

    assert sum(one.amount.amount_minor for one in rows) == cost_minor(meter, used)
    assert all(one.amount.amount_minor >= 0 for one in rows)
    billed = sum(one.units for one in rows)
    assert billed == used if model is not MeterModel.PACKAGE else used <= billed < used + per
    if model is not MeterModel.VOLUME:
        assert cost_exact(meter, used + 1) >= cost_exact(meter, used)
