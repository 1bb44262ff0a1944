"""Fill the metrics for a day."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.rows import insert_rows
from tenure.records.strategies import queries as strategies
from tenure.strategy.sections import Strategy
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.cohorts import Cell, cells
from tenure.understand.metrics.daily import WINDOW_DAYS, activity, renewals, retention, standing
from tenure.understand.metrics.deriving import derived
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.models import CohortMonth, MetricValue
from tenure.understand.metrics.months import Movements, due_months, monthly, movements
from tenure.understand.metrics.registry import METRICS
from tenure.understand.metrics.rules.rates import wilson
from tenure.understand.metrics.voices import voices
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, TERMS

ENTRY: Final = "metrics"
# Shares of independent cases, whose interval is Wilson's.
COUNT_SHARES: Final = frozenset(
    {
        "renewal_rate",
        "renewal_rate_recent",
        "renewal_rate_month",
        "on_time_rate",
        "logo_churn",
        "atr_churn",
    }
)
COLUMNS: Final = (
    *("metric", "as_of", "slice_by", "slice_value"),
    *("version", "num", "den", "rows", "low", "high", "provisional"),
)
COHORT_COLUMNS: Final = (
    *("as_of", "cohort", "since", "customers", "kept", "revenue_at_start", "revenue"),
    *("lost_voluntary", "lost_involuntary", "lost_lapse"),
)
_KEYS: Final = 4

type Row = tuple[Any, ...]


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Compute every metric as of a day from the snapshots of that day; said twice, changed once.

    Months of the past stand as they are known on that day.
    """
    strategy = strategies.current().at(as_of)
    with open_engine() as engine:
        book = book_of(engine, as_of=as_of, strategy=strategy)
        moved = movements(book)
        figures = compute(book, moved)
        cohorts = list(cells(book, moved))
    with transaction.atomic():
        changed = _store(figures, as_of=as_of, metrics=METRICS)
        _store_cohorts(cohorts, as_of=as_of)
    filled = Filled(ENTRY, day_number(as_of), strategy.hash)
    complete(filled, row_count=len(figures), at=at)
    return {"metrics": len(figures), "metrics_changed": changed}


def compute(book: Book, moved: Movements) -> list[Figure]:
    """Every declared metric from one book, the derived ones last."""
    counted = [
        *renewals(book),
        *retention(book),
        *standing(book),
        *activity(book),
        *voices(book),
        *due_months(book),
        *monthly(book, moved),
    ]
    return [*counted, *derived(counted, METRICS)]


def book_of(engine: Engine, *, as_of: date, strategy: Strategy) -> Book:
    """The tables as they were copied on a day or last before it."""
    today, store = day_number(as_of), current_store()
    terms, accounts, answers = (
        store.read_latest(table, on_or_before=today, engine=engine)
        for table in (TERMS, ACCOUNTS, ANSWERS)
    )
    return Book(
        engine=engine,
        terms=terms,
        accounts=accounts,
        answers=answers,
        events=store.read(EVENTS, engine=engine, from_day=today - WINDOW_DAYS + 1, to_day=today),
        today=today,
        grace=strategy.business.grace_days,
        currency=strategy.business.currency,
        survey_kinds={one.id: one.kind for one in strategy.surveys.values()},
    )


def _store(figures: Iterable[Figure], *, as_of: date, metrics: Mapping[str, Metric]) -> int:
    """Write what is new or reads otherwise, and take away what is no more; how many rows."""
    wanted = {row[:_KEYS]: row for row in (_row(one, metrics=metrics) for one in figures)}
    days = {as_of, *(row[1] for row in wanted.values())}
    ours = MetricValue.objects.filter(as_of__in=days, metric__in=metrics)
    there = {row[:_KEYS]: row for row in ours.values_list(*COLUMNS)}
    gone = there.keys() - wanted.keys()
    stale = [key for key, row in there.items() if key in gone or wanted[key] != row]
    fresh = [row for key, row in wanted.items() if there.get(key) != row]
    _forget(stale)
    insert_rows(MetricValue, fresh, columns=COLUMNS)
    return len(fresh)


def _store_cohorts(cohorts: Iterable[Cell], *, as_of: date) -> None:
    """The cohorts as known on the newest day; a past day filled again leaves them alone."""
    if CohortMonth.objects.filter(as_of__gt=as_of).exists():
        return
    CohortMonth.objects.all().delete()
    rows = (
        (
            as_of,
            date(one.cohort // 12, one.cohort % 12 + 1, 1),
            one.since,
            one.customers,
            one.kept,
            one.revenue_at_start,
            one.revenue,
            *one.lost,
        )
        for one in cohorts
    )
    insert_rows(CohortMonth, rows, columns=COHORT_COLUMNS)


def _forget(keys: Iterable[Row]) -> None:
    """Delete rows by day, a statement a day."""
    by_day: dict[date, set[Row]] = {}
    for key in keys:
        by_day.setdefault(key[1], set()).add(key)
    for day, those in by_day.items():
        rows = MetricValue.objects.filter(as_of=day, metric__in={key[0] for key in those})
        ids = [pk for pk, *key in rows.values_list("pk", *COLUMNS[:_KEYS]) if tuple(key) in those]
        rows.filter(pk__in=ids).delete()


def _row(figure: Figure, *, metrics: Mapping[str, Metric]) -> Row:
    spread = figure.spread
    if spread is None and figure.metric in COUNT_SHARES:
        spread = wilson(figure.rate)
    low, high = spread or (None, None)
    return (
        figure.metric,
        figure.on,
        figure.slice_by,
        figure.slice_value,
        metrics[figure.metric].version,
        figure.rate.num,
        figure.rate.den,
        figure.rows,
        low,
        high,
        figure.provisional,
    )
