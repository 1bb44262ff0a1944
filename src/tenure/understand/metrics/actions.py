"""Fill the metrics for a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw
from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.strategies import queries as strategies
from tenure.understand.metrics.expressions import (
    MONTHLY_SCALE,
    due_terms,
    renewal_sums,
    retention_sums,
    revenue_per_customer,
)
from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.registry import METRICS, SLICES
from tenure.understand.metrics.rules import Rate, wilson
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import ACCOUNTS, TERMS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame

WINDOW_DAYS = 30
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Figure:
    """One number about to be stored."""

    metric: str
    rate: Rate
    rows: int
    slice_by: str = ""
    slice_value: str = ""
    provisional: bool = False


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Compute every metric as of a day from the snapshots of that day; said twice, changed once."""
    strategy = strategies.current().at(as_of)
    today, grace = day_number(as_of), strategy.business.grace_days
    store = current_store()
    with open_engine() as engine:
        terms = store.read_latest(TERMS, on_or_before=today, engine=engine)
        accounts = store.read_latest(ACCOUNTS, on_or_before=today, engine=engine)
        book = Book(terms=terms, accounts=accounts, today=today, grace=grace)
        figures = [*_renewals(engine, book), *_retention(engine, book)]
    _store(figures, as_of=as_of)
    return {"metrics": len(figures)}


@dataclass(frozen=True)
class Book:
    """What the metrics of one day are computed from."""

    terms: "Frame"
    accounts: "Frame"
    today: int
    grace: int


def _renewals(engine: "Engine", book: Book) -> Iterator[Figure]:
    """The last 30 days of due dates: those whose grace is over are final, in every slice.

    The last 30 days until today, grace still running, are provisional.
    """
    last = book.today - book.grace
    due = due_terms(
        book.terms,
        book.accounts,
        from_day=last - WINDOW_DAYS + 1,
        to_day=book.today,
        as_of=book.today,
    )
    # A few thousand rows out of every term that ever was: sought once, summed by each slice.
    few = engine.frame(engine.collect(due))
    final = renewal_sums(
        few.filter(nw.col("ends_day") <= last), by=(None, *SLICES), grace_days=book.grace
    )
    for row in engine.collect(final.sort("slice_by", "slice_value")).to_pylist():
        yield from _of_one_slice(row)
    recent = few.filter(nw.col("ends_day") > book.today - WINDOW_DAYS)
    sums = renewal_sums(recent, by=(None,), grace_days=book.grace)
    for row in engine.collect(sums).to_pylist():
        rate = Rate(row["renewed"], row["due"])
        yield Figure("renewal_rate_recent", rate, row["due"], provisional=True)


def _of_one_slice(row: dict[str, Any]) -> list[Figure]:
    due, old, by = row["due"], _whole(row["old_minor"]), row["slice_by"]
    rates = {
        "renewal_rate": Rate(row["renewed"], due),
        "renewal_value_gross": Rate(_whole(row["kept_minor"]), old),
        "renewal_value_net": Rate(_whole(row["new_minor"]), old),
    }
    if not by:
        rates["on_time_rate"] = Rate(row["on_time"], due)
    return [Figure(metric, rate, due, by, row["slice_value"]) for metric, rate in rates.items()]


def _retention(engine: "Engine", book: Book) -> list[Figure]:
    days = {"year": book.today - YEAR_DAYS, "month": book.today - WINDOW_DAYS, "now": book.today}
    monthly = revenue_per_customer(book.terms, days=days, grace_days=book.grace)
    per_customer = engine.frame(engine.collect(monthly))
    year = _retained(engine, per_customer, since="year")
    month = _retained(engine, per_customer, since="month")
    had = year["customers_at_start"]
    revenue = Rate(_whole(year["end"] / MONTHLY_SCALE), 1)
    return [
        Figure("grr", Rate(year["kept"], year["start"]), had),
        Figure("nrr", Rate(year["stayed"], year["start"]), had),
        Figure(
            "logo_churn",
            Rate(month["lost"], month["customers_at_start"]),
            month["customers_at_start"],
        ),
        Figure("mrr", revenue, year["customers"]),
        Figure("customers", Rate(year["customers"], 1), year["customers"]),
    ]


def _retained(engine: "Engine", per_customer: "Frame", *, since: str) -> dict[str, int]:
    row = engine.collect(retention_sums(per_customer, start=since, end="now")).to_pylist()[0]
    return {name: int(value or 0) for name, value in row.items()}


def _whole(amount: float | None) -> int:
    """Half up to a whole minor unit; sums of annualised prices are never negative."""
    return int((amount or 0) + 0.5)


def _store(figures: list[Figure], *, as_of: date) -> None:
    rows = [_row(figure, as_of=as_of) for figure in figures]
    with transaction.atomic():
        MetricValue.objects.filter(as_of=as_of).delete()
        MetricValue.objects.bulk_create(rows)


def _row(figure: Figure, *, as_of: date) -> MetricValue:
    metric = METRICS[figure.metric]
    is_count_share = figure.metric in {
        "renewal_rate",
        "renewal_rate_recent",
        "on_time_rate",
        "logo_churn",
    }
    spread = wilson(figure.rate) if is_count_share else None
    return MetricValue(
        metric=metric.id,
        version=metric.version,
        as_of=as_of,
        slice_by=figure.slice_by,
        slice_value=figure.slice_value,
        num=figure.rate.num,
        den=figure.rate.den,
        rows=figure.rows,
        low=spread[0] if spread else None,
        high=spread[1] if spread else None,
        provisional=figure.provisional,
    )
