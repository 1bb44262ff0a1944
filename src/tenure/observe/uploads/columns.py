"""Whole tables of strangers, column by column: CSV in any encoding, packed or not, or Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.files.survey import Survey, opened, survey
from tenure.observe.imports.files.tables import delimiter_of, header_of
from tenure.observe.imports.mapping.refusals import DamagedFile
from tenure.strategy.reading import nearest

if TYPE_CHECKING:
    import pyarrow as pa

# How people write that there is no value; a single space is one of them.
NO_VALUE: Final = (
    "",
    " ",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "null",
    "NULL",
    "None",
    "-",
    "无",
    "空",
)

_WESTERN: Final = "iso-8859-1"


class NoFile(Refusal):
    """A path that is no file."""

    code = "no_file"
    said = Sentence(
        zh="读不到文件 {file}；请核对路径。",
        en="{file} is no file that can be read; check the path.",
    )


class NoTable(Refusal):
    """Bytes that are no text."""

    code = "no_table_of_columns"
    said = Sentence(
        zh="{file} 的内容是二进制，不是表；请给 CSV（可压缩为 .gz）或 Parquet 文件。",
        en="{file} holds bytes that are no text; bring CSV (perhaps .gz) or Parquet.",
    )


class NoRows(Refusal):
    """A table with a header and nothing below it."""

    code = "no_rows"
    said = Sentence(
        zh="{file} 只有表头，没有数据行；请重新导出。",
        en="{file} has a header and no rows; export it again.",
    )


class NoColumn(Refusal):
    """A column was named that the table does not have."""

    code = "no_column"
    said = Sentence(
        zh="{file} 没有列“{column}”{nearest}；它的列：{found}。",
        en="{file} has no column “{column}”{nearest}; its columns: {found}.",
    )


def read_columns(path: Path) -> pa.Table:
    """A table with typed columns: whole numbers, numbers, days, instants, flags, else texts.

    A column that is almost of a type, but for a few cells, is a text: nothing is guessed.

    Raises:
        NoFile, EmptyFile, NoTable, NoRows, ColumnTwice, DamagedFile, OtherEncoding: it is none.
    """
    if not path.is_file():
        raise NoFile(file=str(path))
    file = survey(path, name=path.name)
    if not file.is_parquet and _is_binary(file):
        raise NoTable(file=file.name)
    header_of(file)
    table = _parquet(file) if file.is_parquet else _csv(file)
    if table.num_rows == 0:
        raise NoRows(file=file.name)
    return table.rename_columns([name.strip() for name in table.column_names])


def need_columns(table: pa.Table, names: Sequence[str], *, file: str) -> None:
    """Refuse a table in which one of these columns is missing.

    Raises:
        NoColumn: naming the nearest column that there is.
    """
    found = table.column_names
    for name in names:
        if name not in found:
            raise NoColumn(file=file, column=name, nearest=nearest(name, found), found=found[:30])


def _is_binary(file: Survey) -> bool:
    with opened(file) as stream:
        return b"\x00" in stream.read(4_096)


def _parquet(file: Survey) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(file.path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DamagedFile(file=file.name, why=str(error).splitlines()[0]) from None


def _csv(file: Survey) -> pa.Table:
    """First as the columns look at their beginning; where that does not hold, every cell again."""
    import pyarrow as pa

    try:
        return _read(file, types=None)
    except pa.ArrowInvalid:
        pass
    texts = {name: pa.string() for name in header_of(file)}
    try:
        table = _read(file, types=texts)
    except pa.ArrowInvalid as error:
        raise DamagedFile(file=file.name, why=str(error).splitlines()[0][:200]) from None
    columns = [_typed(table.column(name)) for name in table.column_names]
    return pa.table(columns, names=table.column_names)


def _read(file: Survey, *, types: dict[str, pa.DataType] | None) -> pa.Table:
    from pyarrow import csv

    # Bytes that are neither UTF-8 nor GBK are Western European in nearly every such file.
    encoding = _WESTERN if file.is_broken else file.encoding
    with opened(file) as stream:
        first = stream.readline().decode(encoding, errors="replace")
    with opened(file) as stream:
        return csv.read_csv(
            stream,
            read_options=csv.ReadOptions(encoding=encoding),
            parse_options=csv.ParseOptions(
                delimiter=delimiter_of(first), newlines_in_values=True, ignore_empty_lines=True
            ),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=NO_VALUE,
                strings_can_be_null=True,
                timestamp_parsers=[csv.ISO8601, "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%m/%d/%Y"],
            ),
        )


def _typed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    for wanted in (pa.int64(), pa.float64(), pa.date32(), pa.timestamp("s")):
        try:
            return column.cast(wanted)
        except pa.ArrowInvalid:
            continue
    return column
