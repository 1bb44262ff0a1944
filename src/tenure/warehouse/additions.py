"""Rows that arrive late, added to the days they belong to, and rows taken out again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tenure.warehouse.engines import Engine
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Table

if TYPE_CHECKING:
    import pyarrow as pa


def add_rows(
    store: Store, table: Table, *, rows: pa.Table, at: datetime, engine: Engine
) -> dict[int, int]:
    """Add rows to the files of their days, except those whose key the day holds already.

    Args:
        rows: the declared columns, with `day` among them; no key twice. A day is rewritten as a
            whole, so that whoever is killed adds the same rows again to the same end.
    Returns:
        How many rows were new, by day.
    """
    import narwhals.stable.v2 as nw

    added = {}
    for day in sorted(set(rows["day"].to_pylist())):
        given = engine.frame(rows).filter(nw.col("day") == day)
        before = store.read(table, engine=engine, from_day=day, to_day=day)
        fresh = engine.collect(
            given.join(before.select(*table.key), on=list(table.key), how="anti")
        )
        added[day] = fresh.num_rows
        if fresh.num_rows:
            together = nw.concat([before, engine.frame(fresh).select(*table.column_names)])
            store.write(table, day=day, frame=together, at=at, engine=engine)
    return added


def stored_keys(
    store: Store, table: Table, *, keys: pa.Table, days: range, engine: Engine
) -> pa.Table:
    """Which of these keys some file of these days holds, one row each."""
    stored = store.read(table, engine=engine, from_day=days.start, to_day=days.stop - 1)
    found = engine.frame(keys).join(
        stored.select(*table.key).unique(), on=list(table.key), how="inner"
    )
    return engine.collect(found.select(*table.key))


def rows_that_mention(store: Store, table: Table, *, text: str, engine: Engine) -> pa.Table:
    """The rows of all days whose `content` holds a text anywhere; the caller looks closer."""
    import narwhals.stable.v2 as nw

    rows = store.read(table, engine=engine)
    return engine.collect(rows.filter(nw.col("content").str.contains(text, literal=True)))


def remove_rows(
    store: Store, table: Table, *, rows: pa.Table, at: datetime, engine: Engine
) -> None:
    """Write the days of these rows again without them."""
    import narwhals.stable.v2 as nw

    for day in sorted(set(rows["day"].to_pylist())):
        before = store.read(table, engine=engine, from_day=day, to_day=day)
        gone = engine.frame(rows).filter(nw.col("day") == day).select(*table.key)
        kept = engine.collect(before.join(gone, on=list(table.key), how="anti"))
        store.write(table, day=day, frame=kept, at=at, engine=engine)
