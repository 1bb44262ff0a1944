"""What is sold on a day, and for how much."""

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog.models import Entitlement, Plan, PlanVersion, Price
from tenure.records.catalog.rules import Gives, Holds, NoPrice, NotOnSaleYet, UnknownPlan

_NEAREST = Sentence(zh="，最接近的是“{name}”", en=", the nearest is “{name}”")


def plan(code: str) -> Plan:
    """The plan of a code.

    Raises:
        UnknownPlan: there is none; names the nearest.
    """
    found = Plan.objects.filter(code=code).first()
    if found is None:
        known = Plan.objects.order_by("code").values_list("code", flat=True)
        close = get_close_matches(code, known, n=1)
        nearest = _NEAREST.fill(name=close[0]) if close else Sentence(zh="", en="")
        raise UnknownPlan(plan=code, nearest=nearest)
    return found


def versions(plan_id: int) -> list[PlanVersion]:
    """Every version of a plan, oldest first."""
    return list(PlanVersion.objects.filter(plan_id=plan_id).order_by("effective_on", "version"))


def version_in_force(plan_id: int, *, on: date) -> PlanVersion:
    """The version that is sold on a day (CAT-01).

    Raises:
        NotOnSaleYet: the plan's first version is later.
    """
    begun = [one for one in versions(plan_id) if one.effective_on <= on]
    if not begun:
        raise NotOnSaleYet(plan=Plan.objects.get(pk=plan_id).code, on=on)
    return begun[-1]


def versions_in_force(*, on: date) -> Mapping[str, PlanVersion]:
    """Plan code → the version that is sold on a day, for every plan that is on sale."""
    begun = PlanVersion.objects.filter(effective_on__lte=on).select_related("plan")
    return {one.plan.code: one for one in begun.order_by("effective_on", "version")}


def prices(version_id: int, *, currency: str) -> Mapping[int, Money]:
    """Cycle in months → list price of the whole cycle, shortest first."""
    found = Price.objects.filter(plan_version_id=version_id, currency=currency)
    return {
        one.cycle_months: Money(one.amount_minor, one.currency)
        for one in found.order_by("cycle_months")
    }


def price(version: PlanVersion, *, cycle_months: int, currency: str) -> Money:
    """The list price of one cycle.

    Raises:
        NoPrice: the version is not sold in that cycle and currency.
    """
    known = prices(version.pk, currency=currency)
    if cycle_months not in known:
        raise NoPrice(
            plan=version.plan.code,
            version=version.version,
            months=cycle_months,
            currency=currency,
            known=list(known) or Sentence(zh="无", en="none"),
        )
    return known[cycle_months]


def entitlements(version_id: int) -> list[Entitlement]:
    """What a plan version gives, in the order in which it was written (CAT-01)."""
    return list(Entitlement.objects.filter(plan_version_id=version_id).order_by("pk"))


def holds(version: PlanVersion) -> Holds:
    """What a version holds, as it was written."""
    every = Price.objects.filter(plan_version=version).order_by("cycle_months")
    return Holds(
        cost_minor_per_month=version.cost_minor_per_month,
        speed_mbps=version.speed_mbps,
        lapse_policy=version.lapse_policy,
        prices={one.cycle_months: Money(one.amount_minor, one.currency) for one in every},
        gives=tuple(
            Gives(one.code, Sentence(one.name_zh, one.name_en), one.kind, one.quantity, one.unit)
            for one in entitlements(version.pk)
        ),
    )
