"""The survival of customers as it was last computed."""

from datetime import date

from django.db.models import Max

from tenure.understand.value.estimator.sbg import ShiftedBetaGeometric
from tenure.understand.value.models import SurvivalCurve
from tenure.understand.value.staying import Curve


def curves_as_of(as_of: date) -> list[Curve]:
    """The newest curves on or before a day; none before the first."""
    newest = SurvivalCurve.objects.filter(as_of__lte=as_of).aggregate(day=Max("as_of"))["day"]
    if newest is None:
        return []
    rows = SurvivalCurve.objects.filter(as_of=newest).order_by("plan", "cycle_months")
    return [_curve(one) for one in rows]


def _curve(row: SurvivalCurve) -> Curve:
    counts = (row.plan, row.cycle_months, row.decided, row.renewed, row.oldest)
    if row.alpha is None or row.beta is None:
        return Curve(*counts, why=row.why)
    return Curve(*counts, model=ShiftedBetaGeometric(row.alpha, row.beta))
