"""Whole tables of strangers with typed columns, for what computes with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tenure.observe.imports.mapping.refusals import ColumnTwice
from tenure.observe.uploads.refusals import NoColumn, NoRows, UnevenRows
from tenure.observe.uploads.whole import read
from tenure.strategy.reading import nearest

if TYPE_CHECKING:
    import pyarrow as pa

# How programs and people write that there is no value; "none" may well be one.
NO_VALUE: Final = (
    "", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", "无", "空"
)  # fmt: skip
_FIRST: Final = 1_000
_INSTANTS: Final = ("%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%m/%d/%Y")


def read_columns(path: Path) -> pa.Table:
    """A table with typed columns: whole numbers, numbers, flags, days, instants, else texts.

    A column that is almost of a type, but for a few cells, is a text: nothing is guessed.

    Raises:
        NoRows, UnevenRows, ColumnTwice: it cannot be computed with.
        NoFile, NotATable, TooManyColumns: as `read` says.
    """
    import pyarrow as pa

    sheet = read(path)
    if sheet.skipped:
        raise UnevenRows(file=sheet.path, rows=sheet.skipped)
    if sheet.twice:
        raise ColumnTwice(file=sheet.path, column=sheet.twice)
    if sheet.rows == 0:
        raise NoRows(file=sheet.path)
    stated = sheet.stated
    return pa.table(
        {
            name: column.cast(stated[name]) if name in stated else _typed(column)
            for name, column in sheet.columns.items()
        }
    )


def need_columns(found: Sequence[str], names: Sequence[str], *, file: str) -> None:
    """Refuse a table in which one of these columns is missing.

    Raises:
        NoColumn: naming the nearest column that there is.
    """
    for name in names:
        if name not in found:
            raise NoColumn(file=file, column=name, nearest=nearest(name, found), found=found[:30])


def _typed(texts: pa.Array) -> pa.Array:
    """The column as the first type that every filled cell of it is."""
    import pyarrow as pa
    import pyarrow.compute as pc

    is_filled = pc.invert(pc.is_in(texts, value_set=pa.array(NO_VALUE)))
    filled = pc.if_else(is_filled, texts, None)
    for wanted in (pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("s")):
        try:
            # A cast that fails costs as much as one that holds: look at the first rows first.
            filled.slice(0, _FIRST).cast(wanted)
            return filled.cast(wanted)
        except pa.ArrowInvalid:
            continue
    return _instants(filled)


def _instants(filled: pa.Array) -> Any:
    """Days written otherwise than the standard has it; the texts where they are no days."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for form in _INSTANTS:
        try:
            return pc.strptime(filled, format=form, unit="s")
        except pa.ArrowInvalid:
            continue
    return filled
