"""Dates as other systems write them, and what spreadsheets make of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tenure.kernel.clock import from_us, instant
from tenure.observe.imports.rules.faults import (
    AmbiguousDate,
    BadDate,
    HashedCell,
    ImplausibleDay,
    SpreadsheetDate,
    shown,
)

type Read = date | datetime
type ReadDay = Callable[[str], date]
type ReadInstant = Callable[[str], datetime]

EXCEL: Final = "excel"
UNIX: Final = "unix"
UNIX_MS: Final = "unix_ms"
ISO: Final = "yyyy-mm-dd"
NAMED: Final = (EXCEL, UNIX, UNIX_MS)
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2200, 1, 1)

_TOKENS: Final = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<year>\d{2})",
    "mm": r"(?P<month>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "dd": r"(?P<day>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{1,2})",
    "MM": r"(?P<minute>\d{2})",
    "SS": r"(?P<second>\d{2})",
}
_TOKEN: Final = re.compile(r"yyyy|yy|mm|m|dd|d|HH|MM|SS")
_CLEAR: Final = re.compile(
    r"(?P<year>\d{4})(?:[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"|(?P<packed_month>\d{2})(?P<packed_day>\d{2}))"
)
_SERIAL: Final = re.compile(r"([2-6]\d{4})(?:\.\d+)?")
_SWAPPABLE: Final = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:[ T].*)?")
_EXCEL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 a spreadsheet knows no zone
_CENTURY: Final = 70


def is_date_form(form: str) -> bool:
    """Whether a mapping may name this date format: tokens with a year, a month and a day."""
    if form in NAMED:
        return True
    found = _TOKEN.findall(form)
    parts = {token.lower()[0] if token not in {"MM", "SS"} else token for token in found}
    return {"y", "m", "d"} <= parts and len(found) == len(set(found))


def day_reader(form: str, *, zone: str) -> ReadDay:
    """A function from text to a date in `zone`.

    Args:
        form: tokens such as "dd/mm/yyyy", "excel", "unix", "unix_ms"; empty: whatever is clear.
    Raises:
        BadDate, SpreadsheetDate, AmbiguousDate, HashedCell, ImplausibleDay: by the function.
    """
    read, place = _reader(form), ZoneInfo(zone)

    def day(text: str) -> date:
        found = read(text)
        if isinstance(found, datetime):
            found = (found.astimezone(place) if found.tzinfo else found).date()
        return believed(found, first=FIRST_DAY, last=LAST_DAY)

    return day


def instant_reader(form: str, *, zone: str, at_time: time) -> ReadInstant:
    """A function from text to an instant; a date alone means `at_time` of that day in `zone`."""
    read = _reader(form)

    def at(text: str) -> datetime:
        found = read(text)
        if not isinstance(found, datetime):
            return instant(believed(found, first=FIRST_DAY, last=LAST_DAY), at_time, zone=zone)
        believed(found.date(), first=FIRST_DAY, last=LAST_DAY)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
        parts = timedelta(microseconds=found.microsecond)
        return instant(found.date(), found.time().replace(microsecond=0), zone=zone) + parts

    return at


def believed(day: date, *, first: date, last: date) -> date:
    """The day itself, where it lies between the two, both counted.

    Raises:
        ImplausibleDay: it does not.
    """
    if not first <= day <= last:
        raise ImplausibleDay(on=day, first=first, last=last)
    return day


def _reader(form: str) -> Callable[[str], Read]:
    if form == EXCEL:
        return _excel
    if form in (UNIX, UNIX_MS):
        return lambda text: _unix(text, per_second=1 if form == UNIX else 1000)
    if form:
        return _by_tokens(form)
    return _clear


def _by_tokens(form: str) -> Callable[[str], Read]:
    pattern, place = "", 0
    for token in _TOKEN.finditer(form):
        pattern += re.escape(form[place : token.start()]) + _TOKENS[token[0]]
        place = token.end()
    compiled = re.compile(pattern + re.escape(form[place:]))
    has_clock = "HH" in form

    def read(text: str) -> Read:
        match = compiled.fullmatch(text)
        if match is None:
            raise _diagnosed(text, form=form)
        parts = {name: int(value) for name, value in match.groupdict().items()}
        if len(match["year"]) == 2:
            parts["year"] += 2000 if parts["year"] < _CENTURY else 1900
        try:
            return datetime(**parts) if has_clock else date(**parts)  # type: ignore[arg-type] # noqa: DTZ001
        except ValueError:
            raise BadDate(text=shown(text), form=form) from None

    return read


def _clear(text: str) -> Read:
    """A date that can be read in one way only: the year stands first."""
    match = _CLEAR.fullmatch(text)
    try:
        if match is None:
            return _iso_instant(text)
        month = match["month"] or match["packed_month"]
        return date(int(match["year"]), int(month), int(match["day"] or match["packed_day"]))
    except ValueError:
        raise _diagnosed(text, form=ISO) from None


def _iso_instant(text: str) -> datetime:
    if len(text) < len("2026-01-31T10:00") or text[4:5] not in "-/":
        raise ValueError(text)
    return datetime.fromisoformat(text.replace("/", "-"))


def _excel(text: str) -> Read:
    try:
        days = float(text)
    except ValueError:
        raise _diagnosed(text, form=EXCEL) from None
    if not 1 <= days < 100_000:
        raise BadDate(text=shown(text), form=EXCEL)
    whole, share = divmod(days, 1)
    seconds = timedelta(seconds=int(share * 86_400 + 0.5))
    found = _EXCEL_ZERO + timedelta(days=whole) + seconds
    return found if share else found.date()


def _unix(text: str, *, per_second: int) -> datetime:
    try:
        return from_us(int(float(text) * 1_000_000) // per_second)
    except (ValueError, OverflowError):
        raise BadDate(text=shown(text), form=UNIX if per_second == 1 else UNIX_MS) from None


def _diagnosed(text: str, *, form: str) -> Exception:
    """What most likely happened to a date that cannot be read."""
    if text and not text.strip("#"):
        return HashedCell(text=shown(text))
    serial = _SERIAL.fullmatch(text)
    if serial is not None:
        day = (_EXCEL_ZERO + timedelta(days=int(serial[1]))).date()
        return SpreadsheetDate(text=shown(text), day=day)
    if form == ISO and _SWAPPABLE.fullmatch(text):
        return AmbiguousDate(text=shown(text))
    return BadDate(text=shown(text), form=form)
