"""R-A-055: the versions of a plan are its price history, and the lowest of 30 days counts."""

from datetime import date, timedelta

import pytest

from tenure.decide.obligations.reductions import percent_off
from tenure.kernel.money import Money
from tenure.records.catalog.history import lowest_prices
from tenure.records.catalog.models import Plan, PlanVersion, Price

ON = date(2026, 11, 28)
pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return Plan.objects.create(code="p", product_code="p", name_zh="p", name_en="p")


def sold(plan: Plan, *, days_ago: int, year_minor: int) -> None:
    number = PlanVersion.objects.filter(plan=plan).count() + 1
    version = PlanVersion.objects.create(
        plan=plan,
        version=number,
        effective_on=ON - timedelta(days=days_ago),
        cost_minor_per_month=1,
    )
    Price.objects.create(
        plan_version=version, cycle_months=12, amount_minor=year_minor, currency="EUR"
    )


def lowest(plan: Plan) -> int | None:
    found = lowest_prices(plan.pk, currency="EUR", on=ON, days=30).get(12)
    return found.amount_minor if found else None


def test_a_price_that_was_raised_before_it_is_lowered_counts_from_the_lower_one(
    plan: Plan,
) -> None:
    """120 for long, 150 for ten days, today 120 again: nothing was reduced."""
    sold(plan, days_ago=300, year_minor=120_00)
    sold(plan, days_ago=10, year_minor=150_00)
    sold(plan, days_ago=0, year_minor=120_00)

    assert lowest(plan) == 120_00
    assert percent_off(Money(120_00, "EUR"), before=Money(120_00, "EUR")) == 0


@pytest.mark.parametrize(("days_ago", "expected"), [(29, 100_00), (30, 150_00), (31, 150_00)])
def test_the_price_that_ran_into_the_thirty_days_counts(
    plan: Plan, days_ago: int, expected: int
) -> None:
    """The last of the days before began thirty days ago: what was sold before it is history."""
    sold(plan, days_ago=400, year_minor=100_00)
    sold(plan, days_ago=days_ago, year_minor=150_00)

    assert lowest(plan) == expected


def test_what_is_sold_from_today_on_has_no_history(plan: Plan) -> None:
    sold(plan, days_ago=0, year_minor=100_00)

    assert lowest(plan) is None


def test_a_reduction_is_told_in_whole_per_cent_and_never_too_high() -> None:
    """119.99 instead of 180.00 is 33.3 %."""
    eur = "EUR"

    assert percent_off(Money(119_99, eur), before=Money(180_00, eur)) == 33
    assert percent_off(Money(180_01, eur), before=Money(180_00, eur)) == 0
    assert percent_off(Money(0, eur), before=Money(0, eur)) == 0
