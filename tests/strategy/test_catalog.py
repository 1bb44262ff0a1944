"""Plans, prices per cycle and the term ladder (CAT-01, OFR-01, BIL-01, SMB-01)."""

from decimal import Decimal

import pytest

from tenure.kernel.money import Money
from tenure.strategy.catalog import Access, Catalog, EntitlementKind, NotSold
from tenure.strategy.loading import preset, preset_names


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return preset("broadband").catalog


def test_three_tiers_with_core_and_value_added_features(catalog: Catalog) -> None:
    """CAT-01: 100M, 300M and gigabit."""
    plans = list(catalog.plans.values())

    assert [(plan.tier_rank, plan.speed_mbps) for plan in plans] == [(1, 100), (2, 300), (3, 1000)]
    for plan in plans:
        kinds = {one.kind for one in plan.entitlements}
        assert kinds == {EntitlementKind.CORE, EntitlementKind.VALUE_ADDED}
    extras = [
        {one.code for one in plan.entitlements if one.kind is EntitlementKind.VALUE_ADDED}
        for plan in plans
    ]
    assert extras[0] < extras[1] < extras[2]


def test_list_prices_by_cycle_with_the_monthly_premium(catalog: Catalog) -> None:
    """BIL-01: 69.00 a month by the year; 10 % more when paid by the month."""
    prices = [catalog.price("home_300", months=months) for months in (1, 12, 24)]

    assert prices == [Money(7590, "CNY"), Money(82800, "CNY"), Money(165600, "CNY")]


def test_ladder_takes_ten_and_twenty_percent_off(catalog: Catalog) -> None:
    """OFR-01: the price table computes both and compares them with the unit cost."""
    one_year, two_years = catalog.ladder_prices("home_300")

    assert (one_year.months, one_year.discount_share) == (12, Decimal("0.10"))
    assert (one_year.list_price, one_year.price) == (Money(82800, "CNY"), Money(74520, "CNY"))
    assert one_year.cost == Money(39600, "CNY")
    assert (two_years.months, two_years.discount_share) == (24, Decimal("0.20"))
    assert (two_years.price, two_years.cost) == (Money(132480, "CNY"), Money(79200, "CNY"))


@pytest.mark.parametrize("name", preset_names())
def test_no_rung_of_any_preset_is_below_cost(name: str) -> None:
    catalog = preset(name).catalog

    for code in catalog.plans:
        for rung in catalog.ladder_prices(code):
            assert rung.cost < rung.price < rung.list_price


def test_what_is_not_sold_is_refused_with_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(NotSold, match="“home_30”; the nearest is “home_300”"):
        catalog.price("home_30", months=12)
    with pytest.raises(NotSold) as refused:
        catalog.price("home_300", months=6)
    assert "known here: 1, 12, 24, 3" in str(refused.value)
    assert "目录中没有“6”" in refused.value.sentence("zh")


def test_lapse_policy_says_what_happens_on_which_day(catalog: Catalog) -> None:
    plan = catalog.plan("home_100")

    access = [plan.access_on(day) for day in (-1, 0, 14, 15, 29, 30, 200)]
    assert access == [
        Access.FULL,
        Access.FULL,
        Access.FULL,
        Access.LIMITED,
        Access.LIMITED,
        Access.NONE,
        Access.NONE,
    ]


def test_small_business_has_one_plan_table_one_journey_one_survey_one_report() -> None:
    """SMB-01: the starter preset."""
    strategy = preset("small_business")

    assert len(strategy.catalog.plans) == 2
    assert [
        [step.days_before for step in journey.steps] for journey in strategy.journeys.values()
    ] == [[30, 7, 3]]
    assert list(strategy.surveys) == ["nps"]
    assert list(strategy.reports) == ["monthly"]
