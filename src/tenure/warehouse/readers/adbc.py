"""Read through ADBC, seven times as fast as a cursor. Runs in a child process only.

Its driver brings a second copy of SQLite. Two copies in one process on one file can corrupt it,
because POSIX locks belong to the process: this module is imported by `program.py` alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.warehouse.engines import BATCH_ROWS
from tenure.warehouse.readers.columns import write_batches
from tenure.warehouse.readers.merging import Change, rows_of, same_again, write_over
from tenure.warehouse.readers.statements import one_moment, query_of, touched_keys
from tenure.warehouse.readers.statements import seen as seen_query
from tenure.warehouse.tables.declaration import Table

if TYPE_CHECKING:
    import pyarrow as pa

# SQLite types values, not columns, and the driver takes a column's type from the first batch:
# queries therefore give text or whole numbers and never null in a column of text.
_BATCH_OPTION = "adbc.sqlite.query.batch_rows"
# Above this share of changed rows reading all of them is no dearer.
MOST_CHANGED = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read: in whose words, whose days, and the file that held it before."""

    vendor: str
    zone: str
    base: Path | None = None


def connect(address: str, *, vendor: str) -> Any:
    """A connection that from now on sees one moment.

    Args:
        address: a `file:` address for SQLite, `postgresql://…` for PostgreSQL.
    """
    driver: Any = importlib.import_module(f"adbc_driver_{vendor}.dbapi")
    connection = driver.connect(address)
    with closing(connection.cursor()) as cursor:
        for statement in one_moment(vendor=vendor):
            cursor.execute(statement)
    return connection


def copy(connection: Any, path: Path, *, table: Table, reading: Reading) -> int:
    """Write the table as this connection sees it; how many rows.

    Where a file holds it as it was before, only the rows that changed since are read, and laid
    over that file; where a large part changed, or everything may have, all rows are read.
    """
    with closing(connection.cursor()) as cursor:
        base = reading.base
        if base is not None and base.exists():
            keys = _touched(cursor, table=table)
            if len(keys) == 0:
                return same_again(base, path)
            if keys[0].as_py() != 0 and len(keys) <= rows_of(base) * MOST_CHANGED:
                fresh = _batches(cursor, table=table, reading=reading, changed=True)
                change = Change(keys, fresh)
                return write_over(base, path, change=change, table=table, zone=reading.zone)
        batches = _batches(cursor, table=table, reading=reading, changed=False)
        return write_batches(batches, path, table=table, zone=reading.zone)


def seen(connection: Any, *, vendor: str) -> int:
    """Up to which number of changes this connection's moment holds all of them."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(seen_query(vendor=vendor))
        return int(cursor.fetchone()[0])


def _touched(cursor: Any, *, table: Table) -> pa.Array:
    """The keys that changed, in order; 0 first where all may have."""
    cursor.execute(touched_keys(table))
    return cursor.fetch_arrow_table()["row_id"].cast("int64").combine_chunks()


def _batches(
    cursor: Any, *, table: Table, reading: Reading, changed: bool
) -> Iterator[pa.RecordBatch]:
    if reading.vendor == "sqlite":
        cursor.adbc_statement.set_options(**{_BATCH_OPTION: str(BATCH_ROWS)})
    cursor.execute(query_of(table, vendor=reading.vendor, changed=changed))
    yield from cursor.fetch_record_batch()
