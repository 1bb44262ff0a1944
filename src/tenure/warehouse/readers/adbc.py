"""Read through ADBC, seven times as fast as a cursor. Runs in a child process only.

Its driver brings a second copy of SQLite. Two copies in one process on one file can corrupt it,
because POSIX locks belong to the process: this module is imported by `program.py` alone.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.warehouse.engines import BATCH_ROWS
from tenure.warehouse.readers.columns import write_batches
from tenure.warehouse.readers.statements import one_moment, query_of
from tenure.warehouse.tables.declaration import Table

if TYPE_CHECKING:
    import pyarrow as pa

# SQLite types values, not columns, and the driver takes a column's type from the first batch:
# queries therefore give text or whole numbers and never null in a column of text.
_BATCH_OPTION = "adbc.sqlite.query.batch_rows"


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


def copy(connection: Any, path: Path, *, table: Table, vendor: str, zone: str) -> int:
    """Write the table as this connection sees it; how many rows."""
    with closing(connection.cursor()) as cursor:
        return write_batches(
            _batches(cursor, table=table, vendor=vendor), path, table=table, zone=zone
        )


def _batches(cursor: Any, *, table: Table, vendor: str) -> Iterator[pa.RecordBatch]:
    if vendor == "sqlite":
        cursor.adbc_statement.set_options(**{_BATCH_OPTION: str(BATCH_ROWS)})
    cursor.execute(query_of(table, vendor=vendor))
    yield from cursor.fetch_record_batch()
