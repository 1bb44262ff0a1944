"""Rows of an uploaded CSV or XLSX file, within limits that no honest list reaches."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.files.survey import survey
from tenure.observe.imports.files.tables import Row, header_of, rows_of, written
from tenure.observe.imports.mapping.refusals import ColumnTwice, DamagedFile, EmptyFile

MOST_BYTES: Final = 10_000_000
# What an XLSX file may unpack to, and how many files may be in it: it is a ZIP archive.
MOST_UNPACKED: Final = 60_000_000
MOST_PARTS: Final = 1_000
MOST_COLUMNS: Final = 64
ZIP: Final = b"PK\x03\x04"


class FileTooLarge(Refusal):
    """A file that is larger than any list."""

    code = "file_too_large"
    said = Sentence(
        zh="{file} 太大（解压后也不能超过 {most} MB）；请删去多余的工作表和图片，或分成几个文件。",
        en="{file} is too large (at most {most} MB, unpacked as well); take other sheets and "
        "pictures out, or split it.",
    )


class NoTable(Refusal):
    """A file that is neither CSV nor XLSX."""

    code = "no_table"
    said = Sentence(
        zh="{file} 既不是 CSV 也不是 XLSX；请另存为其中一种后再上传。",
        en="{file} is neither CSV nor XLSX; save it as one of the two and upload again.",
    )


def read_table(path: Path, *, name: str) -> tuple[list[str], Iterator[Row]]:
    """The header of a file and its rows, each with the number that a spreadsheet shows.

    Raises:
        FileTooLarge, NoTable, EmptyFile, ColumnTwice, DamagedFile, OtherEncoding.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise FileTooLarge(file=name, most=MOST_BYTES // 1_000_000)
    with path.open("rb") as stream:
        is_zip = stream.read(4) == ZIP
    if is_zip:
        return _sheet(path, name=name)
    file = survey(path, name=name)
    if file.is_parquet or file.is_gzip:
        raise NoTable(file=name)
    with path.open("rb") as stream:
        if b"\x00" in stream.read(4_096):
            raise NoTable(file=name)
    header = header_of(file)[:MOST_COLUMNS]
    return header, rows_of(file, width=len(header))


def _sheet(path: Path, *, name: str) -> tuple[list[str], Iterator[Row]]:
    _check_archive(path, name=name)
    rows = _cells(path, name=name)
    first = next(rows, None)
    if first is None:
        raise EmptyFile(file=name)
    header = [one.strip() for one in first.cells]
    for column in header:
        if column and header.count(column) > 1:
            raise ColumnTwice(file=name, column=column)
    return header, (one for one in rows if any(cell.strip() for cell in one.cells))


def _check_archive(path: Path, *, name: str) -> None:
    """Look at the list of contents before a byte is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise DamagedFile(file=name, why=str(error)) from None
    if not any(one.filename.startswith("xl/") for one in parts):
        raise NoTable(file=name)
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise FileTooLarge(file=name, most=MOST_UNPACKED // 1_000_000)


def _cells(path: Path, *, name: str) -> Iterator[Row]:
    """Rows of the first sheet as texts, a formula as the value that was stored with it."""
    from openpyxl import load_workbook

    try:
        # Opened here: the library judges a path by how its name ends.
        with path.open("rb") as stream:
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
            for number, cells in enumerate(rows, start=1):
                yield Row(number, [_text(one) for one in cells])
    # A broken part of the archive is a SyntaxError of XML.
    except (KeyError, ValueError, IndexError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise DamagedFile(file=name, why=str(error)[:120]) from None


def _text(value: Any) -> str:
    """A cell as it would be typed: whole numbers have no decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return written(value)
