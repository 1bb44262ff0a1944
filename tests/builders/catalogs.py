"""Plans, their versions and prices."""

from collections.abc import Mapping
from datetime import date

from tenure.records.catalog.models import Entitlement, Plan, PlanVersion, Price
from tests.builders.moments import fresh

# 99.00 CNY a month; a year 10 % off, two years 20 % off.
PRICES = {1: 9_900, 12: 106_920, 24: 190_080}


def a_plan(
    *,
    code: str | None = None,
    product_code: str = "broadband",
    name_zh: str = "300M 宽带",
    name_en: str = "Broadband 300M",
    tier_rank: int = 2,
) -> Plan:
    return Plan.objects.create(
        code=code or fresh("fibre"),
        product_code=product_code,
        name_zh=name_zh,
        name_en=name_en,
        tier_rank=tier_rank,
    )


def a_plan_version(
    *,
    plan: Plan | None = None,
    version: int = 1,
    effective_on: date = date(2020, 1, 1),
    cost_minor_per_month: int = 4_000,
    speed_mbps: int | None = 300,
    prices: Mapping[int, int] | None = None,
    currency: str = "CNY",
    entitlements: Mapping[str, int | None] | None = None,
) -> PlanVersion:
    """A version with a price for each cycle; `prices` is months → minor units."""
    made = PlanVersion.objects.create(
        plan=plan or a_plan(),
        version=version,
        effective_on=effective_on,
        cost_minor_per_month=cost_minor_per_month,
        speed_mbps=speed_mbps,
        lapse_policy={},
    )
    for cycle_months, amount_minor in (PRICES if prices is None else prices).items():
        a_price(
            plan_version=made,
            cycle_months=cycle_months,
            amount_minor=amount_minor,
            currency=currency,
        )
    for code, quantity in (entitlements or {}).items():
        Entitlement.objects.create(
            plan_version=made, code=code, name_zh=code, name_en=code, quantity=quantity
        )
    return made


def a_price(
    *,
    plan_version: PlanVersion | None = None,
    cycle_months: int = 12,
    amount_minor: int = 106_920,
    currency: str = "CNY",
) -> Price:
    return Price.objects.create(
        plan_version=plan_version or a_plan_version(prices={}),
        cycle_months=cycle_months,
        amount_minor=amount_minor,
        currency=currency,
    )
