"""Turns the columns of a line into the fields of a row, by the specs of a mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import add_months
from tenure.observe.imports.mapping.fields import Field, Form
from tenure.observe.imports.mapping.shapes import Condition, Spec
from tenure.observe.imports.rules.dates import (
    FIRST_DAY,
    LAST_DAY,
    believed,
    day_reader,
    instant_reader,
)
from tenure.observe.imports.rules.faults import (
    BadAddress,
    BadNumber,
    BadTimeZone,
    Missing,
    TooLong,
    UnknownWord,
    nearest_of,
    shown,
)
from tenure.observe.imports.rules.numbers import (
    amount_reader,
    decimal_reader,
    known_currency,
    whole_reader,
)

type Cells = Sequence[str]
type Read = Callable[[Cells], Any]
type Parse = Callable[[str], Any]

# Columns repeat themselves: days, plans, amounts. So much of them is remembered, for each field.
_REMEMBERED: Final = 20_000
_YES: Final = frozenset({"true", "yes", "y", "t", "1", "on", "是", "有", "对"})
_NO: Final = frozenset({"false", "no", "n", "f", "0", "off", "否", "无", "没有", "不"})
_FLAG: Final = ("yes", "no", "true", "false", "是", "否")
_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_TELEPHONE: Final = re.compile(r"\+?[\d ()./-]{5,24}")
_LEAST_DIGITS: Final = 5
_NUMERIC: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?", re.ASCII)
_A_TIME: Final = Sentence(zh="时刻（如 08:30）", en="a time of day like 08:30")
_WORDS: Final = {
    Form.EMAIL: Sentence(zh="电子邮件", en="e-mail"),
    Form.TELEPHONE: Sentence(zh="电话", en="the telephone"),
}


class CellRefused(Exception):
    """One column of a line that cannot be read, with what is wrong with it."""

    def __init__(self, column: str, refusal: Refusal, raw: str) -> None:
        super().__init__(column)
        self.column, self.refusal, self.raw = column, refusal, raw


@dataclass(frozen=True, slots=True)
class Ground:
    """What every column of one file stands on."""

    places: Mapping[str, int]  # column → its place in the line
    zone: str
    as_of: date


def cell_reader(spec: Spec, field: Field, *, ground: Ground) -> Read:
    """A function from the cells of a line to the value of a field; None where it holds nothing.

    The function raises CellRefused.
    """
    text = _text_reader(spec, ground)
    column = ", ".join(spec.columns) or spec.path
    parse = _remembering(_parser(spec, field, ground))
    required = field.required

    def read(cells: Cells) -> Any:
        found = text(cells)
        if found is None:
            if required:
                raise CellRefused(column, Missing(), "")
            return None
        try:
            return parse(found)
        except Refusal as refusal:
            raise CellRefused(column, refusal, found) from None

    return read


def condition_reader(condition: Condition | None, ground: Ground) -> Callable[[Cells], bool]:
    """Whether a line makes a row."""
    if condition is None:
        return lambda cells: True
    place, among = ground.places[condition.column], condition.among
    if not among:
        return lambda cells: bool(cells[place].strip())
    return lambda cells: cells[place].strip() in among


def _text_reader(spec: Spec, ground: Ground) -> Callable[[Cells], str | None]:
    """The text of a field, its value map and its default applied."""
    if spec.constant is not None:
        constant = spec.constant
        return lambda cells: constant
    places = [ground.places[name] for name in spec.columns]
    values, empty, default, prefix = spec.values, spec.empty, spec.default, spec.prefix
    if len(places) == 1 and not (values or empty or prefix or default):
        place = places[0]
        return lambda cells: cells[place].strip() or None

    def text(cells: Cells) -> str | None:
        parts = [cells[place].strip() for place in places]
        found = spec.join.join(parts) if any(parts) else ""
        if found in values:
            return values[found] or default
        if not found or found in empty:
            return default
        return prefix + found

    return text


def _remembering(parse: Parse) -> Parse:
    """The same function, which does not read the same text twice."""
    known: dict[str, Any] = {}

    def read(text: str) -> Any:
        try:
            return known[text]
        except KeyError:
            if len(known) >= _REMEMBERED:
                known.clear()
            known[text] = parse(text)
            return known[text]

    return read


def _parser(spec: Spec, field: Field, ground: Ground) -> Parse:
    """From the text of a cell to its value, by the field's form."""
    zone = spec.zone or ground.zone
    if spec.is_months_ago:
        return _months_ago(spec, ground.as_of)
    if field.form is Form.DAY:
        return day_reader(spec.date, zone=zone)
    if field.form is Form.INSTANT:
        return instant_reader(spec.date, zone=zone, at_time=field.at_time)
    if field.form is Form.WHOLE:
        return whole_reader(spec.style, least=field.least, most=field.most)
    if field.form is Form.NUMBER:
        return _quantity(spec)
    if field.form is Form.AMOUNT:
        return amount_reader(spec.style)
    if field.form is Form.WORDS:
        return _words(spec, field)
    return _of_text(field)


def _of_text(field: Field) -> Parse:
    if field.form is Form.CHOICE:
        return lambda text: _known(text, field.known)
    plain: dict[Form, Parse] = {
        Form.CURRENCY: known_currency,
        Form.FLAG: _flag,
        Form.CLOCK: _clock,
        Form.ZONE: _zone,
        Form.EMAIL: _email,
        Form.TELEPHONE: _telephone,
        Form.TEXT: _plain,
        Form.LOOSE: _loose,
    }
    parse, limit = plain[field.form], field.limit

    def read(text: str) -> Any:
        if len(text) > limit:
            raise TooLong(length=len(text), limit=limit)
        return parse(text)

    return read


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _loose(text: str) -> str | int | float:
    """A number where nothing is lost by reading it as one: 007 and 1e5 stay texts."""
    if _NUMERIC.fullmatch(text) is None:
        return _plain(text)
    return float(text) if "." in text else int(text)


def _months_ago(spec: Spec, as_of: date) -> Parse:
    whole = whole_reader(spec.style)

    def read(text: str) -> date:
        months = whole(text)
        if not 0 <= months <= (as_of.year - FIRST_DAY.year) * 12:
            raise BadNumber(text=shown(text), wanted=Sentence(zh="月数", en="a number of months"))
        return believed(add_months(as_of, -months), first=FIRST_DAY, last=LAST_DAY)

    return read


def _quantity(spec: Spec) -> Parse:
    decimal, times = decimal_reader(spec.style), spec.times
    if times is None:
        return lambda text: float(decimal(text))
    return lambda text: float(Fraction(decimal(text)) * times)


def _words(spec: Spec, field: Field) -> Parse:
    def read(text: str) -> list[str]:
        words = [one.strip() for one in text.split(spec.separator)]
        return [_known(spec.values.get(one, one), field.known) for one in words if one]

    return read


def _known(text: str, among: Sequence[str]) -> str:
    found = text.lower()
    if found not in among:
        near = nearest_of(found, among)
        raise UnknownWord(text=shown(text), nearest=near, known=list(among))
    return found


def _flag(text: str) -> bool:
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnknownWord(text=shown(text), nearest=nearest_of(word, _FLAG), known=list(_FLAG))


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text if text[1:2] != ":" else f"0{text}")
    except ValueError:
        raise BadNumber(text=shown(text), wanted=_A_TIME) from None


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTimeZone(text=shown(text)) from None


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise BadAddress(text=shown(text), channel=_WORDS[Form.EMAIL])
    return text


def _telephone(text: str) -> str:
    if not _TELEPHONE.fullmatch(text) or sum(map(str.isdigit, text)) < _LEAST_DIGITS:
        raise BadAddress(text=shown(text), channel=_WORDS[Form.TELEPHONE])
    return text
