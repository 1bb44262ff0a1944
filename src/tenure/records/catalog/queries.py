"""What is sold on a day, and for how much."""

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.catalog.models import (
    AddOn,
    AddOnEntitlement,
    AddOnVersion,
    Entitlement,
    Plan,
    PlanVersion,
    Price,
)
from tenure.records.catalog.rules import (
    Gives,
    Holds,
    HoldsAddOn,
    NoPrice,
    NotOnSaleYet,
    UnknownAddOn,
    UnknownPlan,
)

_NEAREST = Sentence(zh="，最接近的是“{name}”", en=", the nearest is “{name}”")


def plan(code: str) -> Plan:
    """The plan of a code.

    Raises:
        UnknownPlan: there is none; names the nearest.
    """
    found = Plan.objects.filter(code=code).first()
    if found is None:
        known = Plan.objects.order_by("code").values_list("code", flat=True)
        raise UnknownPlan(plan=code, nearest=_nearest(code, known))
    return found


def add_on(code: str) -> AddOn:
    """The add-on of a code.

    Raises:
        UnknownAddOn: there is none; names the nearest.
    """
    found = AddOn.objects.filter(code=code).first()
    if found is None:
        known = AddOn.objects.order_by("code").values_list("code", flat=True)
        raise UnknownAddOn(add_on=code, nearest=_nearest(code, known))
    return found


def add_on_versions(add_on_id: int) -> list[AddOnVersion]:
    """Every version of an add-on, oldest first."""
    found = AddOnVersion.objects.filter(add_on_id=add_on_id).select_related("add_on")
    return list(found.order_by("effective_on", "version"))


def add_on_in_force(add_on: AddOn, *, on: date) -> AddOnVersion:
    """The version of an add-on that is sold on a day.

    Raises:
        NotOnSaleYet: its first version is later.
    """
    begun = [one for one in add_on_versions(add_on.pk) if one.effective_on <= on]
    if not begun:
        raise NotOnSaleYet(plan=add_on.code, on=on)
    return begun[-1]


def add_ons_on_sale(plan_code: str, *, on: date) -> list[AddOnVersion]:
    """Every add-on that is sold with a plan on a day, by its code (CAT-03)."""
    begun = AddOnVersion.objects.filter(effective_on__lte=on).select_related("add_on")
    newest = {one.add_on.code: one for one in begun.order_by("effective_on", "version")}
    return [one for _, one in sorted(newest.items()) if not one.plans or plan_code in one.plans]


def _nearest(name: str, known: Iterable[str]) -> Sentence:
    close = get_close_matches(name, list(known), n=1)
    return _NEAREST.fill(name=close[0]) if close else Sentence(zh="", en="")


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


def holds_add_on(version: AddOnVersion) -> HoldsAddOn:
    """What an add-on's version holds, as it was written."""
    given = AddOnEntitlement.objects.filter(add_on_version=version).order_by("pk")
    return HoldsAddOn(
        cost_minor_per_month=version.cost_minor_per_month,
        prices={
            int(months): Money(minor, version.currency)
            for months, minor in sorted(version.prices.items(), key=lambda one: int(one[0]))
        },
        plans=tuple(version.plans),
        gives=tuple(
            Gives(one.code, Sentence(one.name_zh, one.name_en), one.kind, one.quantity, one.unit)
            for one in given
        ),
    )
