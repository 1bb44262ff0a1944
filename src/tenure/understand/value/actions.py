"""Fit how loyal customers are, once a week where a choice counts on it."""

from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current
from tenure.strategy.economics import Horizon
from tenure.understand.value.expressions import decisions
from tenure.understand.value.models import SurvivalCurve
from tenure.understand.value.staying import Curve, curves_of
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import TERMS

# How long a curve is good for: it moves with renewals, of which a week brings few.
GOOD_FOR: Final = timedelta(days=7)
FITTED: Final = "value.curves_fitted"


def fill(*, as_of: date, at: datetime) -> int:
    """Store the curves of a day; how many. Within a week of the last ones nothing is computed."""
    strategy = current().at(as_of)
    if strategy.economics.value_of_a_save is Horizon.TERM:
        return 0
    recent = SurvivalCurve.objects.filter(as_of__lte=as_of, as_of__gt=as_of - GOOD_FOR)
    if recent.exists():
        return 0
    today, grace = day_number(as_of), strategy.business.grace_days
    with open_engine(settings.TENURE_ENGINE) as engine:
        terms = current_store().read_latest(TERMS, on_or_before=today, engine=engine)
        rows = engine.collect(decisions(terms, as_of=today, grace_days=grace)).to_pylist()
    with transaction.atomic():
        SurvivalCurve.objects.filter(as_of=as_of).delete()
        made = SurvivalCurve.objects.bulk_create([_row(one, as_of) for one in curves_of(rows)])
        if made:
            content, key = {"curves": len(made)}, f"{FITTED}:{as_of}"
            append(Fact(FITTED, on=as_of, content=content, once_key=key), at=at, by="loop")
    return len(made)


def _row(curve: Curve, as_of: date) -> SurvivalCurve:
    model = curve.model
    return SurvivalCurve(
        as_of=as_of,
        plan=curve.plan,
        cycle_months=curve.cycle_months,
        decided=curve.decided,
        renewed=curve.renewed,
        oldest=curve.oldest,
        alpha=model.alpha if model else None,
        beta=model.beta if model else None,
        why=curve.why,
    )
