"""The metrics of a million subscriptions, read from files that another process made up."""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.conf import settings
from django.db import connection as records

from benchmarks.million import AS_OF, About, customers, timed
from tenure.kernel.periods import day_number
from tenure.records.tables import make_tables
from tenure.understand.metrics.actions import compute
from tenure.understand.metrics.book import Book
from tenure.understand.metrics.cohorts import cells
from tenure.understand.metrics.months import dues, month_end, month_of, movements, standings
from tenure.understand.metrics.registry import METRICS
from tenure.understand.metrics.settled import Facts, unsettled
from tenure.warehouse.engines import Engine, as_declared, open_engine
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, TERMS

SQL = Path(__file__).parent / "million_metrics.sql"
GRACE = 15
MONTHS = 24
YEAR = 365
NODES = 2_000
# As many periods as subscriptions were sold, and a third more: each row of the table is a term.
RENEWED = 0.34
# A table of customer × month of everybody does not fit; of more customers, its time is scaled.
MOST_EXPANDED = 100_000


def terms_made_up() -> About:
    """Prepare: the files that a night finds, so that making them up is nobody's memory."""
    home = Path(settings.TENURE_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with open_engine() as engine:
        for table, rows in zip((TERMS, ACCOUNTS), _sold(customers()), strict=True):
            frame = as_declared(engine.frame(rows), table)
            engine.write(frame, home / f"{table.name}.parquet", sorted_by=table.sorted_by)
    if not records.introspection.table_names():
        # Which days have members of segments is asked of the records: of no days, here.
        make_tables()
    return {}


def metrics() -> About:
    """Every figure of 24 months with its slices and derived ones, from the months that changed."""
    with open_engine() as engine:
        return timed(lambda: _all_figures(_book(engine)))


def metrics_by_month() -> About:
    """The movements and stock of the same slices from a table of customer × month."""
    count = min(customers(), MOST_EXPANDED)
    terms, accounts = _sold(count)
    last = month_of(AS_OF)
    # One month more: what stood before the first one.
    every = range(last - MONTHS - 12, last + 1)
    days = [day_number(month_end(month)) for month in every]
    months = pa.table({"month": list(every), "last_day": days})
    connection = duckdb.connect()
    for name, table in (("terms", terms), ("accounts", accounts), ("months", months)):
        connection.register(name, table)

    def work() -> int:
        rows: list[tuple[int, ...]] = []
        for statement in SQL.read_text().split(";\n"):
            given = {"as_of": day_number(AS_OF), "grace": GRACE}
            used = {name: value for name, value in given.items() if f"${name}" in statement}
            rows = connection.execute(statement, used).fetchall()
        # A slice of nobody's plan has no names either: the engine says which row is the whole.
        [stood] = [stood for month, *_, stood, is_whole in rows if month == last and is_whole]
        return int(stood)

    return timed(work) | {"terms": count, "of": customers()}


def _all_figures(book: Book) -> int:
    """What a night computes before it stores anything; the revenue at the end, scaled."""
    moved = movements(book)
    facts = Facts(standings(book, moved), dues(book), moved.each)
    figures = compute(book, facts)
    # No month was ever written: all 24 are.
    unsettled(book, facts, metrics=METRICS)
    list(cells(book, moved))
    return next(
        one.rate.num
        for one in figures
        if (one.metric, one.on, one.slice_by) == ("mrr_end", AS_OF, "")
    )


def _book(engine: Engine) -> Book:
    home = Path(settings.TENURE_HOME)
    files = {table.name: home / f"{table.name}.parquet" for table in (TERMS, ACCOUNTS)}
    return Book(
        engine=engine,
        terms=engine.scan([files[TERMS.name]], TERMS),
        accounts=engine.scan([files[ACCOUNTS.name]], ACCOUNTS),
        files=files,
        answers=engine.literal([], columns=ANSWERS.columns),
        events=engine.literal([], columns=EVENTS.columns),
        today=day_number(AS_OF),
        grace=GRACE,
        currency="CNY",
    )


def _sold(count: int) -> tuple[pa.Table, pa.Table]:
    """Yearly terms of three years, a third of them renewed, and the accounts that have them."""
    chance = np.random.default_rng(0)
    today = day_number(AS_OF)
    accounts = np.arange(1, count + 1)
    starts = today - chance.integers(1, 3 * YEAR, size=count)
    again = np.flatnonzero((chance.random(count) < RENEWED) & (starts + YEAR <= today))
    plans = np.array(["home", "office", "studio"])[chance.integers(0, 3, size=count)]
    renewed = np.zeros(count, dtype=bool)
    renewed[again] = True
    ends = starts + YEAR
    price = chance.integers(500, 2_000, size=count) * 100
    first = {
        "account_id": accounts,
        "starts_day": starts,
        "ends_day": ends,
        "number": np.ones(count, dtype=np.int64),
        "price_minor": price,
        "plan_code": plans,
    }
    second = {name: column[again] for name, column in first.items()}
    second |= {
        "starts_day": ends[again],
        "ends_day": ends[again] + YEAR,
        "number": second["number"] + 1,
        "price_minor": price[again] + chance.integers(-200, 300, size=len(again)) * 100,
    }
    columns = {name: np.concatenate([first[name], second[name]]) for name in first}
    columns["renewed_day"] = np.concatenate([ends, np.zeros(len(again), dtype=np.int64)])
    open_ = np.concatenate([~renewed, np.ones(len(again), dtype=bool)])
    rows = len(open_)
    fixed = {
        "tax_minor": 0, "cycle_months": 12, "free_days": 0, "cost_minor_per_month": 2_000,
        "currency": "CNY", "end_kind": "lapse", "known_us": 0,
    }  # fmt: skip
    told = {name: pa.array(column) for name, column in columns.items()}
    told["renewed_day"] = pa.array(columns["renewed_day"], mask=open_)
    told |= {
        "term_id": pa.array(np.arange(1, rows + 1)),
        "subscription_id": told["account_id"],
        "subscription_started_day": pa.array(starts[columns["account_id"] - 1]),
        "owner_name": pa.array(_named("manager", columns["account_id"] % 5)),
        "node_id": pa.array(columns["account_id"] % NODES),
        **{name: pa.array([value] * rows) for name, value in fixed.items()},
    }
    return _declared(told, TERMS.column_names), _accounts(accounts)


def _accounts(ids: npt.NDArray[np.int64]) -> pa.Table:
    known = {
        "account_id": pa.array(ids),
        "known_us": pa.array(np.zeros(len(ids), dtype=np.int64)),
        "region": pa.array(_named("region", ids % 8)),
        "sales_channel": pa.array(_named("channel", ids % 4)),
    }
    return _declared(known, ACCOUNTS.column_names)


def _named(kind: str, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    named: npt.NDArray[np.str_] = np.char.add(kind, numbers.astype(str))
    return named


def _declared(columns: Mapping[str, pa.Array], names: tuple[str, ...]) -> pa.Table:
    """The columns of a table; those that nobody asks for hold nothing."""
    rows = len(next(iter(columns.values())))
    nothing = pa.nulls(rows, pa.int64())
    return pa.table({name: columns.get(name, nothing) for name in names})
