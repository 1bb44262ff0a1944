"""Whether one message may go out at this very moment, and if not, what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenure.kernel.clock import instant
from tenure.kernel.instants import Window, is_allowed, next_allowed
from tenure.strategy.contact import Cap, CapScope, Contact, SendWindow
from tenure.strategy.messages import Channel, MessageClass, Purpose

FAULT_PAUSE = timedelta(hours=4)
_LOOKS = 14


class Fate(StrEnum):
    """What becomes of a message that was looked at."""

    SEND = "send"
    DEFER = "defer"  # its time comes later; nothing is lost
    SUPPRESS = "suppress"  # we choose not to
    FAIL = "fail"  # we cannot on this channel; the failure edge follows
    EXPIRE = "expire"  # its time has passed


class Permission(StrEnum):
    """What a person said about being written to for this purpose on this channel."""

    GIVEN = "given"
    NEVER_ASKED = "never_asked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate, why, and until when it waits."""

    fate: Fate
    reason: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """What the message is, in the eyes of the law and of the caps."""

    message_class: MessageClass
    purpose: Purpose
    channel: Channel
    reaches_holdout: bool
    only_if_unrenewed: bool = True
    is_after_the_end: bool = False  # it is for whoever did not renew
    is_awaited: bool = False  # the reader asked for it a moment ago

    @property
    def is_marketing(self) -> bool:
        return self.message_class is MessageClass.MARKETING

    @property
    def speaks_of_renewing(self) -> bool:
        """Whether it presses for a renewal, which nobody hears who has a question about it open."""
        reminds = self.purpose in (Purpose.REMINDER, Purpose.RECAP, Purpose.OFFER)
        return reminds and self.message_class is not MessageClass.LEGAL_NOTICE


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so about the recipient and the term at the moment of sending."""

    expires_at: datetime
    country: str
    zone: str
    term_state: str = "running"
    is_in_holdout: bool = False
    is_minor: bool = False
    permission: Permission = Permission.NEVER_ASKED
    is_unproved: bool = False  # the law there asks for a click that confirms it, and none came
    has_address: bool = True
    has_bounced: bool = False
    has_open_fault: bool = False
    has_renewal_question: bool = False
    is_of_store: bool = False  # an app store sold the contract and renews it
    preferred: Window | None = None
    is_habit: bool = False  # those hours were learned, and nobody named them


@dataclass(frozen=True, slots=True)
class Past:
    """One message that a person already had: what a cap counts."""

    message_class: MessageClass
    purpose: Purpose | None  # null: its template is no longer in the strategy
    channel: str
    sent_at: datetime


def verdict(
    kind: Kind, standing: Standing, *, past: tuple[Past, ...], contact: Contact, at: datetime
) -> Verdict:
    """The fate of one message at the instant `at` (JRN-04, JRN-08, STD-04, TOP-04).

    What forbids comes before what delays, so a message that may never go out does not wait;
    caps are looked at last, at the hour at which the message would really leave.
    """
    if at >= standing.expires_at:
        return Verdict(Fate.EXPIRE, "too_late")
    forbidden = "" if kind.is_awaited else _forbidden(kind, standing)
    if forbidden:
        return Verdict(Fate.SUPPRESS, forbidden)
    if not standing.has_address or standing.has_bounced:
        return Verdict(Fate.FAIL, "bounced" if standing.has_bounced else "no_address")
    if kind.is_awaited:
        return Verdict(Fate.SEND)
    if kind.is_marketing and standing.has_open_fault:
        return _deferred(at + FAULT_PAUSE, standing, reason="open_fault")
    if kind.speaks_of_renewing and standing.has_renewal_question:
        return _deferred(at + FAULT_PAUSE, standing, reason="renewal_ticket")
    window = contact.window_for(kind.message_class, country=standing.country, channel=kind.channel)
    opening = next_opening(window, standing, at=at)
    if opening > at:
        if window.yields_to_deadline and opening >= standing.expires_at:
            return Verdict(Fate.SEND)
        plain = next_allowed(at, window=window.window, zone=standing.zone)
        waits_for = "habit" if standing.is_habit and plain == at else "quiet_hours"
        return _deferred(opening, standing, reason=waits_for)
    reached = reached_cap(kind, past, contact=contact, zone=standing.zone, at=at)
    if reached is None:
        return Verdict(Fate.SEND)
    if kind.is_marketing:
        return Verdict(Fate.SUPPRESS, f"cap_{reached.id}")
    tomorrow = _start_of_tomorrow(at, standing.zone)
    return _deferred(
        next_opening(window, standing, at=tomorrow), standing, reason=f"cap_{reached.id}"
    )


def _forbidden(kind: Kind, standing: Standing) -> str:
    """Why this message may not go out at all; empty when it may."""
    if kind.message_class is not MessageClass.LEGAL_NOTICE:
        if kind.only_if_unrenewed and standing.term_state == "renewed":
            return "renewed"
        if standing.term_state in ("cancelling", "cancelled"):
            return standing.term_state
        if standing.term_state == "lapsed" and not kind.is_after_the_end:
            return standing.term_state
    if standing.is_of_store and kind.speaks_of_renewing:
        return "sold_by_store"
    if not kind.reaches_holdout:
        if standing.is_in_holdout:
            return "holdout"
        if standing.is_minor:
            return "minor"
    if standing.permission is Permission.WITHDRAWN:
        return "" if kind.message_class is MessageClass.LEGAL_NOTICE else "unsubscribed"
    if kind.is_marketing and standing.permission is not Permission.GIVEN:
        return "no_consent"
    if kind.is_marketing and standing.is_unproved:
        return "not_confirmed"
    return ""


def _deferred(until: datetime, standing: Standing, *, reason: str) -> Verdict:
    if until >= standing.expires_at:
        return Verdict(Fate.EXPIRE, reason)
    return Verdict(Fate.DEFER, reason, until)


def next_opening(window: SendWindow, standing: Standing, *, at: datetime) -> datetime:
    """The first instant at or after `at` inside the window and the person's own hours (G28).

    Where the two never meet before the message expires, the window alone decides: a preference
    moves a message and never loses it.
    """
    plain = next_allowed(at, window=window.window, zone=standing.zone)
    if standing.preferred is None or window.message_class is MessageClass.LEGAL_NOTICE:
        return plain
    both = plain
    for _ in range(_LOOKS):
        both = next_allowed(both, window=standing.preferred, zone=standing.zone)
        if both >= standing.expires_at:
            return plain
        if is_allowed(both, window=window.window, zone=standing.zone):
            return both
        both = next_allowed(both, window=window.window, zone=standing.zone)
    return plain


def reached_cap(
    kind: Kind, past: tuple[Past, ...], *, contact: Contact, zone: str, at: datetime
) -> Cap | None:
    """The first cap that one more message would break, counted over all journeys (R-P-024).

    A cap of `days` counts the civil days of the recipient's zone that end with today.
    """
    for cap in contact.caps_for(kind.message_class, purpose=kind.purpose):
        since = _start_of_day(at, zone, days_back=cap.days - 1)
        counted = sum(_counts(cap, one, kind) for one in past if since <= one.sent_at <= at)
        if counted >= cap.at_most:
            return cap
    return None


def _counts(cap: Cap, one: Past, kind: Kind) -> bool:
    if cap.scope is CapScope.PERSON_CHANNEL and one.channel != kind.channel:
        return False
    if one.message_class not in cap.classes:
        return False
    return not cap.purposes or one.purpose in cap.purposes


@lru_cache(maxsize=4_096)
def _start_of_day(at: datetime, zone: str, *, days_back: int) -> datetime:
    day = at.astimezone(ZoneInfo(zone)).date() - timedelta(days=days_back)
    return instant(day, time(0), zone=zone)


def _start_of_tomorrow(at: datetime, zone: str) -> datetime:
    return _start_of_day(at, zone, days_back=-1)


def days_counted(contact: Contact) -> int:
    """How many days back a cap may look."""
    return max((cap.days for cap in contact.caps), default=0)


def permission_of(given: Mapping[str, bool], *, channel: str) -> Permission:
    """What a person's consents for one purpose say about a channel: channel → still given."""
    if channel not in given:
        return Permission.NEVER_ASKED
    return Permission.GIVEN if given[channel] else Permission.WITHDRAWN
