"""Read forecasts, and hold those that matured against what came."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q

from tenure.records.subscriptions.models import Term
from tenure.understand.forecast.expressions import WEEK_DAYS
from tenure.understand.forecast.models import ForecastWeek

MATURED_AFTER_DAYS = 15
LEAST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Check:
    """One forecast week whose terms are all decided."""

    forecast: ForecastWeek
    due: int
    renewed: int

    @property
    def is_inside(self) -> bool:
        """Whether what came lies between P10 and P90, for the terms that were still due."""
        return self.forecast.renewals_p10 <= self.renewed <= self.forecast.renewals_p90


def weeks(*, as_of: date) -> list[ForecastWeek]:
    """The next 13 weeks as they looked on a day."""
    return list(ForecastWeek.objects.filter(as_of=as_of).order_by("week_starts_on"))


def backtest(*, as_of: date) -> list[Check]:
    """Every stored week that was over, grace included, on `as_of`, with what came of it."""
    over = as_of - timedelta(days=MATURED_AFTER_DAYS + WEEK_DAYS)
    matured = ForecastWeek.objects.filter(week_starts_on__lte=over, as_of__lt=as_of)
    return [
        Check(forecast, **_actual(forecast, as_of=as_of))
        for forecast in matured.order_by("week_starts_on", "as_of")
        if forecast.as_of == forecast.week_starts_on - timedelta(days=WEEK_DAYS)
    ]


def level_spread(*, as_of: date) -> float | None:
    """How far the level of past forecasts was off, on the logit scale; None below eight weeks."""
    checks = [
        check for check in backtest(as_of=as_of) if check.due and 0 < check.renewed < check.due
    ]
    if len(checks) < LEAST_WEEKS:
        return None
    misses = [
        _logit(check.renewed / check.due)
        - _logit(check.forecast.renewals_p50 / max(check.forecast.due, 1))
        for check in checks
    ]
    return math.sqrt(sum(miss * miss for miss in misses) / len(misses))


def _logit(share: float) -> float:
    inside = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def _actual(forecast: ForecastWeek, *, as_of: date) -> dict[str, Any]:
    """Terms of the forecast's week that were not yet renewed when it was made, and their fate."""
    starts = forecast.week_starts_on
    due = Term.objects.filter(
        ends_on__gte=starts,
        ends_on__lt=starts + timedelta(days=WEEK_DAYS),
        currency=forecast.currency,
        starts_on__lte=forecast.as_of,
    ).filter(Q(renewed_on__isnull=True) | Q(renewed_on__gt=forecast.as_of))
    in_grace = Q(renewed_on__lte=F("ends_on") + timedelta(days=MATURED_AFTER_DAYS))
    return due.aggregate(
        due=Count("pk"), renewed=Count("pk", filter=in_grace & Q(renewed_on__lte=as_of))
    )
