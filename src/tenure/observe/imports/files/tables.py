"""Rows of a CSV or Parquet file, each with the line on which it begins. Nothing is kept."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from tenure.kernel.failures import Refusal
from tenure.observe.imports.files.survey import Survey, opened, text_of
from tenure.observe.imports.mapping.refusals import ColumnTwice, DamagedFile, EmptyFile
from tenure.observe.imports.rules.faults import BrokenQuotes, BrokenText, TooManyCells

BATCH_ROWS: Final = 5_000
_DELIMITERS: Final = (",", ";", "\t", "|")
type Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins, its cells, or why they cannot be read."""

    line: int
    cells: Sequence[str]
    refusal: Refusal | None = None


def header_of(file: Survey, *, delimiter: str = "") -> list[str]:
    """The names of the columns.

    Raises:
        EmptyFile: not one line.
        ColumnTwice: two columns share a name.
        DamagedFile: it cannot be read.
    """
    if file.is_parquet:
        header = [str(name) for name in _parquet(file).schema_arrow.names]
    else:
        with closing(_csv_rows(file, delimiter)) as rows:
            first = next(rows, None)
        if first is None:
            raise EmptyFile(file=file.name)
        if first.refusal is not None:
            raise DamagedFile(file=file.name, why=str(first.refusal.data.get("why", "")))
        header = [name.strip() for name in first.cells]
    for name in header:
        if name and header.count(name) > 1:
            raise ColumnTwice(file=file.name, column=name)
    return header


def rows_of(
    file: Survey, *, width: int, delimiter: str = "", told: Told | None = None
) -> Iterator[Row]:
    """The rows below the header; blank lines are no rows.

    Args:
        width: how many columns the header has.
        told: called now and then with how much of the file is read, 0 to 1.
    Raises:
        DamagedFile: the file ends too early.
    """
    if file.is_parquet:
        yield from _parquet_rows(file, told)
        return
    rows = _csv_rows(file, delimiter, told)
    next(rows, None)
    for row in rows:
        if row.refusal is None and len(row.cells) != width:
            if any(cell.strip() for cell in row.cells):
                yield Row(row.line, row.cells, TooManyCells(count=len(row.cells), expected=width))
        elif row.refusal is not None or any(row.cells):
            yield row


def delimiter_of(first_line: str) -> str:
    """The sign that separates the columns: the one that the header has most of."""
    return max(_DELIMITERS, key=first_line.count)


def _csv_rows(file: Survey, delimiter: str, told: Told | None = None) -> Generator[Row]:
    try:
        with opened(file) as stream, text_of(file, stream) as text:
            if not delimiter:
                delimiter = delimiter_of(text.readline())
                text.seek(0)
            progress = _progress(file, stream)
            rows = _records(text, delimiter)
            if file.is_broken:
                rows = (_checked(row, file) for row in rows)
            yield from rows if told is None else _telling(rows, told=told, progress=progress)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedFile(file=file.name, why=str(error)) from None


def _telling(rows: Iterator[Row], *, told: Told, progress: Callable[[], float]) -> Iterator[Row]:
    """The same rows, saying now and then how far they are."""
    for place, row in enumerate(rows):
        if place % BATCH_ROWS == 0:
            told(progress())
        yield row


def _records(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
    """Rows with the physical line on which each begins: quoted values may hold line ends."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, (), BrokenQuotes(why=str(error)))
            continue
        if cells:
            yield Row(line, cells)


def _checked(row: Row, file: Survey) -> Row:
    """The row, refused where it holds bytes that are no text."""
    try:
        "".join(row.cells).encode()
    except UnicodeEncodeError:
        readable = [cell.encode(errors="replace").decode() for cell in row.cells]
        return Row(row.line, readable, BrokenText(encoding=file.encoding.upper()))
    return row


def _progress(file: Survey, stream: Any) -> Callable[[], float]:
    """How much of the file on the disk has been read, 0 to 1."""
    raw = getattr(stream, "fileobj", None) or stream
    return lambda: min(raw.tell() / max(file.size, 1), 1.0)


def _parquet(file: Survey) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedFile(file=file.name, why=str(error).splitlines()[0]) from None


def _parquet_rows(file: Survey, told: Told | None) -> Iterator[Row]:
    """Rows of a Parquet file as texts; the line of the first one is 1."""
    import pyarrow as pa

    reader, line = _parquet(file), 0
    total = max(reader.metadata.num_rows, 1)
    try:
        for batch in reader.iter_batches(batch_size=BATCH_ROWS):
            if told is not None:
                told(line / total)
            columns = [[written(cell) for cell in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                line += 1
                yield Row(line, cells)
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedFile(file=file.name, why=str(error).splitlines()[0]) from None


def written(value: object) -> str:
    """A typed value as a CSV would hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}" if value == value else ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, list):
        return ";".join(map(written, value))
    return str(value)
