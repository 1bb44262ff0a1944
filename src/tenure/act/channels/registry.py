"""Which channels there are here, and which provider of a way is asked now."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings

from tenure.act.channels.banner import Banner
from tenure.act.channels.breaker import Breaker
from tenure.act.channels.channel import Channel
from tenure.act.channels.configuration import accounts
from tenure.act.channels.letters import Letters
from tenure.act.channels.pacing import Pace
from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.messages import Channel as Way

#: What needs no provider: e-mail by SMTP, a call by a person with a script.
ALWAYS: Final = frozenset({Way.EMAIL, Way.PHONE})
_MAKERS: Final[Mapping[str, str]] = {
    "aliyun": "tenure.act.channels.sms.aliyun:AliyunSms",
    "tencent": "tenure.act.channels.sms.tencent:TencentSms",
    "wechat": "tenure.act.channels.wechat.template:WeChatTemplate",
    "wechat_mini": "tenure.act.channels.wechat.subscription:WeChatSubscription",
    "wecom": "tenure.act.channels.workplace.wecom:WeComContact",
    "wecom_app": "tenure.act.channels.workplace.wecom:WeComApp",
    "dingtalk": "tenure.act.channels.workplace.robots:DingTalkRobot",
    "feishu": "tenure.act.channels.workplace.robots:FeishuRobot",
    "webpush": "tenure.act.channels.push.web:WebPush",
    "fcm": "tenure.act.channels.push.fcm:Fcm",
    "apns": "tenure.act.channels.push.apns:Apns",
}


class NoSuchChannel(Refusal):
    """Nobody carries messages under this name here."""

    code = "no_such_channel"
    said = Sentence(
        zh="这里没有启用渠道“{name}”；可用的有：{known}。",
        en="There is no channel “{name}” here; there is: {known}.",
    )


@dataclass(slots=True)
class Mouth:
    """A channel with what this process knows of it: how fast it may go, whether it works."""

    channel: Channel
    pace: Pace
    breaker: Breaker = field(default_factory=Breaker)
    looked_at: datetime | None = None


_standing_in: dict[str, Mouth] = {}
#: What is always there: the customer's own page, and the printer's queue.
_OWN: Final = {
    one.name: Mouth(one, Pace(one.limits)) for one in cast("list[Channel]", [Banner(), Letters()])
}


def carried() -> frozenset[Way]:
    """The ways on which something here carries messages to people."""
    return ALWAYS | {one.channel.way for one in _mouths().values() if one.channel.way is not None}


def mouths_of(way: Way, *, scheme: str = "") -> tuple[Mouth, ...]:
    """The providers of a way that serve addresses of a scheme, the preferred one first."""
    return tuple(
        one
        for one in _mouths().values()
        if one.channel.way is way and one.channel.scheme in ("", scheme)
    )


def staff_mouths() -> tuple[Mouth, ...]:
    """What reaches the business's own people, and never a customer."""
    return tuple(one for one in _mouths().values() if one.channel.way is None)


def mouths() -> Mapping[str, Mouth]:
    """Every provider here, by name."""
    return _mouths()


def schemes() -> frozenset[str]:
    """The schemes of addresses that some provider here knows."""
    return frozenset(one.channel.scheme for one in _mouths().values()) - {""}


def open_mouth(way: Way, *, at: datetime, scheme: str = "") -> Mouth | None:
    """The first provider that works now for addresses of a scheme; None where all rest."""
    found = mouths_of(way, scheme=scheme)
    return next((one for one in found if not one.breaker.is_open(at)), None)


def channel_of(name: str) -> Channel:
    """The channel of a name.

    Raises:
        NoSuchChannel: it is not configured.
    """
    found = _mouths()
    if name not in found:
        raise NoSuchChannel(name=name, known=sorted(found))
    return found[name].channel


def names_offered() -> tuple[str, ...]:
    """The configured providers, in their order."""
    return tuple(_mouths())


@contextmanager
def standing_in(channel: Channel) -> Iterator[Mouth]:
    """Let a channel answer to its name while the block runs: rehearsals and tests."""
    before = _standing_in.get(channel.name)
    mouth = _standing_in[channel.name] = Mouth(channel, Pace(channel.limits))
    try:
        yield mouth
    finally:
        del _standing_in[channel.name]
        if before is not None:
            _standing_in[channel.name] = before


def _mouths() -> dict[str, Mouth]:
    return {**_OWN, **_configured(*_place()), **_standing_in}


def _place() -> tuple[str, int]:
    """Where the settings stand, and when they changed last."""
    path = Path(settings.TENURE_CHANNELS)
    return str(path), path.stat().st_mtime_ns if path.exists() else 0


@lru_cache(maxsize=4)
def _configured(path: str, changed: int) -> dict[str, Mouth]:
    return {name: _made(name, account) for name, account in accounts(Path(path)).items()}


def _made(name: str, account: Any) -> Mouth:
    # Each provider's library is loaded only where that provider is configured.
    module, _, maker = _MAKERS[name].partition(":")
    channel = cast("Channel", getattr(import_module(module), maker)(account))
    return Mouth(channel, Pace(channel.limits))
