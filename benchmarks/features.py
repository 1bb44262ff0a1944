"""Every feature of a million customers from 30 million events, beside hand-written SQL.

Terms, accounts and events are files that other processes made up; nobody wrote, answered or paid.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

from benchmarks import by_hand
from benchmarks.increments import CORE, TODAY, event_files, moment_of
from benchmarks.million import About, timed
from tenure.understand.features.moments import Moment
from tenure.understand.features.registry import FEATURES
from tenure.understand.features.sources import Desk, features_of_day
from tenure.warehouse.engines import Engine, Frame, arrow_kind, open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, CONTACTS, PAYMENTS, TERMS, TICKETS

NOTHING = (TICKETS, ANSWERS, PAYMENTS, CONTACTS)
# What both ways must agree in: how many rows, and what everybody's numbers add up to.
COMPARED = ("logins_7", "active_days_90", "usage_gb_90", "core_days_30", "days_since_login")


@dataclass(frozen=True)
class OfFiles(Desk):
    """A desk on which the events are those of the files made up here."""

    def events(self, moment: Moment) -> Frame:
        return self.engine.scan(_inside(moment), EVENTS)


def features_from_events() -> About:
    """The product's pass over all events of 90 days, laid beside the terms, and written."""
    path = Path(settings.TENURE_HOME) / "features.parquet"
    with open_engine() as engine:
        kept = {table.name: engine.scan([_path(table)], table) for table in (TERMS, ACCOUNTS)}
        kept |= {table.name: engine.literal([], columns=table.columns) for table in NOTHING}
        desk = OfFiles(engine, current_store(), TODAY, kept=kept)
        return timed(lambda: _written(engine, desk, path)) | _said(path)


def features_by_hand() -> About:
    """The same columns as somebody would write them for one engine."""
    path = Path(settings.TENURE_HOME) / "features-by-hand.parquet"
    connection = duckdb.connect()
    for table in (TERMS, ACCOUNTS):
        connection.read_parquet([str(_path(table))]).create_view(table.name)
    for table in NOTHING:
        columns = {one.name: pa.array([], type=arrow_kind(one)) for one in table.columns}
        connection.register(table.name, pa.table(columns))
    now = moment_of(TODAY)
    connection.read_parquet([str(one) for one in _inside(now)]).create_view(EVENTS.name)

    def work() -> int:
        by_hand.features(connection, now, core=CORE)
        copy = f"COPY by_hand_features TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        connection.execute(copy)
        return int(pq.read_metadata(path).num_rows)

    return timed(work) | _said(path)


def _written(engine: Engine, desk: Desk, path: Path) -> int:
    rows = engine.collect(features_of_day(desk, moment_of(TODAY), core=CORE))
    return engine.write(rows, path, sorted_by=FEATURES.key)


def _said(path: Path) -> dict[str, object]:
    """How many rows there are, and the sums of some columns; read outside the clock."""
    rows = pq.read_table(path, columns=list(COMPARED))
    return {"said": [rows.num_rows, *(round(pc.sum(one).as_py() or 0, 3) for one in rows.columns)]}


def _inside(moment: Moment) -> list[Path]:
    return [path for day, path in event_files().items() if moment.first_day <= day <= moment.day]


def _path(table: Table) -> Path:
    return Path(settings.TENURE_HOME) / f"{table.name}.parquet"
