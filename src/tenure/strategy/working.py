"""When people work: the hours of the desk, holidays, and the zones of those who sit elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from tenure.kernel.failures import Sentence
from tenure.kernel.holidays import holidays_of
from tenure.kernel.office_hours import OfficeHours
from tenure.strategy.reading import UNKNOWN, Reader, nearest

NO_MINUTE: Final = Sentence(
    zh="结束时间应晚于开始时间，否则没有一分钟可用",
    en="they must close after they open, or no minute ever runs",
)
_NO_DAY: Final = Sentence(
    zh="“{text}”不是一天或一段日子；请写成 2026-10-01 或 2026-10-01..2026-10-07",
    en="“{text}” is no day and no span of days; write 2026-10-01 or 2026-10-01..2026-10-07",
)
_NINE: Final = time(9)
_SIX: Final = time(18)


@dataclass(frozen=True, slots=True)
class Working:
    """From when to when people work, from Monday to Friday and by the calendar of the country.

    `closed_on` and `worked_on` are the business's own days; they win over the calendar. Whoever
    is named in `zones` works by the clock of that zone, everybody else by that of the business.
    """

    opens: time = _NINE
    closes: time = _SIX
    closed_on: frozenset[date] = frozenset()
    worked_on: frozenset[date] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)

    def hours(self, *, country: str, zone: str, owner: str = "") -> OfficeHours:
        """The hours of one person, in the country and zone of the business."""
        known = holidays_of(country)
        return OfficeHours(
            self.zones.get(owner, zone),
            self.opens,
            self.closes,
            (known.off - self.worked_on) | self.closed_on,
            (known.worked - self.closed_on) | self.worked_on,
        )


def read(reader: Reader) -> Working:
    """Read `[[working_hours]]`; without it nine to six."""
    tables = [_table(one) for one in reader.each("working_hours")]
    return tables[0] if tables else Working()


def _table(reader: Reader) -> Working:
    opens, closes = reader.clock("opens", _NINE), reader.clock("closes", _SIX)
    if closes <= opens:
        reader.refuse("closes", NO_MINUTE)
    zones = {one.text("name"): zone_at(one, "zone") for one in reader.each("owner", unique="name")}
    return Working(opens, closes, days_at(reader, "closed_on"), days_at(reader, "worked_on"), zones)


def zone_at(reader: Reader, key: str) -> str:
    """A zone that this machine knows."""
    zone, zones = reader.text(key), _zones()
    if zone not in zones:
        reader.refuse(key, UNKNOWN.fill(name=zone, nearest=nearest(zone, zones)))
    return zone


@cache
def _zones() -> frozenset[str]:
    """Every zone of this machine; its folders are walked once."""
    return frozenset(available_timezones())


def days_at(reader: Reader, key: str) -> frozenset[date]:
    """Days and spans of days, such as "2026-10-01" and "2026-10-01..2026-10-07"."""
    found: set[date] = set()
    for text in reader.names(key, default=()):
        first, _, last = text.partition("..")
        try:
            day, until = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            reader.refuse(key, _NO_DAY.fill(text=text))
        if not timedelta() <= until - day <= timedelta(days=60):
            reader.refuse(key, _NO_DAY.fill(text=text))
        found |= {day + timedelta(days=n) for n in range((until - day).days + 1)}
    return frozenset(found)
