"""Subscription messages of a mini-program: one for each time that the reader allowed it (R-C-023).

References:
    developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message.html
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from tenure.act.channels.channel import (
    Call,
    ChannelDown,
    Grant,
    Heard,
    Outcome,
    Parcel,
    Report,
    Result,
)
from tenure.act.channels.sms.calls import stable_id
from tenure.act.channels.sms.templates import Fitted
from tenure.act.channels.tokens import code_of
from tenure.act.channels.wechat import credits
from tenure.act.channels.wechat.accounts import WeChatMiniAccount
from tenure.act.channels.wechat.line import WeChatLine, data_of, fields_of, link_of, moment_of

_REFUSED_BY_READER = "43101"


class WeChatSubscription(WeChatLine):
    """A mini-program; an address is `mini:` and an openid of it."""

    name = "wechat_mini"
    scheme = "mini"

    def __init__(self, account: WeChatMiniAccount) -> None:
        super().__init__(account)
        self.edition = account.state

    def ask_in(self, found: Fitted, parcel: Parcel) -> Result:
        """One message, where the reader still allows one of this template."""
        template = found.approved.code
        if not credits.spend(parcel.address, template=template):
            return Result(Outcome.REFUSED, "no_credit")
        content: dict[str, object] = {
            "touser": self.own(parcel.address),
            "template_id": template,
            "miniprogram_state": self.edition,
            "lang": "zh_CN" if parcel.language.startswith("zh") else "en_US",
            "data": data_of(found),
        }
        if link_of(found):
            content["page"] = _page(link_of(found))
        try:
            said = self.call("/cgi-bin/message/subscribe/send", content)
        except ChannelDown:
            credits.grant(parcel.address, template=template, count=1)
            raise
        code = code_of(said)
        if code == "0":
            return Result(Outcome.ACCEPTED, code, str(said.content.get("msgid", "")))
        if code == _REFUSED_BY_READER:
            credits.forfeit(parcel.address, template=template)
            return Result(Outcome.REFUSED, code)
        credits.grant(parcel.address, template=template, count=1)
        return self.refused(said, code)

    def hear(self, call: Call, *, at: datetime) -> Heard:
        """What a reader allowed or took back, and what became of messages."""
        self.prove(call)
        fields = fields_of(call.body, channel=self.name)
        event = dict(fields)
        kind, reader = event.get("Event", ""), event.get("FromUserName", "")
        told = event.get("CreateTime", "")
        grants: tuple[Grant, ...] = ()
        reports: tuple[Report, ...] = ()
        if kind in ("subscribe_msg_popup_event", "subscribe_msg_change_event"):
            grants = tuple(_grants(fields, reader=f"mini:{reader}", told=told))
        elif kind == "subscribe_msg_sent_event" and event.get("MsgID"):
            code = event.get("ErrorStatus", "")
            is_sent = event.get("ErrorCode") == "0"
            reports = (
                Report(
                    event_id=stable_id("subscription", event["MsgID"], code),
                    outcome="delivered" if is_sent else "failed",
                    at=moment_of(told, at=at),
                    provider_id=event["MsgID"],
                    code=code,
                ),
            )
        return Heard(reports, (), b"success", "text/plain", grants)


def _grants(fields: list[tuple[str, str]], *, reader: str, told: str) -> Iterator[Grant]:
    """One for each template that stands in the event."""
    template = ""
    for name, value in fields:
        if name == "TemplateId":
            template = value
        elif name == "SubscribeStatusString" and template:
            count = 1 if value == "accept" else 0
            yield Grant(stable_id("grant", reader, template, told, value), reader, template, count)
            template = ""


def _page(link: str) -> str:
    """A page of the mini-program from an address of the portal."""
    parts = urlsplit(link)
    return parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
