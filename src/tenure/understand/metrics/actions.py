"""Fill the metrics for a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

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
        figures = [*_renewals(engine, book), *_recent(engine, book), *_retention(engine, book)]
    _store(figures, as_of=as_of)
    return {"metrics": len(figures)}


@dataclass(frozen=True)
class Book:
    """What the metrics of one day are computed from."""

    terms: "Frame"
    accounts: "Frame"
    today: int
    grace: int


def _renewals(engine: "Engine", book: Book) -> list[Figure]:
    """The last 30 days of due dates whose grace is over: final, in every slice."""
    last = book.today - book.grace
    due = due_terms(
        book.terms,
        book.accounts,
        from_day=last - WINDOW_DAYS + 1,
        to_day=last,
        as_of=book.today,
    )
    # A few thousand rows out of every term that ever was: sought once, summed by each slice.
    few = engine.frame(engine.collect(due))
    figures = []
    for by in (None, *SLICES):
        rows = engine.collect(renewal_sums(few, by=by, grace_days=book.grace)).to_pylist()
        for row in rows:
            figures += _of_one_slice(row, by=by)
    return figures


def _of_one_slice(row: dict[str, Any], *, by: str | None) -> list[Figure]:
    due, old = row["due"], _whole(row["old_minor"])
    value = row["slice_value"] or ""
    rates = {
        "renewal_rate": Rate(row["renewed"], due),
        "renewal_value_gross": Rate(_whole(row["kept_minor"]), old),
        "renewal_value_net": Rate(_whole(row["new_minor"]), old),
    }
    if by is None:
        rates["on_time_rate"] = Rate(row["on_time"], due)
    return [Figure(metric, rate, due, by or "", value) for metric, rate in rates.items()]


def _recent(engine: "Engine", book: Book) -> list[Figure]:
    """The last 30 days of due dates, grace still running: provisional."""
    due = due_terms(
        book.terms,
        book.accounts,
        from_day=book.today - WINDOW_DAYS + 1,
        to_day=book.today,
        as_of=book.today,
    )
    rows = engine.collect(renewal_sums(due, by=None, grace_days=book.grace)).to_pylist()
    return [
        Figure(
            "renewal_rate_recent", Rate(row["renewed"], row["due"]), row["due"], provisional=True
        )
        for row in rows
    ]


def _retention(engine: "Engine", book: Book) -> list[Figure]:
    year = _retention_since(engine, book, days=YEAR_DAYS)
    month = _retention_since(engine, book, days=WINDOW_DAYS)
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


def _retention_since(engine: "Engine", book: Book, *, days: int) -> dict[str, int]:
    per_customer = revenue_per_customer(
        book.terms, start_day=book.today - days, end_day=book.today, grace_days=book.grace
    )
    row = engine.collect(retention_sums(per_customer)).to_pylist()[0]
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
