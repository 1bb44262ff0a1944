"""Read somebody else's table: find the columns, check every cell, and say what is wrong where."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.benefits import BroughtColumn, BroughtData, CellKind

MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 5_000
_MOST_CHARACTERS: Final = 500
# What a spreadsheet would run as a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

type Row = dict[str, str]


class Unreadable(Refusal):
    """A file that is no table."""

    code = "brought_unreadable"
    said = Sentence(
        zh="读不懂这个文件：{why}。请上传带表头的 CSV，或由对象组成的 JSON 数组；"
        "没有保存任何内容。",
        en="This file cannot be read: {why}. Give a CSV with a header, or a JSON list of objects; "
        "nothing was kept.",
    )


class NotMapped(Refusal):
    """A column that is needed has no counterpart in the file."""

    code = "brought_not_mapped"
    said = Sentence(
        zh="请指明文件中哪一列是“{column}”；没有保存任何内容。",
        en="Say which column of the file is “{column}”; nothing was kept.",
    )


class BadRows(Refusal):
    """Some rows are wrong: nothing is taken until they are right, or left out by the customer."""

    code = "brought_bad_rows"
    said = Sentence(
        zh="有 {count} 行需要更正；请改好再上传，或选择只导入其余各行。没有保存任何内容。",
        en="{count} rows must be corrected; correct them and try again, or take only the others. "
        "Nothing was kept.",
    )


_TOO_BIG = Sentence(zh="超过 {most} MB", en="it is larger than {most} MB")
_TOO_LONG = Sentence(zh="超过 {most} 行", en="it has more than {most} rows")
_NOT_TEXT = Sentence(zh="不是 UTF-8 或 GB18030 文字", en="it is not text in UTF-8 or GB18030")
_NOT_JSON = Sentence(zh="不是有效的 JSON 对象列表", en="it is no list of JSON objects")
_NO_ROWS = Sentence(zh="没有任何数据行", en="it has no rows")
_NO_HEADER = Sentence(zh="表头为空或有重复的列名", en="its header is empty or names a column twice")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as a table of texts."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that is wrong: its row in the file (1 is the first after the header) and why."""

    row: int
    column: Sentence
    problem: Sentence


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows that are right, under our columns, and what is wrong with the others."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]

    @property
    def bad_rows(self) -> int:
        return len({one.row for one in self.faults})


_MISSING = Sentence(zh="缺少内容", en="is empty")
_NO_DATE = Sentence(zh="“{found}”不是日期（如 2026-01-31）", en="“{found}” is no date (2026-01-31)")
_NO_NUMBER = Sentence(zh="“{found}”不是数字", en="“{found}” is no number")
_LONG = Sentence(zh="超过 {most} 个字", en="is longer than {most} characters")
_RUNS = Sentence(
    zh="以“{mark}”开头，表格软件会当作公式执行；请去掉",
    en="begins with “{mark}”, which a spreadsheet would run; remove it",
)
_HIDDEN = Sentence(zh="含有不可见的控制字符", en="holds invisible control characters")


def read_sheet(content: bytes, *, name: str) -> Sheet:
    """The table in a file that somebody uploaded: CSV with a header, or a JSON list of objects.

    Raises:
        Unreadable: says why.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(why=_TOO_BIG.fill(most=MOST_BYTES // 1_000_000))
    text = _text(content)
    is_json = name.lower().endswith(".json") or text.lstrip()[:1] == "["
    sheet = _of_json(text) if is_json else _of_csv(text)
    if not sheet.rows:
        raise Unreadable(why=_NO_ROWS)
    if len(sheet.rows) > MOST_ROWS:
        raise Unreadable(why=_TOO_LONG.fill(most=MOST_ROWS))
    return sheet


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(why=_NOT_TEXT)


def _of_csv(text: str) -> Sheet:
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")))
    try:
        table = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise Unreadable(why=_NO_HEADER) from None
    header = tuple(cell.strip() for cell in table[0]) if table else ()
    if not all(header) or len(set(header)) != len(header) or not header:
        raise Unreadable(why=_NO_HEADER)
    rows = (dict(zip(header, row, strict=False)) for row in table[1:])
    return Sheet(header, tuple(rows))


def _of_json(text: str) -> Sheet:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise Unreadable(why=_NOT_JSON) from None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Unreadable(why=_NOT_JSON)
    header = tuple(dict.fromkeys(str(key) for row in found for key in row))
    rows = tuple({str(key): _cell(value) for key, value in row.items()} for row in found)
    return Sheet(header, rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def guess(data: BroughtData, header: Sequence[str]) -> Mapping[str, str]:
    """Our column → the file's, where the name is the same or one that others use for it."""
    by_name = {_plain(one): one for one in header}
    found: dict[str, str] = {}
    for column in data.columns:
        names = (column.id, column.name.zh, column.name.en, *column.aliases)
        hit = next((by_name[_plain(one)] for one in names if _plain(one) in by_name), None)
        if hit is not None and hit not in found.values():
            found[column.id] = hit
    return found


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(one for one in folded if one.isalnum())


def check_mapping(data: BroughtData, sheet: Sheet, *, mapping: Mapping[str, str]) -> None:
    """Refuse a mapping that leaves out what is needed.

    Raises:
        NotMapped: names the first column without a counterpart.
    """
    for column in data.columns:
        if column.is_required and mapping.get(column.id) not in sheet.header:
            raise NotMapped(column=column.name)


def checked(data: BroughtData, sheet: Sheet, *, mapping: Mapping[str, str]) -> Checked:
    """Every row under our columns; a row with a single wrong cell is not taken, and said."""
    rows: list[Row] = []
    faults: list[Fault] = []
    for place, found in enumerate(sheet.rows, start=1):
        row, wrong = _row(data, found, mapping, place=place)
        faults += wrong
        if not wrong:
            rows.append(row)
    return Checked(tuple(rows), tuple(faults))


def _row(
    data: BroughtData, found: Row, mapping: Mapping[str, str], *, place: int
) -> tuple[Row, list[Fault]]:
    row: Row = {}
    wrong = []
    for column in data.columns:
        raw = found.get(mapping.get(column.id, ""), "") or ""
        value, problem = _value(column, raw.strip(" \u3000\n"))
        if problem is not None:
            wrong.append(Fault(place, column.name, problem))
        row[column.id] = value
    return row, wrong


def _value(column: BroughtColumn, raw: str) -> tuple[str, Sentence | None]:
    if not raw:
        return "", _MISSING if column.is_required else None
    if len(raw) > _MOST_CHARACTERS:
        return "", _LONG.fill(most=_MOST_CHARACTERS)
    if any(unicodedata.category(one) == "Cc" for one in raw if one not in "\t\r"):
        return "", _HIDDEN
    if column.kind is CellKind.DATE:
        try:
            return date.fromisoformat(raw.replace("/", "-")).isoformat(), None
        except ValueError:
            return "", _NO_DATE.fill(found=raw[:40])
    if column.kind is CellKind.NUMBER:
        return _number(raw)
    if raw.startswith(_FORMULA):
        return "", _RUNS.fill(mark=raw[0])
    return raw, None


def _number(raw: str) -> tuple[str, Sentence | None]:
    problem = _NO_NUMBER.fill(found=raw[:40])
    try:
        value = Decimal(raw.replace(",", ""))
    except InvalidOperation:
        return "", problem
    is_plain = value.is_finite() and abs(value.adjusted()) < 30
    return (f"{value:f}", None) if is_plain else ("", problem)
