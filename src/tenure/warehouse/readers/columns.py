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
    """Write the batches one after the other, in memory for one at a time; how many rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(column.name, arrow_kind(column)) for column in table.columns])
    rows = 0
    with pq.ParquetWriter(path, schema, compression="lz4") as writer:
        for batch in batches:
            arrays = [_column(batch, column, table=table, zone=zone) for column in table.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            rows += batch.num_rows
    return rows


def _column(batch: pa.RecordBatch, column: Column, *, table: Table, zone: str) -> Any:
    import pyarrow as pa

    instants = DERIVED_DAYS.get((table.name, column.name))
    if instants is not None:
        days = local_days(batch.column(instants).to_numpy(zero_copy_only=False), zone=zone)
        return pa.array(days, type=arrow_kind(column))
    return batch.column(column.name).cast(arrow_kind(column))
