"""Who we are at WeCom, and which rooms of DingTalk and Feishu listen; no secret is ever shown."""

from dataclasses import dataclass, field
from datetime import timedelta

from tenure.act.channels.channel import Limits

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotAccount:
    """A robot in one room."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    gateway: str
    per_minute: int

    @property
    def limits(self) -> Limits:
        """How fast the robot may speak."""
        per_second = self.per_minute / 60
        return Limits(per_second, self.per_minute, self.per_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class DingTalkAccount(RobotAccount):
    """A custom robot with a signature: 20 messages a minute, else ten minutes of silence."""

    gateway: str = "https://oapi.dingtalk.com"
    per_minute: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuAccount(RobotAccount):
    """A custom bot with a signature: 100 messages a minute and 5 a second."""

    gateway: str = "https://open.feishu.cn"
    per_minute: int = 100

    @property
    def limits(self) -> Limits:
        """How fast the bot may speak."""
        return Limits(min(5.0, self.per_minute / 60), 5, self.per_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComAccount:
    """An application of a company at WeCom; limits are those of R-C-020."""

    gateway: str = "https://qyapi.weixin.qq.com"
    corp_id: str
    secret: str = field(repr=False)
    agent_id: int = 1
    #: Who is told what the business's own people should know: user ids, with commas between.
    members: str = ""
    per_minute: int = 10_000
    member_per_minute: int = 30
    member_per_hour: int = 1_000

    @property
    def limits(self) -> Limits:
        """How fast this application may be used, and how often one member hears it."""
        per_second = self.per_minute / 60
        return Limits(
            per_second,
            int(per_second),
            per_second,
            per_recipient=((self.member_per_minute, _MINUTE), (self.member_per_hour, _HOUR)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComContactAccount:
    """Customer contact: tasks that an employee confirms; one a day for each customer (R-C-021)."""

    gateway: str = "https://qyapi.weixin.qq.com"
    corp_id: str
    secret: str = field(repr=False)
    per_minute: int = 600
    customer_per_day: int = 1
    customer_per_month: int = 4

    @property
    def limits(self) -> Limits:
        """How fast tasks may be made, and how often one customer is meant."""
        per_second = self.per_minute / 60
        return Limits(
            per_second,
            int(per_second),
            per_second,
            per_recipient=(
                (self.customer_per_day, _DAY),
                (self.customer_per_month, 30 * _DAY),
            ),
        )
