"""What changed, laid over the file that held a table before. Knows no Django."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.warehouse.engines import BATCH_ROWS
from tenure.warehouse.readers.columns import as_stored, schema_of, write_stored
from tenure.warehouse.tables.declaration import Table

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Change:
    """The keys whose rows changed, and those of them that are still there, in order."""

    keys: pa.Array
    fresh: Iterable[pa.RecordBatch]


def rows_of(path: Path) -> int:
    """How many rows a file holds."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def same_again(base: Path, path: Path) -> int:
    """Nothing changed: the file is the same under another name, without a second copy."""
    try:
        os.link(base, path)
    except OSError:
        shutil.copyfile(base, path)
    return rows_of(base)


def write_over(base: Path, path: Path, *, change: Change, table: Table, zone: str) -> int:
    """Write the rows of `base`, those of the changed keys replaced; how many rows.

    Both lie in the order of the key, so that one batch of each is in memory at a time.
    """
    import pyarrow as pa

    schema = schema_of(table)
    stored = [as_stored(batch, table=table, zone=zone) for batch in change.fresh if len(batch)]
    fresh = pa.Table.from_batches(stored, schema=schema)
    batches = _merged(base, fresh, gone=change.keys, key=table.key[0])
    return write_stored(_refilled(batches, schema), path, schema=schema)


def _merged(base: Path, fresh: pa.Table, *, gone: pa.Array, key: str) -> Iterator[pa.Table]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    keys, given = fresh[key].to_numpy(), 0
    with pq.ParquetFile(base) as file:
        for batch in file.iter_batches(BATCH_ROWS):
            old = pa.Table.from_batches([batch])
            upto = int(np.searchsorted(keys, old[key][-1].as_py(), side="right"))
            kept = old.filter(pc.invert(pc.is_in(old[key], value_set=gone)))
            part, given = fresh.slice(given, upto - given), upto
            yield pa.concat_tables([kept, part]).sort_by(key) if len(part) else kept
    yield fresh.slice(given)


def _refilled(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of the usual size, as a full copy writes them."""
    import pyarrow as pa

    waiting = schema.empty_table()
    for table in tables:
        waiting = pa.concat_tables([waiting, table])
        while len(waiting) >= BATCH_ROWS:
            yield _one_batch(waiting.slice(0, BATCH_ROWS))
            waiting = waiting.slice(BATCH_ROWS)
    if len(waiting):
        yield _one_batch(waiting)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    batch: pa.RecordBatch = table.combine_chunks().to_batches()[0]
    return batch
