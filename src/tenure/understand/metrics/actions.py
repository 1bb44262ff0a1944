"""Fill the metrics for a day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.rows import insert_rows
from tenure.records.strategies import queries as strategies
from tenure.strategy.sections import Strategy
from tenure.understand.metrics.acquisition import acquisition
from tenure.understand.metrics.alerts import watch
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.cohorts import Cell, cells
from tenure.understand.metrics.daily import activity, renewals, retention, standing
from tenure.understand.metrics.deriving import derived
from tenure.understand.metrics.due import WINDOW_DAYS
from tenure.understand.metrics.lifetimes import lifetime_values
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.models import CohortMonth
from tenure.understand.metrics.months import dues, month_of, movements, standings
from tenure.understand.metrics.own import own_metrics
from tenure.understand.metrics.registry import METRICS
from tenure.understand.metrics.service import service
from tenure.understand.metrics.settled import Facts, Unsettled, settle, unsettled
from tenure.understand.metrics.storing import Row, row_of, store
from tenure.understand.metrics.voices import voices
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.fills import Filled, complete, is_complete
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, TERMS

ENTRY: Final = "metrics"
COHORT_COLUMNS: Final = (
    *("as_of", "cohort", "since", "customers", "kept", "revenue_at_start", "revenue"),
    *("lost_voluntary", "lost_involuntary", "lost_lapse"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """The metrics of a day on their way to the table, from whichever process counted them."""

    as_of: date
    version: str  # the strategy's hash
    metrics: Mapping[str, Metric]
    rows: Sequence[Row]
    cohorts: Sequence[Cell]
    past: Unsettled


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Compute every metric as of a day from the snapshots of that day; said twice, changed once.

    Months of the past stand as they are known on that day.
    """
    return keep(counted(strategies.current().at(as_of), as_of=as_of), at=at)


def counted(strategy: Strategy, *, as_of: date) -> Counted:
    """What `fill` computes; nothing is written.

    Args:
        strategy: as of the day.
    """
    with open_engine() as engine:
        book = book_of(engine, as_of=as_of, strategy=strategy)
        moved = movements(book)
        metrics = METRICS | own_metrics()
        facts = Facts(standings(book, moved), dues(book), moved.each)
        figures = compute(book, facts, metrics=metrics)
        return Counted(
            as_of=as_of,
            version=strategy.hash,
            metrics=metrics,
            rows=[row_of(one, metrics=metrics) for one in figures],
            cohorts=list(cells(book, moved)),
            past=unsettled(book, facts, metrics=metrics),
        )


@transaction.atomic
def keep(found: Counted, *, at: datetime) -> dict[str, int]:
    """Write down what was counted of a day; said twice, changed once."""
    as_of, metrics = found.as_of, found.metrics
    changed = store(found.rows, days={as_of}, metrics=metrics)
    settled = settle(found.past, metrics=metrics, at=at)
    _store_cohorts(found.cohorts, as_of=as_of)
    alerts = watch(metrics, as_of=as_of, at=at)
    count = len(found.rows) + settled.figures
    complete(_filled(as_of, version=found.version), row_count=count, at=at)
    return {
        "metrics": count,
        "metrics_changed": changed + settled.changed,
        "metrics_alerted": alerts,
    }


def are_kept(*, as_of: date) -> bool:
    """Whether the metrics of a day stand in the table, by the strategy that counts now."""
    return is_complete(_filled(as_of, version=strategies.current().at(as_of).hash))


def _filled(as_of: date, *, version: str) -> Filled:
    return Filled(ENTRY, day_number(as_of), version)


def compute(book: Book, facts: Facts, *, metrics: Mapping[str, Metric] = METRICS) -> list[Figure]:
    """Every declared metric of the day and of the running month, the derived ones last."""
    counted = [
        *renewals(book),
        *retention(book),
        *standing(book),
        *activity(book),
        *service(book),
        *voices(book),
        *lifetime_values(book),
        *facts.figures(book, month_of(book.as_of)),
        *acquisition(book, facts.stood),
    ]
    return [*counted, *derived(counted, metrics)]


def book_of(engine: Engine, *, as_of: date, strategy: Strategy) -> Book:
    """The tables as they were copied on a day or last before it."""
    today, store = day_number(as_of), current_store()
    newest = store.newest([TERMS, ACCOUNTS, ANSWERS], on_or_before=today)
    files = {name: path for name, (_, path) in newest.items()}
    terms, accounts, answers = (
        engine.scan([files[table.name]] if table.name in files else [], table)
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
        files=files,
        survey_kinds={one.id: one.kind for one in strategy.surveys.values()},
    )


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
