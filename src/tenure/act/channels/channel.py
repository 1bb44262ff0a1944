"""All that the sender knows of a channel: hand over a batch, be told of each what became of it.

A channel never raises for one recipient: a number that cannot be is that parcel's own refusal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.strategy.messages import Channel as Way


class Outcome(StrEnum):
    """What became of one message that was handed over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # never, for this message; another channel may carry it
    DEAD = "dead"  # never again, for this address
    LATER = "later"  # not now; `wait` says when, where the provider says
    IN_DOUBT = "in_doubt"  # it left, and nobody said whether it was taken
    AWAITED = "awaited"  # taken, and leaves as soon as a person there confirms it


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as a channel gets it; `key` is the same however often it is handed over."""

    message_id: int
    key: str
    address: str
    body: str
    template: str = ""
    subject: str = ""
    language: str = "zh-Hans"
    name: str = ""
    is_marketing: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a provider said about one parcel, in its own code."""

    outcome: Outcome
    code: str = ""
    provider_id: str = ""
    wait: timedelta | None = None
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How fast a provider may be asked, over all templates and for one of them."""

    per_second: float
    burst: int
    template_per_second: float
    at_once: int = 1  # so many are on the way when a sender dies: at most those are in doubt
    #: At most so many to one recipient in so long, whoever asks; none where nobody counts.
    per_recipient: tuple[tuple[int, timedelta], ...] = ()
    #: How long a provider remembers a key; None: for good.
    keys_last: timedelta | None = None


class ChannelDown(Outage):
    """Nobody took it, and nothing left: a line that is dead, an account that is closed."""

    code = "channel_down"
    said = Sentence(
        zh="{channel} 现在不可用（{why}）；未发出的消息仍在等待，稍后自动重试。",
        en="{channel} cannot be used now ({why}); what was not sent waits and is tried again.",
    )


class BadCall(Refusal):
    """What came to our address is nothing that this provider said."""

    code = "bad_call"
    said = Sentence(
        zh="这不是 {channel} 的回执：{why}。", en="This is no report of {channel}: {why}."
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider tells later about a message that it took."""

    event_id: str
    outcome: str  # delivered | read | failed
    at: datetime
    provider_id: str = ""
    message_id: int | None = None
    code: str = ""
    is_dead: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reader wrote back."""

    event_id: str
    address: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """A reader allowed messages of one template, so many; none takes all leave back."""

    event_id: str
    address: str
    template: str
    count: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything in one call of a provider, and what to answer it."""

    reports: Sequence[Report] = ()
    replies: Sequence[Reply] = ()
    answer: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    grants: Sequence[Grant] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a provider as it came in; header names are in lower case."""

    token: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


class Channel(Protocol):
    """One provider of one way to a person.

    `scheme` says which addresses of the way are its own, as `web` of `web:…`; empty: all of them.
    A channel without a way reaches the business's own people, and never a customer.
    """

    name: str
    scheme: str
    limits: Limits
    takes_keys: bool  # the same key handed over twice arrives once

    @property
    def way(self) -> Way | None:
        """How it reaches people."""
        ...

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        """Hand over each parcel; one result for each, in order.

        Raises:
            ChannelDown: this parcel and those after it did not leave.
        """
        ...


@dataclass(frozen=True, slots=True)
class Open:
    """A message that was taken and of which nothing was heard yet."""

    message_id: int
    provider_id: str
    address: str


class AskedChannel(Channel, Protocol):
    """A provider that never calls: whoever wants to know asks it."""

    def look(self, open_: Sequence[Open], *, at: datetime) -> Iterator[Report]:
        """What became of messages that it took.

        Raises:
            ChannelDown: it cannot be asked now.
        """
        ...


class TalkingChannel(Channel, Protocol):
    """A provider that calls us with what became of messages, and with what readers answer."""

    def hear(self, call: Call, *, at: datetime) -> Heard:
        """Read one call.

        Raises:
            BadCall: it is not the provider's, or cannot be read.
        """
        ...
