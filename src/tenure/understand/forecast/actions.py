"""Fill the forecast of a day."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.understand.forecast import queries
from tenure.understand.forecast.expressions import WEEK_DAYS, weekly_sums
from tenure.understand.forecast.models import ForecastWeek
from tenure.understand.forecast.rules import PRIOR_LEVEL_SPREAD, Sums, quantiles
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import TERMS
from tenure.warehouse.tables.understanding import RISKS

BANDS = range(1, 5)


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Store the next 13 weeks as they look on `as_of`; said twice, stored once."""
    today = day_number(as_of)
    store = current_store()
    with open_engine() as engine:
        risks = store.read(RISKS, from_day=today, to_day=today, engine=engine)
        terms = store.read_latest(TERMS, on_or_before=today, engine=engine)
        sums = weekly_sums(risks, terms).sort("week", "currency")
        rows = engine.collect(sums).to_pylist()
    level_spread = queries.level_spread(as_of=as_of) or PRIOR_LEVEL_SPREAD
    weeks = [_week(row, as_of=as_of, level_spread=level_spread) for row in rows]
    with transaction.atomic():
        ForecastWeek.objects.filter(as_of=as_of).delete()
        ForecastWeek.objects.bulk_create(weeks)
    return {"weeks": len(weeks)}


def _week(row: dict[str, Any], *, as_of: date, level_spread: float) -> ForecastWeek:
    renewals = quantiles(
        Sums(row["renewals"], row["doubt"], row["doubt"], row["due"]), level_spread=level_spread
    )
    revenue = quantiles(
        Sums(row["revenue"], row["revenue_variance"], row["revenue_spread"], row["money"]),
        level_spread=level_spread,
    )
    return ForecastWeek(
        as_of=as_of,
        week_starts_on=as_of + timedelta(days=WEEK_DAYS * row["week"]),
        currency=row["currency"],
        due=row["due"],
        by_band=[row[f"band_{band}"] for band in BANDS],
        renewals_p10=renewals.p10,
        renewals_p50=renewals.p50,
        renewals_p90=renewals.p90,
        revenue_p10_minor=int(revenue.p10),
        revenue_p50_minor=int(revenue.p50),
        revenue_p90_minor=int(revenue.p90),
    )
