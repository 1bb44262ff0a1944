"""For each channel: its adapter, what plays its provider, and what arrived there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail.backends.smtp import EmailBackend

from tenure.act.channels.banner import EVERYWHERE, Banner
from tenure.act.channels.channel import Channel, ChannelDown, Limits, Outcome, Parcel, Result
from tenure.act.channels.configuration import KINDS
from tenure.act.channels.letters import Letters
from tenure.act.channels.push.apns import Apns
from tenure.act.channels.push.fcm import Fcm
from tenure.act.channels.push.web import WebPush
from tenure.act.channels.sms.aliyun import AliyunSms
from tenure.act.channels.sms.provider import SmsChannel
from tenure.act.channels.sms.templates import Approved
from tenure.act.channels.sms.tencent import TencentSms
from tenure.act.channels.wechat import credits
from tenure.act.channels.wechat.subscription import WeChatSubscription
from tenure.act.channels.wechat.template import WeChatTemplate
from tenure.act.channels.workplace.robots import DingTalkRobot, FeishuRobot
from tenure.act.channels.workplace.wecom import WeComApp, WeComContact
from tenure.act.messages.envelope import Letter, Sender, compose
from tenure.act.messages.post import Handover, MailServerDown, SmtpPost
from tenure.act.messages.rendering import Rendered
from tenure.kernel import clock
from tenure.strategy.messages import Channel as Way
from tenure.world.channels.aliyun import AliyunTower
from tenure.world.channels.apple import AppleTower
from tenure.world.channels.push import BrowserPost, FcmTower
from tenure.world.channels.tencent import TencentTower
from tenure.world.channels.tower import Registered, Tower
from tenure.world.channels.wechat import WeChatFollowed, WeChatMini
from tenure.world.channels.workplace import (
    DingTalkRoom,
    FeishuRoom,
    WeComContacts,
    WeComHouse,
)
from tenure.world.gateways.faults import Fault, Faults
from tests.act.servers import MailServer

TOWERS: dict[str, tuple[type[Tower], type[SmsChannel]]] = {
    "aliyun": (AliyunTower, AliyunSms),
    "tencent": (TencentTower, TencentSms),
}
REMINDER = "${plan}还有${days}天到期，续费：https://my.example.com/${link}"
OFFER = "${plan}续费立减${amount}，拒收请回复R"
TEMPLATES = (Approved("100", REMINDER), Approved("200", OFFER, is_marketing=True))
TEXT = "【续航示例】300M 宽带还有7天到期，续费：https://my.example.com/renew/abc"
NOTICE_TEMPLATE = "套餐：${thing1}\n剩余天数：${number2}\nhttps://my.example.com/${link}"
NOTICE = "套餐：300M 宽带\n剩余天数：7\nhttps://my.example.com/renew/abc"
MARKETING = "【续航示例】300M 宽带续费立减¥100，拒收请回复R"


class Bench(Protocol):
    """Both sides of a line; `nobody` is an address that cannot be."""

    somebody: str
    nobody: str
    says: str

    @property
    def channel(self) -> Channel:
        """The adapter."""
        ...

    def send(self, *parcels: Parcel) -> list[Result]:
        """Hand over; what the channel said of each."""
        ...

    def arrived(self) -> list[str]:
        """The texts that got through."""
        ...

    def keys(self) -> Sequence[str]:
        """By what the provider tells messages apart, where it does."""
        ...

    def arm(self, fault: Fault) -> None:
        """Let the next call go wrong."""
        ...

    def hang_up(self) -> None:
        """Nobody is at the other end any more."""
        ...


def a_parcel(bench: Bench, message_id: int = 1, **changes: Any) -> Parcel:
    """A reminder that may be sent."""
    values = {"address": bench.somebody, "body": bench.says, "template": "ends_soon", **changes}
    return Parcel(message_id=message_id, key=f"k:{message_id}", **values)


@contextmanager
def opened(name: str, **settings: Any) -> Iterator[Any]:
    """The bench of a channel for as long as the block runs."""
    way: Any
    if name == "email":
        way = _a_post()
    elif name in OWN:
        way = nullcontext(OWN[name]())
    elif name in BOARDS:
        way = a_board(name, **settings)
    else:
        way = a_tower(name, **settings)
    with way as bench:
        yield bench


@dataclass(frozen=True, slots=True)
class Kind:
    """Both sides of a channel that is no text message, and who reads there."""

    played: type[Any]
    spoken: type[Any]
    somebody: str
    nobody: str
    says: str = TEXT


BOARDS: dict[str, Kind] = {
    "wecom_app": Kind(WeComHouse, WeComApp, "li", "gone-with-the-wind"),
    "wecom": Kind(WeComContacts, WeComContact, "wmLi@zhang", "gone1@zhang"),
    "dingtalk": Kind(DingTalkRoom, DingTalkRobot, "room", "another room"),
    "feishu": Kind(FeishuRoom, FeishuRobot, "room", "another room"),
    "wechat": Kind(WeChatFollowed, WeChatTemplate, "mp:oLi", "mp:gone-1", NOTICE),
    "wechat_mini": Kind(WeChatMini, WeChatSubscription, "mini:oLi", "mini:gone-1", NOTICE),
    "webpush": Kind(BrowserPost, WebPush, "web:one", "web:gone"),
    "fcm": Kind(FcmTower, Fcm, "fcm:cLi:APA91b", "fcm:gone-1"),
    "apns": Kind(AppleTower, Apns, f"apns:{'a1' * 32}", f"apns:{'dead' * 16}"),
}


@dataclass(slots=True)
class OwnBench:
    """A channel of the house: what it takes stands in rows, and no line can be cut."""

    channel: Channel
    somebody: str
    nobody: str
    taken: dict[str, str] = field(default_factory=dict)
    says: str = TEXT

    def send(self, *parcels: Parcel) -> list[Result]:
        results = list(self.channel.deliver(parcels, at=clock.now()))
        for parcel, result in zip(parcels, results, strict=True):
            if result.outcome in {Outcome.ACCEPTED, Outcome.AWAITED}:
                self.taken[result.provider_id] = parcel.body
        return results

    def arrived(self) -> list[str]:
        return list(self.taken.values())

    def keys(self) -> Sequence[str]:
        return list(self.taken)


OWN: dict[str, Callable[[], OwnBench]] = {
    "letter": lambda: OwnBench(Letters(), "杭州市西湖区文三路 1 号 2 室", "nowhere"),
    "banner": lambda: OwnBench(Banner(), EVERYWHERE, "elsewhere"),
}


@dataclass(slots=True)
class BoardBench:
    """A played provider of another kind."""

    board: Any
    channel: Any
    somebody: str
    nobody: str
    says: str

    def send(self, *parcels: Parcel) -> list[Result]:
        results = list(self.channel.deliver(parcels, at=clock.now()))
        for number in list(getattr(self.board, "tasks", {})):
            # The employee confirms; who had one today gets no second one, so the day goes by.
            self.board._had.clear()
            if number not in self.board.results:
                self.board.confirm(number)
        return results

    def arrived(self) -> list[str]:
        return [one.content for one in self.board.arrived]

    def keys(self) -> Sequence[str]:
        return [one.own_id for one in self.board.arrived]

    def arm(self, fault: Fault) -> None:
        self.board.faults.arm(fault)

    def hang_up(self) -> None:
        self.board.server.close()


@contextmanager
def a_board(name: str, *, home: str = "", **settings: Any) -> Iterator[BoardBench]:
    """A played provider with the templates that it wants, and readers who allow it."""
    kind = BOARDS[name]
    board = kind.played(pace=0.001)
    board.home = home
    values = {**board.configuration(), **settings}
    if hasattr(board, "templates"):
        board.register([Registered("T1", NOTICE_TEMPLATE)])
        values["templates"] = (Approved("T1", NOTICE_TEMPLATE),)
    if name == "wechat_mini":
        for _ in range(10):
            board.allow("oLi", "T1")
            credits.grant("mini:oLi", template="T1", count=1)
    channel = kind.spoken(KINDS[name](**values))
    channel.line.seconds = 2.0
    somebody, nobody = kind.somebody, kind.nobody
    if name == "webpush":
        somebody = f"web:{board.browser().subscription}"
        nobody = f"web:{board.browser('gone').subscription}"
    try:
        yield BoardBench(board, channel, somebody, nobody, kind.says)
    finally:
        channel.line.close()
        board.close()


@dataclass(slots=True)
class SmsBench:
    """A played provider of text messages."""

    tower: Tower
    channel: SmsChannel
    somebody: str = "13800000001"
    nobody: str = "13800"
    says: str = TEXT

    def send(self, *parcels: Parcel) -> list[Result]:
        return list(self.channel.deliver(parcels, at=clock.now()))

    def arrived(self) -> list[str]:
        return [one.content for one in self.tower.texts]

    def keys(self) -> Sequence[str]:
        return [one.own_id for one in self.tower.texts]

    def arm(self, fault: Fault) -> None:
        self.tower.faults.arm(fault)

    def hang_up(self) -> None:
        self.tower.server.close()


@contextmanager
def a_tower(name: str, *, home: str = "", **settings: Any) -> Iterator[SmsBench]:
    """A played provider with two approved templates."""
    played, spoken = TOWERS[name]
    tower = played(pace=0.001)
    tower.home = home
    tower.register([Registered(one.code, one.text, one.is_marketing) for one in TEMPLATES])
    account = KINDS[name](**{**tower.configuration(), **settings}, templates=TEMPLATES)
    channel = spoken(account)
    channel.line.seconds = 2.0
    try:
        yield SmsBench(tower, channel)
    finally:
        channel.line.close()
        tower.close()


class _Sorting(MailServer):
    """A mail server that goes wrong on request."""

    def __init__(self) -> None:
        super().__init__()
        self.faults = Faults()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.faults.strikes(Fault.TOO_MANY) or self.faults.strikes(Fault.SERVER_ERROR):
            return "451 4.7.1 try again later"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if self.faults.strikes(Fault.DROP_ANSWER):
            assert server.transport is not None
            server.transport.close()
        return answer


@dataclass(slots=True)
class PostChannel:
    """The sender's own post, seen as a channel: a letter's Message-ID is its key."""

    post: SmtpPost
    name: str = "email"
    way: Way = Way.EMAIL
    scheme: str = ""
    takes_keys: bool = True
    limits: Limits = field(default_factory=lambda: Limits(1_000, 1_000, 1_000))

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        for parcel in batch:
            try:
                said, code = self.post.hand_over(_letter(parcel, at=at))
            except MailServerDown as outage:
                raise ChannelDown(channel="email", why=str(outage)) from outage
            except ValueError:
                yield Result(Outcome.REFUSED, "bad_address")
            else:
                yield Result(_OUTCOMES[said], code)


_OUTCOMES = {
    Handover.ACCEPTED: Outcome.ACCEPTED,
    Handover.LATER: Outcome.LATER,
    Handover.REFUSED: Outcome.REFUSED,
    Handover.DEAD: Outcome.DEAD,
}


def _letter(parcel: Parcel, *, at: datetime) -> Any:
    letter = Letter(
        message_id=parcel.message_id,
        send_key=parcel.key,
        to_address=parcel.address,
        to_name=parcel.name,
        language=parcel.language,
        is_marketing=parcel.is_marketing,
        text=Rendered(parcel.subject, parcel.body),
        at=at,
    )
    return compose(letter, sender=Sender("澜江", "renewals@example.com", "https://my.example.com"))


@dataclass(slots=True)
class PostBench:
    """A mail server on the loopback."""

    server: _Sorting
    channel: PostChannel
    somebody: str = "li@example.com"
    nobody: str = "not an address"
    says: str = TEXT

    def send(self, *parcels: Parcel) -> list[Result]:
        return list(self.channel.deliver(parcels, at=clock.now()))

    def arrived(self) -> list[str]:
        plain = (next(one.iter_parts()).get_content() for one in self.server.letters())
        return [str(one).strip() for one in plain]

    def keys(self) -> Sequence[str]:
        return [str(one["Message-ID"]) for one in self.server.letters()]

    def arm(self, fault: Fault) -> None:
        self.server.faults.arm(fault)

    def hang_up(self) -> None:
        self.server.stop()


@contextmanager
def _a_post() -> Iterator[PostBench]:
    with _Sorting() as server:
        mailer = EmailBackend(host="127.0.0.1", port=server.port, timeout=2, alias="default")
        post = SmtpPost(mailer, host="127.0.0.1")
        try:
            yield PostBench(server, PostChannel(post))
        finally:
            post._forget_connection()
