"""A table that is read batch by batch: memory for one batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.warehouse.engines import Engine, Frame, arrow_kind
from tenure.warehouse.tables.declaration import Table

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


@dataclass(frozen=True)
class Source:
    """Rows of a table, and the file that holds just these, where there is one.

    A file of the declared columns is read as it lies, text as places in the file's own list of
    words: half the time of an engine, which makes text of it first, and no plan is bound.
    """

    table: Table
    rows: Frame
    engine: Engine
    path: Path | None = None

    def read(self, columns: Sequence[str]) -> tuple[int, Iterator[pa.RecordBatch]]:
        """How many rows there are, and some columns of them; text may come with its words apart."""
        lying = None if self.path is None else _as_it_lies(self.path, self.table, columns)
        if lying is not None:
            return lying
        rows = self.engine.collect(self.rows.select(*columns))
        return rows.num_rows, iter(rows.to_batches())


def _as_it_lies(
    path: Path, table: Table, columns: Sequence[str]
) -> tuple[int, Iterator[pa.RecordBatch]] | None:
    """None where the file was written as another declaration."""
    import pyarrow.parquet as pq

    metadata = pq.read_metadata(path)
    kinds = [(one.name, arrow_kind(one)) for one in table.columns]
    if [(one.name, one.type) for one in metadata.schema.to_arrow_schema()] != kinds:
        return None
    texts = [one.name for one in table.columns if one.kind == "string"]
    file = pq.ParquetFile(path, metadata=metadata, read_dictionary=texts)
    return file.metadata.num_rows, _groups(file, list(columns))


def _groups(file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
    with file:
        for group in range(file.num_row_groups):
            # One core is quicker for a few rows (docs/decisions/0101).
            rows = file.read_row_group(group, columns=columns, use_threads=file.num_row_groups > 1)
            yield from rows.combine_chunks().to_batches()
