"""Read through Django's own connection: sees what this transaction wrote, costs no child."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from tenure.warehouse.engines import BATCH_ROWS, arrow_kind
from tenure.warehouse.readers.columns import write_batches
from tenure.warehouse.readers.statements import one_moment, query_of
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.facts import FACTS_BY_NAME

if TYPE_CHECKING:
    import pyarrow as pa


def copy(paths: Mapping[str, Path], *, zone: str) -> dict[str, int]:
    """Write each named table of facts, all as of one moment; how many rows."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            _hold_one_moment()
        tables = {FACTS_BY_NAME[name]: path for name, path in paths.items()}
        return {
            table.name: write_batches(_batches(table), path, table=table, zone=zone)
            for table, path in tables.items()
        }


def _hold_one_moment() -> None:
    with connection.cursor() as cursor:
        for statement in one_moment(vendor=connection.vendor):
            cursor.execute(statement)


def _batches(table: Table) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    kinds = {column.name: arrow_kind(column) for column in table.columns}
    with connection.chunked_cursor() as cursor:
        cursor.execute(query_of(table, vendor=connection.vendor))
        rows: list[tuple[Any, ...]] = list(cursor.fetchmany(BATCH_ROWS))
        names = [described[0] for described in cursor.description or ()]
        while rows:
            values = zip(names, zip(*rows, strict=True), strict=True)
            arrays = [pa.array(value, type=kinds[name]) for name, value in values]
            yield pa.RecordBatch.from_arrays(arrays, names=names)
            rows = list(cursor.fetchmany(BATCH_ROWS))
