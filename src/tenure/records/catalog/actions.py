"""Put plans on sale. A changed plan becomes a new version; what was sold keeps the old one."""

from datetime import date, datetime

from django.db import transaction

from tenure.records.catalog.models import (
    AddOn,
    AddOnEntitlement,
    AddOnVersion,
    Entitlement,
    Plan,
    PlanVersion,
    Price,
)
from tenure.records.catalog.queries import add_on_versions, holds, holds_add_on, versions
from tenure.records.catalog.rules import Holds, OfferedAddOn, OfferedPlan, effective_on
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows


@transaction.atomic
def offer_plan(offered: OfferedPlan, *, today: date, at: datetime, by: str) -> PlanVersion:
    """Sell a plan like this from a day on; nothing changes where it is sold like this already.

    What is over already is written only where the catalogue knows nothing of that time: the past
    keeps its rules.

    Args:
        today: the day of applying, in the business's zone.
    Returns:
        The version that holds it.
    """
    plan = _named(offered)
    existing = versions(plan.pk)
    is_past = offered.is_past(today)
    probed_on = offered.from_on if is_past else max(offered.from_on, today)
    in_force = [one for one in existing if one.effective_on <= probed_on]
    if in_force and (is_past or holds(in_force[-1]) == offered.holds):
        return in_force[-1]
    newest_on = max((one.effective_on for one in in_force), default=None)
    begins_on = effective_on(offered.from_on, newest_on=newest_on, today=today)
    number = max((one.version for one in existing), default=0) + 1
    version = _written(plan, holding=offered.holds, number=number, begins_on=begins_on)
    append(
        Fact(
            "plan.versioned",
            on=today,
            content={"plan": plan.code, "version": number, "effective_on": str(begins_on)},
            once_key=f"plan:{plan.code}:{number}",
        ),
        at=at,
        by=by,
    )
    return version


@transaction.atomic
def offer_add_on(offered: OfferedAddOn, *, today: date, at: datetime, by: str) -> AddOnVersion:
    """Sell an add-on like this from a day on; nothing changes where it is sold like this already.

    Args:
        today: the day of applying, in the business's zone.
    Returns:
        The version that holds it.
    """
    labels = {
        "product_code": offered.product_code,
        "name_zh": offered.name.zh,
        "name_en": offered.name.en,
    }
    add_on, _ = AddOn.objects.update_or_create(code=offered.code, defaults=labels)
    existing = add_on_versions(AddOn.objects.select_for_update().get(pk=add_on.pk).pk)
    is_past = offered.is_past(today)
    probed_on = offered.from_on if is_past else max(offered.from_on, today)
    in_force = [one for one in existing if one.effective_on <= probed_on]
    if in_force and (is_past or holds_add_on(in_force[-1]) == offered.holds):
        return in_force[-1]
    newest_on = max((one.effective_on for one in in_force), default=None)
    begins_on = effective_on(offered.from_on, newest_on=newest_on, today=today)
    number = max((one.version for one in existing), default=0) + 1
    version = _written_add_on(add_on, offered, number=number, begins_on=begins_on)
    append(
        Fact(
            "add_on.versioned",
            on=today,
            content={"add_on": add_on.code, "version": number, "effective_on": str(begins_on)},
            once_key=f"add_on:{add_on.code}:{number}",
        ),
        at=at,
        by=by,
    )
    return version


def _written_add_on(
    add_on: AddOn, offered: OfferedAddOn, *, number: int, begins_on: date
) -> AddOnVersion:
    holding = offered.holds
    version = AddOnVersion.objects.create(
        add_on=add_on,
        version=number,
        effective_on=begins_on,
        cost_minor_per_month=holding.cost_minor_per_month,
        currency=next(iter(holding.prices.values())).currency,
        prices={str(months): one.amount_minor for months, one in sorted(holding.prices.items())},
        plans=list(holding.plans),
    )
    insert_rows(
        AddOnEntitlement,
        [
            (version.pk, one.code, one.name.zh, one.name.en, one.kind, one.quantity, one.unit)
            for one in holding.gives
        ],
        columns=("add_on_version_id", "code", "name_zh", "name_en", "kind", "quantity", "unit"),
    )
    return version


def _named(offered: OfferedPlan) -> Plan:
    """The plan's row; its names and rank are labels and are not versioned."""
    labels = {
        "product_code": offered.product_code,
        "name_zh": offered.name.zh,
        "name_en": offered.name.en,
        "tier_rank": offered.tier_rank,
    }
    plan, made = Plan.objects.get_or_create(code=offered.code, defaults=labels)
    if not made and any(getattr(plan, name) != value for name, value in labels.items()):
        Plan.objects.filter(pk=plan.pk).update(**labels)
    return Plan.objects.select_for_update().get(pk=plan.pk)


def _written(plan: Plan, *, holding: Holds, number: int, begins_on: date) -> PlanVersion:
    version = PlanVersion.objects.create(
        plan=plan,
        version=number,
        effective_on=begins_on,
        cost_minor_per_month=holding.cost_minor_per_month,
        speed_mbps=holding.speed_mbps,
        lapse_policy=dict(holding.lapse_policy),
    )
    insert_rows(
        Price,
        [
            (version.pk, months, price.amount_minor, price.currency)
            for months, price in sorted(holding.prices.items())
        ],
        columns=("plan_version_id", "cycle_months", "amount_minor", "currency"),
    )
    insert_rows(
        Entitlement,
        [
            (version.pk, one.code, one.name.zh, one.name.en, one.kind, one.quantity, one.unit)
            for one in holding.gives
        ],
        columns=(
            "plan_version_id",
            "code",
            "name_zh",
            "name_en",
            "kind",
            "quantity",
            "unit",
        ),
    )
    return version
