"""How often, and at what hours, people may be written to or called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.kernel.instants import EVERY_DAY, Window
from tenure.strategy.messages import Channel, MessageClass, Purpose
from tenure.strategy.reading import Reader

ANY_COUNTRY = "*"
#: The channels on which somebody reports that a message arrived.
REPORTING = (Channel.SMS, Channel.WECHAT, Channel.WECOM)
#: The European Union and the EEA: Directive 2002/58/EC art. 13, in Germany § 7 UWG. A strategy
#: may add countries (`confirm_email_in`); it cannot take one of these away.
CONFIRMED_BY_LAW = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CapScope(StrEnum):
    """What a cap counts together."""

    PERSON = "person"
    PERSON_CHANNEL = "person_channel"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many messages of these classes (and purposes; none means all) in `days` days."""

    id: str
    name: Sentence
    classes: frozenset[MessageClass]
    purposes: frozenset[Purpose]
    scope: CapScope
    at_most: int
    days: int

    def counts(self, message_class: MessageClass, purpose: Purpose) -> bool:
        """Whether a message counts against it, and is held back by it."""
        return message_class in self.classes and (not self.purposes or purpose in self.purposes)


@dataclass(frozen=True, slots=True)
class SendWindow:
    """Hours for one class, in one country (`*`: any), on one channel (None: any)."""

    message_class: MessageClass
    country: str
    channel: Channel | None
    window: Window
    yields_to_deadline: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """Caps and send windows, and how long a message may go without a receipt."""

    caps: tuple[Cap, ...]
    windows: tuple[SendWindow, ...]
    #: After so many hours without a receipt a step goes on by the person's next channel.
    silence_hours: Mapping[Channel, int] = field(default_factory=dict)
    #: Hosts beside the business's own that texts may link to (R-C-006).
    link_hosts: frozenset[str] = frozenset()
    #: Countries in which advertising by e-mail waits for a click that confirms it (R-P-032).
    confirmed_in: frozenset[str] = CONFIRMED_BY_LAW
    # What was looked up before: the same few are asked for by every message.
    _windows: dict[tuple[str, str, str], SendWindow] = field(
        default_factory=dict, repr=False, compare=False
    )
    _caps: dict[tuple[str, str], tuple[Cap, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def window_for(
        self, message_class: MessageClass, *, country: str, channel: Channel
    ) -> SendWindow:
        """The most particular window: the country's before any country's, the channel's first."""
        key = (message_class, country, channel)
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = self._window_for(*key)
        return found

    def _window_for(
        self, message_class: MessageClass, country: str, channel: Channel
    ) -> SendWindow:
        fitting = [
            one
            for one in self.windows
            if one.message_class == message_class
            and one.country in (country, ANY_COUNTRY)
            and one.channel in (channel, None)
        ]
        return max(fitting, key=lambda one: (one.country == country, one.channel == channel))

    def asks_confirming(self, *, country: str, channel: Channel) -> bool:
        """Whether advertising there needs a consent that its reader confirmed, or a soft opt-in."""
        return channel is Channel.EMAIL and country in self.confirmed_in

    def caps_for(self, message_class: MessageClass, *, purpose: Purpose) -> tuple[Cap, ...]:
        """The caps that a message must respect."""
        key = (message_class, purpose)
        found = self._caps.get(key)
        if found is None:
            counted = tuple(cap for cap in self.caps if cap.counts(message_class, purpose))
            found = self._caps[key] = counted
        return found


_NO_WINDOW = Sentence(
    zh='class 为“{name}”的消息没有适用于所有国家（country = "*"）的时段',
    en='messages of the class “{name}” have no window for any country (country = "*")',
)


def read(reader: Reader) -> Contact:
    """Read contact.toml."""
    windows = tuple(_window(one) for one in reader.each("window"))
    for message_class in MessageClass:
        if not _has_default(windows, message_class):
            reader.refuse("window", _NO_WINDOW.fill(name=message_class))
    caps = tuple(
        Cap(
            id=one.name("id"),
            name=one.sentence("name"),
            classes=frozenset(map(MessageClass, one.names("classes", list(MessageClass)))),
            purposes=frozenset(map(Purpose, one.names("purposes", list(Purpose), default=()))),
            scope=one.choice("per", CapScope),
            at_most=one.whole("at_most", least=1),
            days=one.whole("days", least=1, most=366),
        )
        for one in reader.each("cap", unique="id")
    )
    hosts = frozenset(one.casefold() for one in reader.names("link_hosts", default=()))
    more = frozenset(one.upper() for one in reader.names("confirm_email_in", default=()))
    return Contact(
        caps=caps,
        windows=windows,
        silence_hours=_silence(reader),
        link_hosts=hosts,
        confirmed_in=CONFIRMED_BY_LAW | more,
    )


def _silence(reader: Reader) -> Mapping[Channel, int]:
    """`[silence]`: hours by channel; a channel that is not named waits for good."""
    if not reader.has("silence"):
        return {}
    inner = reader.below("silence")
    hours = {one: inner.whole(one, least=1, most=720) for one in REPORTING if inner.has(one)}
    inner.done()
    return hours


def _has_default(windows: Iterable[SendWindow], message_class: MessageClass) -> bool:
    return any(
        one.message_class is message_class and one.country == ANY_COUNTRY and one.channel is None
        for one in windows
    )


def _window(reader: Reader) -> SendWindow:
    days = reader.names("weekdays", _DAYS, default=())
    return SendWindow(
        message_class=reader.choice("class", MessageClass),
        country=reader.text("country"),
        channel=reader.choice("channel", Channel) if reader.has("channel") else None,
        window=Window(
            opens=reader.clock("opens", time(0)),
            closes=reader.clock("closes", time(0)),
            weekdays=frozenset(map(_DAYS.index, days)) or EVERY_DAY,
        ),
        yields_to_deadline=reader.flag("yields_to_deadline", False),
    )
