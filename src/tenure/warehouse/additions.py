"""Rows that arrive late, added to the days they belong to, and rows taken out again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tenure.warehouse.engines import Engine, Frame
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
    import pyarrow.compute as pc

    days = sorted(set(rows["day"].to_pylist()))
    written = set(store.days(table, from_day=days[0], to_day=days[-1])) if days else set()
    added = {}
    for day in days:
        fresh = together = rows.filter(pc.equal(rows["day"], day))
        # A year that is brought at once is 365 new days, which need no plan of an engine.
        if day in written:
            fresh, together = _added(store, table, rows=fresh, day=day, engine=engine)
        added[day] = fresh.num_rows
        if fresh.num_rows:
            store.write(table, day=day, frame=together, at=at, engine=engine)
    return added


def _added(
    store: Store, table: Table, *, rows: pa.Table, day: int, engine: Engine
) -> tuple[pa.Table, Frame]:
    """The rows that a written day does not hold yet, and the day with them."""
    import narwhals.stable.v2 as nw

    before = store.read(table, engine=engine, from_day=day, to_day=day)
    given = engine.frame(rows).join(before.select(*table.key), on=list(table.key), how="anti")
    fresh = engine.collect(given)
    return fresh, nw.concat([before, engine.frame(fresh).select(*table.column_names)])


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
