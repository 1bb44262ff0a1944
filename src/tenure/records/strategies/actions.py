"""Apply a strategy: from then on the loop decides by it."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import cast

from django.db import transaction

from tenure.kernel.clock import today
from tenure.records.catalog.actions import offer_add_on, offer_plan
from tenure.records.catalog.rules import Gives, Holds, HoldsAddOn, OfferedAddOn, OfferedPlan
from tenure.records.experiments.actions import ensure_holdout
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.models import Revision
from tenure.records.strategies.queries import newest
from tenure.strategy.catalog import Catalog, Plan
from tenure.strategy.loading import load
from tenure.strategy.sections import Dated, Strategy
from tenure.strategy.targeting import check_named


def apply(directory: Path, *, by: str, at: datetime) -> Revision:
    """Read the files of a folder and apply them; a mistake in any of them changes nothing."""
    return apply_strategy(load(directory), by=by, at=at)


@transaction.atomic
def apply_strategy(strategy: Strategy, *, by: str, at: datetime) -> Revision:
    """Make a strategy the current one, with its catalogue and its holdout.

    Applied again while it is current, nothing changes. An older one applied again is current
    again; its row keeps its number, and the journal says both times.

    Raises:
        StrategyError: a play or a journey that was never applied names no segment (SEG-06).
    """
    before = newest()
    if before is not None and before.content_hash == strategy.hash:
        return before
    if not Revision.objects.filter(content_hash=strategy.hash).exists():
        check_named(strategy)
    on = today(strategy.business.zone, at)
    revision, _ = Revision.objects.update_or_create(
        content_hash=strategy.hash,
        defaults={"content": strategy.document, "applied_at": at, "applied_by": by},
    )
    for offered in offered_plans(strategy):
        offer_plan(offered, today=on, at=at, by=by)
    for add_on in offered_add_ons(strategy):
        offer_add_on(add_on, today=on, at=at, by=by)
    ensure_holdout(strategy, at=at, by=by)
    content = {"hash": strategy.hash, "before": before.content_hash if before else None}
    append(Fact("strategy.applied", on=on, content=content), at=at, by=by)
    return revision


def offered_plans(strategy: Strategy) -> Iterator[OfferedPlan]:
    """Every plan of every dated form of the catalogue, oldest form first."""
    forms: tuple[Dated | None, ...] = (*strategy.dated["catalog"], None)
    for form, following in pairwise(forms):
        assert form is not None, "only the last has nothing after it"
        catalog = cast(Catalog, form.value)
        until_on = following.effective_on if following else None
        for plan in catalog.plans.values():
            yield _offered(plan, catalog=catalog, from_on=form.effective_on, until_on=until_on)


def offered_add_ons(strategy: Strategy) -> Iterator[OfferedAddOn]:
    """Every add-on of every dated form of the catalogue, oldest form first."""
    forms: tuple[Dated | None, ...] = (*strategy.dated["catalog"], None)
    for form, following in pairwise(forms):
        assert form is not None, "only the last has nothing after it"
        catalog = cast(Catalog, form.value)
        for one in catalog.add_ons.values():
            yield OfferedAddOn(
                code=one.code,
                product_code=catalog.product,
                name=one.name,
                from_on=form.effective_on,
                until_on=following.effective_on if following else None,
                holds=HoldsAddOn(
                    cost_minor_per_month=one.monthly_cost.amount_minor,
                    prices={
                        months: catalog.add_on_price(one.code, months=months)
                        for months in sorted(catalog.cycles)
                    },
                    plans=tuple(sorted(one.plans)),
                    gives=tuple(
                        Gives(it.code, it.name, str(it.kind), it.quantity, it.unit)
                        for it in one.entitlements
                    ),
                ),
            )


def _offered(plan: Plan, *, catalog: Catalog, from_on: date, until_on: date | None) -> OfferedPlan:
    return OfferedPlan(
        code=plan.code,
        product_code=catalog.product,
        name=plan.name,
        tier_rank=plan.tier_rank,
        from_on=from_on,
        until_on=until_on,
        holds=Holds(
            cost_minor_per_month=plan.monthly_cost.amount_minor,
            speed_mbps=plan.speed_mbps,
            lapse_policy={
                "steps": [
                    {
                        "day": step.day,
                        "access": str(step.access),
                        "effect": {"zh": step.effect.zh, "en": step.effect.en},
                        "data_kept_days": step.data_kept_days,
                    }
                    for step in plan.lapse
                ]
            },
            prices={
                months: catalog.price(plan.code, months=months) for months in sorted(catalog.cycles)
            },
            gives=tuple(
                Gives(one.code, one.name, str(one.kind), one.quantity, one.unit)
                for one in plan.entitlements
            ),
        ),
    )
