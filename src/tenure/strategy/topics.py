"""What customers talk about, as the operator calls it; each topic belongs to a reason (CHR-01)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from tenure.kernel.failures import Sentence
from tenure.kernel.office_hours import OfficeHours
from tenure.strategy.reading import Reader
from tenure.strategy.working import NO_MINUTE, days_at


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic and the words by which a text is known to be about it, in either language.

    `reason` is the one of `reasons.toml` for which it is a cause, if it is one for leaving.
    """

    id: str
    name: Sentence
    words: tuple[str, ...]
    reason: str = ""
    is_competitor: bool = False


@dataclass(frozen=True, slots=True)
class Topics:
    """The list, and within how many hours a complaint is to be settled (FBK-05).

    `service_hours` are those in which the promise runs; None: around the clock. Their zone is that
    of the business.
    """

    by_id: Mapping[str, Topic]
    complaint_hours: int
    service_hours: ServiceHours | None = None


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """When somebody works: Monday to Friday but holidays, and days worked for them (调休)."""

    opens: time
    closes: time
    holidays: frozenset[date]
    make_up_days: frozenset[date]

    def in_zone(self, zone: str) -> OfficeHours:
        """The same on the wall clock of a zone."""
        return OfficeHours(zone, self.opens, self.closes, self.holidays, self.make_up_days)


def read(reader: Reader) -> Topics:
    """Read topics.toml, in the order of the file; an earlier topic wins where two fit as well."""
    hours = reader.whole("complaint_hours", 72, least=1, most=24 * 60)
    tables = [_service_hours(one) for one in reader.each("service_hours")]
    topics = {(topic := _topic(one)).id: topic for one in reader.each("topic", unique="id")}
    return Topics(topics, hours, tables[0] if tables else None)


def _service_hours(reader: Reader) -> ServiceHours:
    opens, closes = reader.clock("opens"), reader.clock("closes")
    if closes <= opens:
        reader.refuse("closes", NO_MINUTE)
    holidays, make_up = (days_at(reader, key) for key in ("holidays", "make_up_days"))
    return ServiceHours(opens, closes, holidays, make_up)


def _topic(reader: Reader) -> Topic:
    return Topic(
        id=reader.name("id"),
        name=reader.sentence("name"),
        words=tuple(one.lower() for one in reader.names("words")),
        reason=reader.text("reason", ""),
        is_competitor=reader.flag("names_competitors", default=False),
    )
