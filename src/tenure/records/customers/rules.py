"""Who a customer is, how to reach somebody, and what they allowed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from tenure.kernel.failures import Refusal, Sentence

CHANNELS = ("email", "phone", "sms", "push", "wechat", "wecom", "letter", "banner")
#: Kinds of accounts that are no consumers.
COMPANIES = frozenset({"business", "enterprise"})
LANGUAGES = ("zh-Hans", "en")


class CurrencyChanged(Refusal):
    """An account is billed in one currency for ever."""

    code = "currency_changed"
    said = Sentence(
        zh="账户 {account} 以 {old} 计费，不能改为 {new}；请为另一币种另建账户。",
        en="Account {account} is billed in {old} and cannot change to {new}; "
        "make another account for the other currency.",
    )


class UnknownChannel(Refusal):
    """A channel on which nobody can be reached."""

    code = "unknown_channel"
    said = Sentence(
        zh="不认识的渠道：{unknown}；可用：{known}。",
        en="Unknown channel: {unknown}; possible: {known}.",
    )


class UnknownLanguage(Refusal):
    """A language in which nothing is written."""

    code = "unknown_language"
    said = Sentence(
        zh="没有“{language}”的文案；可用：{known}。",
        en="Nothing is written in “{language}”; possible: {known}.",
    )


class HalfAnHourRange(Refusal):
    """Preferred hours with only one end."""

    code = "half_an_hour_range"
    said = Sentence(
        zh="偏好时段须同时给出开始和结束，或都不给。",
        en="Preferred hours need both a beginning and an end, or neither.",
    )


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its source tells it."""

    source: str
    external_id: str
    name: str
    currency: str
    started_on: date
    kind: str = "household"
    country: str = "CN"
    region: str = ""
    zone: str = ""
    sales_channel: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody at an account."""

    account_id: int
    external_id: str
    name: str
    language: str = "zh-Hans"
    zone: str = ""
    is_primary: bool = True
    is_minor: bool = False
    born_year: int | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person is reached on a channel."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Permission:
    """What a person allows for one purpose on one channel, and what shows it."""

    purpose: str
    channel: str
    basis: str = "consent"
    text_version: str = "1"
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says about one purpose on one channel, and where."""

    purpose: str
    channel: str
    is_allowed: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """How somebody wants to be written to; the sender obeys all of it (DAT-06).

    `channels` best first, empty: no preference. Hours are local; a range may cross midnight.
    """

    language: str
    zone: str = ""
    channels: tuple[str, ...] = ()
    hours_from: time | None = None
    hours_until: time | None = None
    personalised: bool = True


def check_channels(channels: Collection[str]) -> None:
    """Refuse a channel that does not exist.

    Raises:
        UnknownChannel: names those that are not known.
    """
    unknown = [one for one in channels if one not in CHANNELS]
    if unknown:
        raise UnknownChannel(unknown=unknown, known=CHANNELS)


def check_preferences(wanted: Preferences) -> None:
    """Refuse what the sender could not obey.

    Raises:
        UnknownLanguage, UnknownChannel, HalfAnHourRange
    """
    if wanted.language not in LANGUAGES:
        raise UnknownLanguage(language=wanted.language, known=LANGUAGES)
    check_channels(wanted.channels)
    if (wanted.hours_from is None) != (wanted.hours_until is None):
        raise HalfAnHourRange()
