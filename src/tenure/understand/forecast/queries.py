"""Read forecasts, and hold those that matured against what came."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from tenure.kernel.periods import add_months, day_number
from tenure.records.subscriptions.models import Term
from tenure.understand.forecast.expressions import WEEK_DAYS
from tenure.understand.forecast.models import ForecastMonth, ForecastWeek

MATURED_AFTER_DAYS = 15
LEAST_WEEKS = 8
_NEVER: Final = 2**40

type Forecast = ForecastWeek | ForecastMonth
type Wholes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Check:
    """One forecast week or month whose terms are all decided."""

    forecast: Forecast
    due: int
    renewed: int
    revenue_minor: int

    @property
    def is_inside(self) -> bool:
        """Whether what came lies between P10 and P90, for the terms that were still due."""
        return self.forecast.renewals_p10 <= self.renewed <= self.forecast.renewals_p90

    @property
    def is_revenue_inside(self) -> bool:
        """The same of the revenue at the prices of the terms that were due."""
        one = self.forecast
        return one.revenue_p10_minor <= self.revenue_minor <= one.revenue_p90_minor


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often what came lay between P10 and P90; four in five is what was promised."""

    n: int
    inside: int
    revenue_inside: int

    @classmethod
    def of(cls, checks: Sequence[Check]) -> "Coverage | None":
        """None while nothing is decided."""
        if not checks:
            return None
        return cls(
            len(checks),
            sum(one.is_inside for one in checks),
            sum(one.is_revenue_inside for one in checks),
        )


def weeks(*, as_of: date) -> list[ForecastWeek]:
    """The next 13 weeks as they looked on a day."""
    return list(ForecastWeek.objects.filter(as_of=as_of).order_by("week_starts_on"))


def months(*, as_of: date) -> list[ForecastMonth]:
    """This month and the next six as they looked on a day."""
    return list(ForecastMonth.objects.filter(as_of=as_of).order_by("month_starts_on", "currency"))


def month_backtest(*, as_of: date) -> list[Check]:
    """Every whole month that was over, grace included, as it looked on the day before it began."""
    newest = add_months(as_of - timedelta(days=MATURED_AFTER_DAYS), -1)
    rows = ForecastMonth.objects.filter(
        month_starts_on__lte=newest, as_of=F("month_starts_on") - timedelta(days=1)
    )
    asked = [
        (one, _Span(one.month_starts_on, _next(one)))
        for one in rows.order_by("month_starts_on", "currency")
    ]
    return _checks(asked, as_of=as_of)


def _next(one: ForecastMonth) -> date:
    return add_months(one.month_starts_on, 1)


def backtest(*, as_of: date) -> list[Check]:
    """Every stored week that was over, grace included, on `as_of`, with what came of it."""
    over = as_of - timedelta(days=MATURED_AFTER_DAYS + WEEK_DAYS)
    matured = ForecastWeek.objects.filter(week_starts_on__lte=over, as_of__lt=as_of)
    asked = [
        (forecast, _week(forecast))
        for forecast in matured.order_by("week_starts_on", "as_of")
        if forecast.as_of == forecast.week_starts_on - timedelta(days=WEEK_DAYS)
    ]
    return _checks(asked, as_of=as_of)


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


@dataclass(frozen=True, slots=True)
class _Span:
    """The days `[first, end)`."""

    first: date
    end: date


def _week(forecast: ForecastWeek) -> _Span:
    first = forecast.week_starts_on
    return _Span(first, first + timedelta(days=WEEK_DAYS))


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms of one currency by their ends; days since 1970, `_NEVER` where not renewed."""

    ends: Wholes
    starts: Wholes
    renewed: Wholes
    price_minor: Wholes


def _checks(asked: Sequence[tuple[Forecast, _Span]], *, as_of: date) -> list[Check]:
    """Each forecast with what came of it, from one look at all the terms that they were made of."""
    if not asked:
        return []
    first, end = min(one.first for _, one in asked), max(one.end for _, one in asked)
    terms = _terms(_Span(first, end))
    return [
        Check(one, **_actual(one, span, terms=terms.get(one.currency), as_of=as_of))
        for one, span in asked
    ]


def _terms(span: _Span) -> dict[str, _Terms]:
    """Currency → the terms that ended in a span."""
    ended = Term.objects.filter(ends_on__gte=span.first, ends_on__lt=span.end).order_by("ends_on")
    rows: dict[str, list[tuple[int, ...]]] = {}
    read = ended.values_list("currency", "ends_on", "starts_on", "renewed_on", "price_minor")
    for currency, ends, starts, renewed, price in read.iterator(chunk_size=10_000):
        told = _NEVER if renewed is None else day_number(renewed)
        rows.setdefault(currency, []).append((day_number(ends), day_number(starts), told, price))
    return {
        currency: _Terms(*np.array(found, dtype=np.int64).T) for currency, found in rows.items()
    }


def _actual(
    forecast: Forecast, span: _Span, *, terms: _Terms | None, as_of: date
) -> dict[str, int]:
    """Terms of the span that were not yet renewed when it was forecast, and their fate."""
    if terms is None:
        return {"due": 0, "renewed": 0, "revenue_minor": 0}
    low, high = np.searchsorted(terms.ends, [day_number(span.first), day_number(span.end)])
    part = slice(int(low), int(high))
    made, renewed = day_number(forecast.as_of), terms.renewed[part]
    due = (terms.starts[part] <= made) & (renewed > made)
    came = due & (renewed <= terms.ends[part] + MATURED_AFTER_DAYS)
    came &= renewed <= day_number(as_of)
    return {
        "due": int(due.sum()),
        "renewed": int(came.sum()),
        "revenue_minor": int(terms.price_minor[part][came].sum()),
    }
