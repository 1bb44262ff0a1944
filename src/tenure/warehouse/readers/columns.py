"""Batches of a query as one Parquet file of a declared table. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.warehouse.days import local_days
from tenure.warehouse.engines import arrow_kind
from tenure.warehouse.readers.statements import DERIVED_DAYS
from tenure.warehouse.tables.declaration import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa


def write_batches(batches: Iterable[pa.RecordBatch], path: Path, *, table: Table, zone: str) -> int:
    """Write the batches of a query one after the other; how many rows."""
    stored = (as_stored(batch, table=table, zone=zone) for batch in batches)
    return write_stored(stored, path, schema=schema_of(table))


def write_stored(batches: Iterable[pa.RecordBatch], path: Path, *, schema: pa.Schema) -> int:
    """Write batches of the declared columns, in memory for one at a time; how many rows."""
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def schema_of(table: Table) -> pa.Schema:
    """The declared columns as Arrow says them."""
    import pyarrow as pa

    return pa.schema([(column.name, arrow_kind(column)) for column in table.columns])


def as_stored(batch: pa.RecordBatch, *, table: Table, zone: str) -> pa.RecordBatch:
    """A batch of the query with the declared columns and types."""
    import pyarrow as pa

    arrays = [_column(batch, column, table=table, zone=zone) for column in table.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema_of(table))


def _column(batch: pa.RecordBatch, column: Column, *, table: Table, zone: str) -> Any:
    import pyarrow as pa

    instants = DERIVED_DAYS.get((table.name, column.name))
    if instants is not None:
        days = local_days(batch.column(instants).to_numpy(zero_copy_only=False), zone=zone)
        return pa.array(days, type=arrow_kind(column))
    return batch.column(column.name).cast(arrow_kind(column))
