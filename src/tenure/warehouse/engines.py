"""What computes on everyone at once: an engine that reads, collects and writes tables.

Expressions are Narwhals (`narwhals.stable.v2`), so the same code runs on each engine. One engine
is one connection and belongs to one unit of work: frames of two engines cannot be joined.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from tenure.kernel.failures import Refusal, Sentence
from tenure.warehouse.absences import remember_absence
from tenure.warehouse.tables.declaration import Column, Table

if TYPE_CHECKING:
    import duckdb
    import narwhals.stable.v2 as nw
    import pyarrow as pa

_OPENING = Lock()
_DATABASES: dict[str, duckdb.DuckDBPyConnection] = {}

type Frame = nw.LazyFrame[Any]
type Written = Frame | pa.Table | pa.RecordBatchReader
type Codec = Literal["zstd", "lz4_raw", "uncompressed"]

BATCH_ROWS = 65_536
# Readers take one group of rows a core; this is also DuckDB's own size.
ROW_GROUP_ROWS = 122_880
# What DuckDB calls the declared kinds of columns.
_KINDS = {"int64": "BIGINT", "int32": "INTEGER", "float64": "DOUBLE", "string": "VARCHAR"}
_CODECS = {"zstd": "zstd", "lz4_raw": "lz4", "uncompressed": "none"}
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class UnknownEngine(Refusal):
    """`TENURE_ENGINE` names an engine that is not here."""

    code = "unknown_engine"
    said = Sentence(
        zh="没有名为“{name}”的计算引擎；请把 TENURE_ENGINE 设为 {known}。",
        en="There is no engine called “{name}”; set TENURE_ENGINE to {known}.",
    )


class Engine(Protocol):
    """Reads tables lazily and writes them as Parquet."""

    def scan(self, paths: Sequence[Path], table: Table) -> Frame:
        """The rows of these files with the declared columns; without files, no rows."""
        ...

    def literal(
        self, rows: Sequence[Sequence[Any]], *, columns: Sequence[Column] | Sequence[str]
    ) -> Frame:
        """A small table given row by row; types are declared, or read off the values."""
        ...

    def frame(self, written: Written) -> Frame:
        """An Arrow table or a stream of batches as a frame of this engine."""
        ...

    def collect(self, frame: Frame) -> pa.Table:
        """Compute a frame. Whole numbers come back as int64, sums too."""
        ...

    def batches(self, frame: Frame, *, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
        """Compute a frame batch by batch, in memory for one batch at a time."""
        ...

    def write(
        self,
        written: Written,
        path: Path,
        *,
        sorted_by: Sequence[str] = (),
        codec: Codec = "zstd",
    ) -> int:
        """Write one Parquet file, sorted, and return how many rows it holds.

        Raises:
            OSError: the disk is full (an errno of `NO_ROOM`) or fails.
        """
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class DuckEngine:
    """DuckDB in memory. Parquet files are the only thing it shares with anybody."""

    def __init__(
        self,
        *,
        threads: int | None = None,
        memory_mb: int | None = None,
        spill: Path | None = None,
    ) -> None:
        import duckdb

        config: dict[str, str | bool | int | float | list[str]] = {
            # Nothing is fetched from the network, whatever a query mentions.
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads is not None:
            config["threads"] = threads
        if memory_mb is not None:
            config["memory_limit"] = f"{memory_mb}MB"
        # Left alone, DuckDB would spill into whatever folder the command was called from.
        config["temp_directory"] = str(spill or Path(tempfile.gettempdir()))
        # A database takes 30 ms to open and a cursor none: cursors of one database in memory are
        # connections of their own.
        key = repr(sorted(config.items()))
        with _OPENING:
            if key not in _DATABASES:
                remember_absence("pandas")
                _DATABASES[key] = duckdb.connect(":memory:", config=config)
                # A plan is bound anew at each of its steps, which would read the end of every
                # file again. A file never changes once it has its name.
                _DATABASES[key].execute("SET GLOBAL parquet_metadata_cache = true")
            self._connection = _DATABASES[key].cursor()

    def scan(self, paths: Sequence[Path], table: Table) -> Frame:
        import narwhals.stable.v2 as nw

        if not paths:
            return self.literal([], columns=table.columns)
        names = [str(path) for path in paths]
        relation = self._connection.read_parquet(names)
        if list(relation.columns) != list(table.column_names) or _several_shapes(paths):
            # Written under an older declaration: what a file lacks is null.
            relation = self._connection.read_parquet(names, union_by_name=True)
        elif [str(kind) for kind in relation.types] == [_KINDS[one.kind] for one in table.columns]:
            return nw.from_native(relation)
        return as_declared(nw.from_native(relation), table)

    def literal(
        self, rows: Sequence[Sequence[Any]], *, columns: Sequence[Column] | Sequence[str]
    ) -> Frame:
        import pyarrow as pa

        declared = [column for column in columns if isinstance(column, Column)]
        names = [column if isinstance(column, str) else column.name for column in columns]
        values = list(zip(*rows, strict=True)) or [()] * len(names)
        assert len(values) == len(names), "each row has one value per column"
        kinds = [arrow_kind(column) for column in declared] or [None] * len(names)
        arrays = [pa.array(each, type=kind) for each, kind in zip(values, kinds, strict=True)]
        return self.frame(pa.table(arrays, names=names))

    def frame(self, written: Written) -> Frame:
        import narwhals.stable.v2 as nw

        if isinstance(written, nw.LazyFrame):
            return written
        return nw.from_native(self._connection.from_arrow(written))

    def collect(self, frame: Frame) -> pa.Table:
        return _relation(_narrowed(frame)).to_arrow_table()

    def batches(self, frame: Frame, *, rows: int = BATCH_ROWS) -> pa.RecordBatchReader:
        return _relation(_narrowed(frame)).to_arrow_reader(rows)

    def write(
        self,
        written: Written,
        path: Path,
        *,
        sorted_by: Sequence[str] = (),
        codec: Codec = "zstd",
    ) -> int:
        import duckdb

        frame = _narrowed(self.frame(written))
        if sorted_by:
            frame = frame.sort(*sorted_by)
        try:
            return write_parquet(self.batches(frame, rows=ROW_GROUP_ROWS), path, codec=codec)
        except duckdb.IOException as error:
            raise _as_oserror(error) from error

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


ENGINES = {"duckdb": DuckEngine}


def open_engine(
    name: str = "duckdb",
    *,
    threads: int | None = None,
    memory_mb: int | None = None,
    spill: Path | None = None,
) -> Engine:
    """One connection for one unit of work: `with open_engine(settings.TENURE_ENGINE) as engine`.

    Args:
        threads: how many cores it may use; all when not given.
        memory_mb: above this it spills to files in `spill`, the system's temporary folder when
            not given; most of the machine's memory when not given.
    Raises:
        UnknownEngine: no engine has that name.
    """
    if name not in ENGINES:
        raise UnknownEngine(name=name, known=sorted(ENGINES))
    return ENGINES[name](threads=threads, memory_mb=memory_mb, spill=spill)


def as_declared(frame: Frame, table: Table) -> Frame:
    """The declared columns, in their order and types; what the frame lacks is null."""
    import narwhals.stable.v2 as nw

    there = frame.collect_schema()
    chosen = []
    for column in table.columns:
        kind = frame_kind(column)
        value = nw.col(column.name) if column.name in there else nw.lit(None).alias(column.name)
        chosen.append(value if there.get(column.name) == kind else value.cast(kind))
    return frame.select(*chosen)


def write_parquet(batches: pa.RecordBatchReader, path: Path, *, codec: Codec = "zstd") -> int:
    """Write batches as the row groups of one file; how many rows.

    Arrow's writer takes a third of the time that DuckDB's takes for a small table of many columns.
    Only text is worth a dictionary: columns of numbers are smaller and quicker without.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts = [field.name for field in batches.schema if pa.types.is_string(field.type)]
    rows = 0
    with pq.ParquetWriter(
        path, batches.schema, compression=_CODECS[codec], use_dictionary=texts
    ) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def arrow_kind(column: Column) -> pa.DataType:
    """The Arrow type of a declared column."""
    import pyarrow as pa

    kinds = {
        "int64": pa.int64(),
        "int32": pa.int32(),
        "float64": pa.float64(),
        "string": pa.string(),
    }
    return kinds[column.kind]


def frame_kind(column: Column) -> nw.dtypes.DType:
    """The Narwhals type of a declared column."""
    import narwhals.stable.v2 as nw

    kinds: dict[str, nw.dtypes.DType] = {
        "int64": nw.Int64(),
        "int32": nw.Int32(),
        "float64": nw.Float64(),
        "string": nw.String(),
    }
    return kinds[column.kind]


def _relation(frame: Frame) -> duckdb.DuckDBPyRelation:
    relation: duckdb.DuckDBPyRelation = frame.to_native()
    return relation


def _narrowed(frame: Frame) -> Frame:
    """DuckDB sums int64 into 128 bits; back to 64 (it fails where a sum does not fit)."""
    import narwhals.stable.v2 as nw

    wide = [name for name, kind in frame.collect_schema().items() if kind == nw.Int128]
    return frame.with_columns(nw.col(*wide).cast(nw.Int64)) if wide else frame


def _as_oserror(error: duckdb.IOException) -> OSError:
    """DuckDB tells the operating system's reason in words only."""
    numbers = [number for number in NO_ROOM if os.strerror(number) in str(error)]
    return OSError(numbers[0] if numbers else errno.EIO, str(error))


def _several_shapes(paths: Sequence[Path]) -> bool:
    """Whether the files were written under several declarations (their folders name them)."""
    return len({path.parent for path in paths}) > 1
