"""Fill the forecast of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from tenure.kernel.periods import add_months, day_number
from tenure.understand.forecast import queries
from tenure.understand.forecast.expressions import WEEK_DAYS, monthly_sums, weekly_sums
from tenure.understand.forecast.models import ForecastMonth, ForecastWeek
from tenure.understand.forecast.rules import PRIOR_LEVEL_SPREAD, Sums, quantiles
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import TERMS
from tenure.warehouse.tables.understanding import RISKS

BANDS = range(1, 5)
MONTHS = 6  # whole ones, after the rest of the running one


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The forecast of a day on its way to the tables: the fields of each of their rows."""

    as_of: date
    weeks: Sequence[Mapping[str, Any]]
    months: Sequence[Mapping[str, Any]]


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Store the next 13 weeks and 6 months as they look on `as_of`; said twice, stored once."""
    return keep(foreseen(as_of=as_of, level_spread=queries.level_spread(as_of=as_of)))


def foreseen(*, as_of: date, level_spread: float | None) -> Foreseen:
    """What `fill` computes; nothing is written.

    Args:
        level_spread: how far past forecasts were off (`queries.level_spread`).
    """
    today, spread = day_number(as_of), level_spread or PRIOR_LEVEL_SPREAD
    store, firsts = current_store(), _firsts(as_of)
    with open_engine() as engine:
        risks = store.read(RISKS, from_day=today, to_day=today, engine=engine)
        terms = store.read_latest(TERMS, on_or_before=today, engine=engine)
        sums = weekly_sums(risks, terms).sort("week", "currency")
        rows = engine.collect(sums).to_pylist()
        begins = [(one - as_of).days for one in firsts[1:]]
        monthly = monthly_sums(risks, terms, begins=begins).sort("month", "currency")
        month_rows = engine.collect(monthly).to_pylist()
    return Foreseen(
        as_of=as_of,
        weeks=[
            {
                "week_starts_on": as_of + timedelta(days=WEEK_DAYS * row["week"]),
                **_spread(row, level_spread=spread),
            }
            for row in rows
        ],
        months=[
            {"month_starts_on": firsts[row["month"]], **_spread(row, level_spread=spread)}
            for row in month_rows
        ],
    )


@transaction.atomic
def keep(found: Foreseen) -> dict[str, int]:
    """Write down the forecast of a day, in place of what stood there."""
    as_of = found.as_of
    ForecastWeek.objects.filter(as_of=as_of).delete()
    ForecastWeek.objects.bulk_create(ForecastWeek(as_of=as_of, **one) for one in found.weeks)
    ForecastMonth.objects.filter(as_of=as_of).delete()
    ForecastMonth.objects.bulk_create(ForecastMonth(as_of=as_of, **one) for one in found.months)
    return {"weeks": len(found.weeks), "months": len(found.months)}


def _firsts(as_of: date) -> list[date]:
    """The first day of this month, and of each one up to the month after the last."""
    first = as_of.replace(day=1)
    return [add_months(first, number) for number in range(MONTHS + 2)]


def _spread(row: dict[str, Any], *, level_spread: float) -> dict[str, Any]:
    renewals = quantiles(
        Sums(row["renewals"], row["doubt"], row["doubt"], row["due"]), level_spread=level_spread
    )
    revenue = quantiles(
        Sums(row["revenue"], row["revenue_variance"], row["revenue_spread"], row["money"]),
        level_spread=level_spread,
    )
    return {
        "currency": row["currency"],
        "due": row["due"],
        "by_band": [row[f"band_{band}"] for band in BANDS],
        "renewals_p10": renewals.p10,
        "renewals_p50": renewals.p50,
        "renewals_p90": renewals.p90,
        "revenue_p10_minor": int(revenue.p10),
        "revenue_p50_minor": int(revenue.p50),
        "revenue_p90_minor": int(revenue.p90),
    }
