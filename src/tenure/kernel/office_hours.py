"""A clock that runs in office hours only, and stops while somebody else has to act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tenure.kernel.failures import Refusal, Sentence

# A promise that has not run out by then never does.
_LOOKED_AHEAD: Final = timedelta(days=3_660)

type Spell = tuple[datetime, datetime]


class NeverOpen(Refusal):
    """Hours in which nothing can ever be due."""

    code = "never_open"
    said = Sentence(
        zh="服务时间 {opens}–{closes} 里没有一分钟；结束时间应晚于开始时间。",
        en="The service hours {opens}–{closes} hold no minute; they must close after they open.",
    )


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Monday to Friday from `opens` to `closes` on the wall clock of a zone.

    Holidays are closed; make-up days are open, also at weekends (调休).
    """

    zone: str
    opens: time
    closes: time
    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise NeverOpen(opens=self.opens, closes=self.closes)

    def is_open_on(self, day: date) -> bool:
        """Whether somebody works on a day."""
        return day in self.make_up_days or (day.weekday() < 5 and day not in self.holidays)

    def closing(self, day: date) -> datetime:
        """The instant at which a day's work ends, whether or not somebody works on it."""
        return datetime.combine(day, self.closes, ZoneInfo(self.zone)).astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        """The day of an instant on the clock of these hours."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def after(self, day: date, *, days: int) -> date:
        """The working day so many working days later; without any the day itself, or the next."""
        left = days
        while left or not self.is_open_on(day):
            day += timedelta(days=1)
            left -= bool(left) and self.is_open_on(day)
        return day

    def spells(self, since: datetime, until: datetime) -> Iterator[Spell]:
        """The open spans from an instant to another, in order."""
        zone = ZoneInfo(self.zone)
        day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        while day <= last:
            if self.is_open_on(day):
                opens, closes = (
                    datetime.combine(day, at, zone).astimezone(since.tzinfo)
                    for at in (self.opens, self.closes)
                )
                if closes > since and opens < until:
                    yield max(opens, since), min(closes, until)
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from one instant to another; None: until further notice."""

    began_at: datetime
    ended_at: datetime | None = None


def due_at(
    opened_at: datetime,
    *,
    promised: timedelta,
    hours: OfficeHours | None = None,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """The instant at which a promise has run out (G23); None while the clock stands.

    Args:
        hours: None runs around the clock.
    """
    left = promised
    for begins, ends in _running(opened_at, opened_at + _LOOKED_AHEAD, hours, pauses=pauses):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    return None


def ran(
    opened_at: datetime,
    *,
    until: datetime,
    hours: OfficeHours | None = None,
    pauses: Iterable[Pause] = (),
) -> timedelta:
    """How much of a promise has run between two instants."""
    spans = _running(opened_at, until, hours, pauses=pauses)
    return sum((ends - begins for begins, ends in spans), timedelta())


def _running(
    since: datetime, until: datetime, hours: OfficeHours | None, *, pauses: Iterable[Pause]
) -> Iterator[Spell]:
    open_spells = [(since, until)] if hours is None else hours.spells(since, until)
    standing = sorted((one.began_at, one.ended_at or until) for one in pauses)
    for begins, ends in open_spells:
        yield from _without(standing, begins, ends=ends)


def _without(standing: Sequence[Spell], begins: datetime, *, ends: datetime) -> Iterator[Spell]:
    for stopped, resumed in standing:
        if resumed <= begins or stopped >= ends:
            continue
        if stopped > begins:
            yield begins, stopped
        begins = max(begins, resumed)
    if begins < ends:
        yield begins, ends
