"""A stranger's file as named columns of text: CSV in any encoding, packed or not, XLSX, Parquet."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tenure.kernel.failures import Sentence
from tenure.observe.uploads.refusals import NoFile, NotATable, TooManyColumns
from tenure.observe.uploads.sheets import ZIP, read_table
from tenure.observe.uploads.width import WEAK, rows_needed

if TYPE_CHECKING:
    import pyarrow as pa

MOST_COLUMNS: Final = 2_000
_SAMPLE: Final = 65_536
# The first line with the names of the columns ends within so many characters.
_HEAD: Final = 1_048_576
_ENCODINGS: Final = ("utf-8-sig", "gb18030", "cp1252", "latin-1")
_DELIMITERS: Final = ",;\t|"
_JSON_BEGINS: Final = re.compile(r"\s*(\{|\[\s*[\[{])")

_EMPTY = Sentence(zh="文件是空的", en="the file is empty")
_BINARY = Sentence(zh="内容是二进制", en="its content is binary")
_BROKEN = Sentence(zh="读不出来（{error}）", en="it cannot be read ({error})")
_JSON = Sentence(zh="内容是 JSON", en="it is JSON")
_ONE_COLUMN = Sentence(zh="只找到一列", en="only one column was found")


@dataclass(frozen=True)
class Sheet:
    """Columns of text in the order of the file; blanks at either end are gone.

    `skipped` counts lines with another number of cells than the first; `twice` is a name that
    stands more than once in the first line, of which all but the first got a number; `stated` are
    the types that a Parquet file gives its columns.
    """

    path: str
    columns: dict[str, pa.Array]
    rows: int
    encoding: str
    skipped: int
    digest: str
    twice: str = ""
    stated: Mapping[str, pa.DataType] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return list(self.columns)

    def taken(self, rows: Any) -> Sheet:
        """Some of the rows, by a mask or by places."""
        import pyarrow as pa
        import pyarrow.compute as pc

        asked = pa.array(rows)
        places = pc.indices_nonzero(asked) if pa.types.is_boolean(asked.type) else asked
        columns = {name: column.take(places) for name, column in self.columns.items()}
        return replace(self, columns=columns, rows=len(places))


def read(path: Path) -> Sheet:
    """Read a file by what it holds, whatever its name says.

    Raises:
        NoFile, NotATable, TooManyColumns, and what the reading of an XLSX file refuses.
    """
    if not path.is_file():
        raise NoFile(path=path)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if not content:
        raise NotATable(path=path.name, why=_EMPTY)
    if content[:4] == b"PAR1":
        return _from_parquet(path, digest)
    if content[:4] == ZIP:
        return _from_spreadsheet(path, digest)
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(path, content)
    return _from_text(path, content, digest)


def _unpacked(path: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise NotATable(path=path.name, why=_BROKEN.fill(error=error)) from error


def _from_parquet(path: Path, digest: str) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise NotATable(path=path.name, why=_BROKEN.fill(error=error)) from error
    _allow(len(table.column_names), rows=table.num_rows, path=path)
    names = _unique([str(name) for name in table.column_names])
    columns = {
        name: _trimmed(_as_text(column)) for name, column in zip(names, table.columns, strict=True)
    }
    stated = dict(zip(names, table.schema.types, strict=True))
    return Sheet(path.name, columns, table.num_rows, "parquet", 0, digest, stated=stated)


def _from_spreadsheet(path: Path, digest: str) -> Sheet:
    import pyarrow as pa

    header, rows = read_table(path, name=path.name)
    # A spreadsheet has cells as far as one looks; the table ends with its last name.
    width = max((place for place, name in enumerate(header, start=1) if name), default=0)
    names = _unique(header[:width])
    lines = [(*row.cells, *[""] * len(names))[: len(names)] for row in rows]
    columns = {
        name: _trimmed(pa.array([line[place] for line in lines], pa.string()))
        for place, name in enumerate(names)
    }
    return Sheet(path.name, columns, len(lines), "xlsx", 0, digest)


def _as_text(column: Any) -> pa.Array:
    """Text of any plain column; what is nested has no text and counts as empty."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type) or pa.types.is_null(column.type):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_binary(column.type) or pa.types.is_duration(column.type):
        return pa.nulls(len(column), pa.string())
    return column.cast(pa.string()).combine_chunks()


def _from_text(path: Path, content: bytes, digest: str) -> Sheet:
    text, encoding = _decoded(path, content)
    if not text or text.isspace():
        raise NotATable(path=path.name, why=_EMPTY)
    if _JSON_BEGINS.match(text):
        raise NotATable(path=path.name, why=_JSON)
    delimiter = _delimiter(text[:_SAMPLE])
    # Only the top is read in this way: it takes four times the text's own room.
    reader = csv.reader(io.StringIO(text[:_HEAD], newline=""), delimiter=delimiter)
    try:
        header = _header(reader)
    except csv.Error as error:
        raise NotATable(path=path.name, why=_BROKEN.fill(error=error)) from error
    if len(header) < 2:
        raise NotATable(path=path.name, why=_ONE_COLUMN)
    body = _after_lines(text, reader.line_num)
    del text
    _allow(len(header), rows=body.count("\n"), path=path)
    names = _unique(header)
    raw = body.encode("utf-8", errors="replace")
    del body
    table, skipped = _parsed(path, raw, names=names, delimiter=delimiter)
    columns = {name: _trimmed(table[name].combine_chunks()) for name in names}
    found = Counter(name.strip() for name in header)
    twice = next((name for name in found if name and found[name] > 1), "")
    return Sheet(path.name, columns, table.num_rows, encoding, skipped, digest, twice=twice)


def _header(reader: Iterator[list[str]]) -> list[str]:
    """The first line that names two columns; titles and blank lines above it are passed over."""
    rows = (row for row in reader if sum(1 for cell in row if cell.strip()) > 1)
    return next(rows, [])


def _decoded(path: Path, content: bytes) -> tuple[str, str]:
    """Text and the encoding in which it was written.

    Chinese in GB 18030 is told from Western text by whether it decodes at all.
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace"), "utf-16"
    if b"\x00" in content[:_SAMPLE]:
        raise NotATable(path=path.name, why=_BINARY)
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and not _looks_chinese(text):
            continue
        return text, encoding.removesuffix("-sig")
    raise NotATable(path=path.name, why=_BINARY)


def _looks_chinese(text: str) -> bool:
    """Whether what is not ASCII is mostly frequent Chinese.

    The frequent characters and the punctuation of GB 2312 have two high bytes, the first of them
    low among these. A Western letter with an accent mostly stands before a plain one.
    """
    other = [one.encode("gb18030") for one in text[:_SAMPLE] if ord(one) > 127]
    frequent = sum(
        len(one) == 2 and one[1] >= 0xA1 and (0xA1 <= one[0] <= 0xA3 or 0xB0 <= one[0] <= 0xD7)
        for one in other
    )
    return bool(other) and frequent >= 0.8 * len(other)


def _delimiter(sample: str) -> str:
    """The sign that splits the first lines into equally many cells, the most of them."""
    lines = [line for line in sample.splitlines() if line.strip()][:20]
    if len(sample) == _SAMPLE and len(lines) > 1:
        lines = lines[:-1]
    found = Counter[str]()
    for sign in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        width, lines_of_it = Counter(widths).most_common(1)[0] if widths else (1, 0)
        if width > 1:
            found[sign] = round(1_000 * lines_of_it / len(widths) * min(width, 50))
    return found.most_common(1)[0][0] if found else ","


def _after_lines(text: str, lines: int) -> str:
    place = 0
    for _ in range(lines):
        ends = [at for at in (text.find("\n", place), text.find("\r", place)) if at >= 0]
        if not ends:
            return ""
        place = min(ends) + 1
        if text[place - 1] == "\r" and text[place : place + 1] == "\n":
            place += 1
    return text[place:]


def _parsed(path: Path, raw: bytes, *, names: list[str], delimiter: str) -> tuple[pa.Table, int]:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    if not raw or raw.isspace():
        empty = {name: pa.array([], pa.string()) for name in names}
        return pa.table(empty), 0
    skipped = Counter[str]()

    def skip(row: Any) -> str:
        skipped["rows"] += 1
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(raw),
            read_options=arrow_csv.ReadOptions(
                column_names=names, block_size=max(1 << 20, min(len(raw) + 1, 1 << 26))
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowException as error:
        raise NotATable(path=path.name, why=_BROKEN.fill(error=error)) from error
    if skipped["rows"] > max(10, table.num_rows):
        why = _BROKEN.fill(error=f"{skipped['rows']} lines of another width")
        raise NotATable(path=path.name, why=why)
    return table, skipped["rows"]


def _trimmed(column: Any) -> pa.Array:
    import pyarrow.compute as pc

    return pc.utf8_trim_whitespace(column)


def _allow(columns: int, *, rows: int, path: Path) -> None:
    if columns > MOST_COLUMNS:
        raise TooManyColumns(
            columns=columns, rows=rows, most=MOST_COLUMNS, weak=WEAK, need=rows_needed(columns)
        )


def _unique(names: list[str]) -> list[str]:
    """Names without blanks around them; one that comes again gets a number, a blank one a place."""
    seen = Counter[str]()
    found = []
    for place, name in enumerate(names, start=1):
        clean = name.strip() or f"column_{place}"
        seen[clean] += 1
        found.append(clean if seen[clean] == 1 else f"{clean}.{seen[clean] - 1}")
    return found
