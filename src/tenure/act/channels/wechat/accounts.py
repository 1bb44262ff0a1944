"""Who we are at WeChat; no secret is ever shown."""

from dataclasses import dataclass, field
from datetime import timedelta

from tenure.act.channels.channel import Limits
from tenure.act.channels.sms.templates import Approved


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatAccount:
    """What the service account and the mini-program have in common.

    A template's text is what the reader sees, with `${places}` named as WeChat names them; the
    place `link` is where a tap leads, and no value of the template.
    """

    gateway: str = "https://api.weixin.qq.com"
    app_id: str
    app_secret: str = field(repr=False)
    #: Of the address that events come to: whoever signs with it is WeChat.
    event_token: str = field(repr=False)
    templates: tuple[Approved, ...] = ()
    per_second: int = 50

    @property
    def limits(self) -> Limits:
        """How fast this account may be used."""
        return Limits(self.per_second, self.per_second, self.per_second)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatServiceAccount(WeChatAccount):
    """A verified service account; notices only, and no marketing (R-C-022)."""

    @property
    def limits(self) -> Limits:
        """How fast it may be used; a message's key is known there for ten minutes."""
        return Limits(
            self.per_second, self.per_second, self.per_second, keys_last=timedelta(minutes=9)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatMiniAccount(WeChatAccount):
    """A mini-program; one message for each time that the reader allowed one (R-C-023)."""

    state: str = "formal"  # developer | trial | formal
