"""The customer page: the view of a customer, arranged for reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.customer_view.shapes import (
    Choice,
    CustomerView,
    TermLine,
    Timeline,
    TimelineEntry,
    Usage,
)
from tenure.understand.churn.endings import NAMES
from tenure.understand.churn.reasons import Reason

WEEK_DAYS: Final = 7
MONTHS_PER_YEAR: Final = 12
SHOWN_ALTERNATIVES: Final = 4
LABELLED_POINTS: Final = 4
FROM_CUSTOMER: Final = frozenset({"answers", "tickets", "payments"})


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day of the timeline."""

    on: date
    is_today: bool
    entries: tuple[TimelineEntry, ...]


def by_day(timeline: Timeline, *, zone: str, today: date) -> Iterator[Day]:
    """The timeline cut at midnight of the business."""
    place = ZoneInfo(zone)
    days = groupby(timeline.entries, key=lambda one: one.at.astimezone(place).date())
    for on, entries in days:
        yield Day(on, on == today, tuple(entries))


@dataclass(frozen=True)
class Page:
    """What the templates ask for."""

    view: CustomerView
    strategy: Strategy
    source: str = ""

    @property
    def initial(self) -> str:
        return self.view.profile.name[:1]

    @cached_property
    def term(self) -> TermLine | None:
        """The term that ends first; without one the newest that ever was."""
        live = self.view.live_contract
        if live is not None:
            return live.live
        return next((one.terms[0] for one in self.view.contracts), None)

    @property
    def tenure(self) -> tuple[int, int]:
        """Whole years and months as a customer."""
        started, today = self.view.profile.started_on, self.view.moment.today
        months = (today.year - started.year) * MONTHS_PER_YEAR + today.month - started.month
        months -= today.day < started.day
        return divmod(max(0, months), MONTHS_PER_YEAR)

    @property
    def phone(self) -> str:
        """The telephone number as a page may show it to anybody: masked."""
        points = self.view.profile.contact_points
        numbers = (one.address for one in points if one.channel in {"phone", "sms"})
        found = next(numbers, "")
        return found if self.view.profile.is_masked or not found else wording.masked_phone(found)

    @property
    def addresses(self) -> list[tuple[str, bool]]:
        """Each address once, with whether it bounced on any channel."""
        found: dict[str, bool] = {}
        for one in self.view.profile.contact_points:
            found[one.address] = found.get(one.address, False) or one.has_bounced
        return list(found.items())

    @property
    def monthly(self) -> int | None:
        """The price of the term by the month, in minor units."""
        return None if self.term is None else self.term.price.amount_minor // self.term.cycle_months

    @property
    def renewals(self) -> int:
        contract = self.view.live_contract
        return 0 if contract is None else contract.renewals

    @property
    def last_word(self) -> TimelineEntry | None:
        """The newest thing that the customer did, among those shown."""
        entries = self.view.timeline.entries
        return next((one for one in entries if one.group in FROM_CUSTOMER), None)

    @property
    def last_word_days(self) -> int | None:
        if self.last_word is None:
            return None
        at = self.last_word.at.astimezone(ZoneInfo(self.strategy.business.zone))
        return (self.view.moment.today - at.date()).days

    @property
    def week(self) -> Usage | None:
        """The marketing cap of a week, or the longest there is."""
        weekly = {cap.id for cap in self.strategy.contact.caps if cap.days == WEEK_DAYS}
        named = [one for one in self.view.caps if one.id in weekly]
        return next(iter(named or self.view.caps[-1:]), None)

    @property
    def hours(self) -> tuple[str, str]:
        """From when to when marketing may reach this customer, in local time."""
        window = self.strategy.contact.window_for(
            MessageClass.MARKETING, country=self.view.profile.country, channel=Channel.EMAIL
        ).window
        return f"{window.opens:%H:%M}", f"{window.closes:%H:%M}"

    @cached_property
    def choice(self) -> Choice | None:
        """The newest decision about the term that ends first."""
        comes = self.view.next_renewal
        wanted = None if comes is None else comes.term_id
        return next((one for one in self.view.choices if one.term_id == wanted), None)

    @property
    def days(self) -> tuple[Day, ...]:
        """The timeline by day."""
        zone = self.strategy.business.zone
        return tuple(by_day(self.view.timeline, zone=zone, today=self.view.moment.today))

    @property
    def reasons(self) -> list[tuple[Reason, float, str, tuple[Sentence, ...]]]:
        """Each reason with its bar (0 to 100), its tone, and what could be offered about it."""
        risk = self.view.risk
        found = [*risk.reasons, *([risk.stays] if risk.stays else [])] if risk else []
        strongest = max((abs(one.share) for one in found), default=0.0) or 1.0
        return [
            (
                one,
                abs(one.share) / strongest * 100,
                "badf" if one.share > 0 else "goodf",
                risk.answers.get(one.feature, ()) if risk and one.share > 0 else (),
            )
            for one in found
        ]

    @property
    def ends(self) -> list[tuple[Sentence, float]]:
        """How the term would end if it is not renewed, the likeliest first."""
        risk = self.view.risk
        return [(NAMES[name], share) for name, share in risk.ends] if risk else []

    @property
    def health_chart(self) -> dict[str, Any] | None:
        """The line of the last half year; None while there are fewer than two days."""
        health = self.view.health
        if health is None or len(health.history) <= 1:
            return None
        scores = [round(score) for _, score in health.history]
        every = max(1, len(scores) // LABELLED_POINTS)
        return {
            "x": [f"{on.month}/{on.day}" for on, _ in health.history],
            "min": min(40, min(scores) // 20 * 20),
            "max": 100,
            "every": every,
            "lines": [{"name": gettext("Health"), "data": scores, "end": str(scores[-1])}],
            "endPad": 40,
            "ref": [
                {
                    "y": health.threshold,
                    "text": wording.figure(health.threshold),
                    "pos": "insideStartBottom",
                }
            ],
        }
