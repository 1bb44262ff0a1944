"""Reads where one field comes from: `"column"`, or a table that says more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenure.kernel.failures import Sentence
from tenure.observe.imports.mapping.fields import Field, Form
from tenure.observe.imports.mapping.shapes import Condition, Spec
from tenure.observe.imports.rules.dates import is_date_form
from tenure.observe.imports.rules.numbers import PLAIN, UNITS, Style, share_between
from tenure.strategy.reading import UNKNOWN, Reader, nearest

_NUMERIC: Final = (Form.WHOLE, Form.NUMBER, Form.AMOUNT)
_FORMS: Final = ("text", "number")
_ONE_ORIGIN: Final = Sentence(
    zh="应且只应有 column、columns、value 之一",
    en="needs exactly one of column, columns and value",
)
_BAD_DATE: Final = Sentence(
    zh="“{found}”不是日期格式；请用 yyyy、mm、dd 写成 dd/mm/yyyy 的样子，或 excel、unix、unix_ms",
    en="“{found}” is no date format; write it with yyyy, mm and dd, like dd/mm/yyyy, or excel, "
    "unix, unix_ms",
)
_BAD_ZONE: Final = Sentence(
    zh="“{found}”不是时区名；请写成 Asia/Shanghai 的样子",
    en="“{found}” is no time zone; write it like America/New_York",
)
_BAD_UNIT: Final = Sentence(zh="{unit} 不能换算成 {to}", en="{unit} cannot be turned into {to}")
_NO_ORIGIN: Final = Sentence(
    zh='应为列名（如 "customer_id"）或表（如 { column = "customer_id" }）',
    en='needs the name of a column, like "customer_id", '
    'or a table, like { column = "customer_id" }',
)
_SIGNS_ALIKE: Final = Sentence(
    zh="小数点和千分位不能是同一个符号", en="the decimal sign and the thousands sign are the same"
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file writes things unless a column says otherwise."""

    date: str = ""
    zone: str = ""
    style: Style = PLAIN
    empty: frozenset[str] = frozenset()


def check_known(reader: Reader, names: Collection[str]) -> None:
    """Refuse the first key that is not among the names, before one of them is missed."""
    for key in reader.table:
        if key not in names:
            reader.refuse(key, UNKNOWN.fill(name=key, nearest=nearest(key, names)))


def read_manner(reader: Reader) -> Manner:
    """The keys of a [[file]] that hold for all of its columns."""
    return Manner(
        date=read_date_form(reader),
        zone=read_zone(reader),
        style=read_style(reader, PLAIN),
        empty=frozenset(reader.names("empty", default=())),
    )


def read_spec(reader: Reader, key: str, *, field: Field, manner: Manner) -> Spec:
    """Where a field comes from. Keys that mean nothing for its form are refused."""
    reader.has(key)
    found = reader.table[key]
    if isinstance(found, str) and found:
        return _plain(manner, field, columns=(found,), path=reader.at(key))
    if not isinstance(found, dict):
        reader.refuse(key, _NO_ORIGIN)
    below = reader.below(key)
    spec = _read(below, field, manner)
    below.done()
    return spec


def read_rest(reader: Reader, key: str, *, loose: bool, manner: Manner) -> tuple[Spec, Form]:
    """Where an attribute or a property comes from, and whether it is a number."""
    found = reader.table[key]
    form = Form.LOOSE if loose else Form.TEXT
    if isinstance(found, dict) and ("unit" in found or found.get("as") == "number"):
        form = Form.NUMBER
    elif isinstance(found, dict) and found.get("as") == "text":
        form = Form.TEXT
    elif isinstance(found, dict) and _is_number(found.get("value")):
        form = Form.LOOSE
    field = Field(key, form, limit=40_000)
    return read_spec(reader, key, field=field, manner=manner), form


def read_condition(reader: Reader) -> Condition | None:
    """`only_if = "column"`, or `only_if = { column = "Churn", is = ["Yes"] }`."""
    if not reader.has("only_if"):
        return None
    if isinstance(reader.table["only_if"], str):
        return Condition(reader.text("only_if"))
    below = reader.below("only_if")
    condition = Condition(below.text("column"), frozenset(below.names("is")))
    below.done()
    return condition


def read_date_form(reader: Reader) -> str:
    """A date format in tokens; empty where none is named."""
    form = reader.text("date", "")
    if form and not is_date_form(form):
        reader.refuse("date", _BAD_DATE.fill(found=form))
    return form


def read_zone(reader: Reader) -> str:
    """A time zone; empty where none is named."""
    zone = reader.text("zone", "")
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.refuse("zone", _BAD_ZONE.fill(found=zone))


def read_style(reader: Reader, usual: Style) -> Style:
    """How numbers are written; a decimal comma makes the point the thousands sign."""
    decimal = reader.known("decimal", [".", ","], default=usual.decimal)
    other = "." if decimal == "," else ","
    default = usual.thousands if decimal == usual.decimal else other
    thousands = _sign(reader, default)
    if thousands == decimal:
        reader.refuse("thousands", _SIGNS_ALIKE)
    return Style(decimal, thousands)


def _sign(reader: Reader, default: str) -> str:
    """The reader's `text` refuses a space, which is a thousands sign in many countries."""
    found = reader.table.get("thousands")
    if reader.has("thousands") and isinstance(found, str) and not found.strip() and found:
        return found
    return reader.known("thousands", [",", ".", "'", "’", " "], default=default)


def _read(reader: Reader, field: Field, manner: Manner) -> Spec:
    columns, constant = _origin(reader)
    values = _values(reader)
    return _plain(
        manner,
        field,
        columns=columns,
        constant=constant,
        join=_separator(reader, "join", usual="-") if len(columns) > 1 else "-",
        prefix=reader.text("prefix", ""),
        default=_scalar(reader, "default"),
        values=values,
        path=reader.path,
        **_of_form(reader, field, manner),
    )


def _origin(reader: Reader) -> tuple[tuple[str, ...], str | None]:
    given = [key for key in ("column", "columns", "value") if reader.has(key)]
    if len(given) != 1:
        reader.refuse("column", _ONE_ORIGIN)
    if given == ["column"]:
        return (reader.text("column"),), None
    if given == ["columns"]:
        return reader.names("columns"), None
    return (), _scalar(reader, "value")


def _of_form(reader: Reader, field: Field, manner: Manner) -> dict[str, object]:
    """The keys that mean something for this form alone; others stay unknown and are refused."""
    found: dict[str, object] = {}
    if reader.has("empty"):
        found["empty"] = frozenset(reader.names("empty"))
    if field.form in (Form.DAY, Form.INSTANT):
        found |= {"date": read_date_form(reader) or manner.date}
        found |= {"zone": read_zone(reader) or manner.zone}
        found["is_months_ago"] = field.form is Form.DAY and reader.flag("months_ago", False)
    if field.form in _NUMERIC:
        found["style"] = read_style(reader, manner.style)
    if field.form is Form.NUMBER:
        found["times"] = _times(reader)
    if field.form in (Form.NUMBER, Form.LOOSE, Form.TEXT):
        reader.known("as", _FORMS, default="text")
    if field.form is Form.AMOUNT:
        found["is_per_month"] = reader.known("per", ["month", "cycle"], default="cycle") == "month"
    if field.form is Form.WORDS:
        found["separator"] = _separator(reader, "split", usual=";")
    return found


def _plain(manner: Manner, field: Field, **known: object) -> Spec:
    usual: dict[str, object] = {"empty": manner.empty}
    if field.form in (Form.DAY, Form.INSTANT):
        usual |= {"date": manner.date, "zone": manner.zone}
    if field.form in _NUMERIC:
        usual["style"] = manner.style
    return Spec(**{**usual, **known})  # type: ignore[arg-type]


def _separator(reader: Reader, key: str, *, usual: str) -> str:
    found = reader.table.get(key)
    reader.has(key)
    return found if isinstance(found, str) and found else usual


def _times(reader: Reader) -> Fraction | None:
    if not reader.has("unit"):
        return None
    unit = reader.known("unit", UNITS)
    to = reader.known("to", UNITS)
    times = share_between(unit, to)
    if times is None:
        reader.refuse("to", _BAD_UNIT.fill(unit=unit, to=to))
    return times


def _values(reader: Reader) -> Mapping[str, str]:
    if not reader.has("values"):
        return {}
    below = reader.below("values")
    found = {key: _scalar(below, key) or "" for key in below.table}
    below.done()
    return found


def _scalar(reader: Reader, key: str) -> str | None:
    """A text, a number, a flag or a date of the mapping, as a cell would hold it."""
    if not reader.has(key):
        return None
    found = reader.table[key]
    if isinstance(found, bool):
        return "yes" if found else "no"
    if not isinstance(found, str | int | float):
        _refuse_scalar(reader, key)
    return str(found)


def _refuse_scalar(reader: Reader, key: str) -> NoReturn:
    reader.refuse(key, Sentence(zh="应为文字、数字或日期", en="needs a text, a number or a date"))


def _is_number(found: object) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def columns_of(specs: Collection[Spec]) -> set[str]:
    """Every column that some specs read."""
    return {name for spec in specs for name in spec.columns}
