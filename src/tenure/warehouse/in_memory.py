"""Tables that are in memory already, made what is declared of them without an engine's plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tenure.warehouse.engines import Written, arrow_kind
from tenure.warehouse.tables.declaration import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa


def known_in_memory(written: Written, table: Table) -> pa.Table | None:
    """An Arrow table as it is stored: declared columns, sorted, in one piece, not-a-number as null.

    Args:
        written: its columns are those that `table` declares, of types that fit.
    Returns:
        None where what is written is no Arrow table.
    """
    import pyarrow as pa

    if not isinstance(written, pa.Table):
        return None
    rows = pa.table({one.name: _known(written[one.name], one) for one in table.columns})
    order: list[tuple[str, Literal["ascending"]]] = [(one, "ascending") for one in table.sorted_by]
    return (rows.sort_by(order) if order else rows).combine_chunks()


def as_it_lies(path: Path, table: Table, *, columns: Sequence[str]) -> pa.Table | None:
    """Some columns of one file, in its order; None where it was written as another declaration."""
    import pyarrow.parquet as pq

    declared = [(one.name, arrow_kind(one)) for one in table.columns]
    with pq.ParquetFile(path) as file:
        if [(one.name, one.type) for one in file.schema_arrow] != declared:
            return None
        return file.read(columns=list(columns)).select(list(columns))


def _known(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = values.cast(arrow_kind(column))
    if column.kind != "float64":
        return values
    nothing = pa.scalar(None, type=pa.float64())
    return pc.if_else(pc.is_nan(values), nothing, values)
