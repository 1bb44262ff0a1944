"""WeChat as its callers see it: stable tokens, template and subscription messages, events."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from tenure.kernel import clock
from tenure.world.channels.board import Arrived, Board, said
from tenure.world.channels.tower import Registered
from tenure.world.gateways.serving import Answer, Request

_PLACE: Final = re.compile(r"\$\{(\w+)\}")
#: A reader whose openid begins so does not follow any more; one that begins so blocked us.
GONE: Final = "gone"
BLOCKED: Final = "blocked"
_KEYS_LAST: Final = timedelta(minutes=10)
_LONGEST: Final = {"thing": 20, "phrase": 5, "character_string": 32}


class WeChatPost(Board):
    """Plays api.weixin.qq.com for one account."""

    path: ClassVar[str]
    app_id = "wx0tenuredemo"
    app_secret = "demo-secret-of-the-played-wechat"  # nosec B105
    event_token = "demo-event-token"  # nosec B105

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.token = ""  # nosec B105
        self.tokens_given = 0
        self.per_day = 100_000
        self.templates: dict[str, Registered] = {}
        self.keys: dict[str, tuple[datetime, str]] = {}
        super().__init__(port=port, pace=pace, seed=seed)

    def configuration(self) -> dict[str, str | int]:
        return {
            "gateway": self.address,
            "app_id": self.app_id,
            "app_secret": self.app_secret,
            "event_token": self.event_token,
        }

    def register(self, templates: Sequence[Registered]) -> None:
        """Approve templates."""
        self.templates.update({one.code: one for one in templates})

    @property
    def callback_url(self) -> str:
        """Where events go, signed anew each time that it is asked for."""
        url = super().callback_url
        return f"{url}?{urlencode(self.signed())}" if url else ""

    def is_sending(self, request: Request) -> bool:
        return request.path == self.path

    def end_token(self) -> None:
        """The token that was given out holds no more."""
        self.token = "ended"  # nosec B105

    def called(self, request: Request) -> Answer:
        content = request.content
        if request.path == "/cgi-bin/stable_token":
            if (content.get("appid"), content.get("secret")) != (self.app_id, self.app_secret):
                return _error(40125, "invalid appsecret")
            self.tokens_given += 1
            if not self.token or self.token == "ended":  # nosec B105
                self.token = f"token-{self.number()}"
            return said({"access_token": self.token, "expires_in": 7_200})
        if not self.token or request.query.get("access_token") != self.token:
            return _error(40001, "invalid credential, access_token is invalid or not latest")
        if request.path != self.path:
            return _error(48001, "api unauthorized")
        if not isinstance(content.get("touser"), str) or not content["touser"]:
            return _error(40003, "invalid openid")
        if not isinstance(content.get("data"), dict):
            return _error(47001, "data format error")
        return self.send(content)

    def send(self, content: Mapping[str, Any]) -> Answer:
        """Take a message, or say why not."""
        raise AssertionError(f"{self.name} takes its own messages")

    def wrong(self, content: Mapping[str, Any]) -> Answer | None:
        """What is wrong with a message; None where it may go."""
        template = self.templates.get(str(content.get("template_id")))
        if template is None:
            return _error(40037, "invalid template_id")
        names = {one for one in _PLACE.findall(template.text) if one != "link"}
        values = {name: one["value"] for name, one in content["data"].items()}
        if names != values.keys():
            return _error(47003, "argument invalid")
        for name, value in values.items():
            kind = name.rstrip("0123456789")
            if len(value) > _LONGEST.get(kind, 200):
                return _error(47003, f"argument invalid! data.{name}.value invalid")
        if len(self.arrived) >= self.per_day:
            return _error(45009, "reach max api daily quota limit")
        return None

    def words(self, content: Mapping[str, Any], *, link: str) -> str:
        """What the reader sees."""
        values = {name: one["value"] for name, one in content["data"].items()}
        shown = []
        for line in self.templates[content["template_id"]].text.splitlines():
            if "${link}" in line:
                shown.append(line[: line.index("http")] + link if "http" in line else link)
            else:
                shown.append(_PLACE.sub(lambda one: values[one.group(1)], line))
        return "\n".join(shown)

    def signed(self, query: Mapping[str, str] | None = None) -> dict[str, str]:
        """The query with which an event comes."""
        stamp, nonce = str(int(clock.now().timestamp())), self.number()
        text = "".join(sorted((self.event_token, stamp, nonce)))
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        return {"signature": digest, "timestamp": stamp, "nonce": nonce, **(query or {})}


class WeChatFollowed(WeChatPost):
    """A verified service account."""

    name = "wechat"
    path = "/cgi-bin/message/template/send"

    def send(self, content: Mapping[str, Any]) -> Answer:
        reader, key = str(content["touser"]), str(content.get("client_msg_id", ""))
        known = self.keys.get(f"{reader}:{key}")
        if key and known and clock.now() - known[0] < _KEYS_LAST:
            return said({"errcode": 0, "errmsg": "ok", "msgid": int(known[1])})
        if reader.startswith(GONE):
            return _error(43004, "require subscribe")
        wrong = self.wrong(content)
        if wrong is not None:
            return wrong
        number = self.number()
        words = self.words(content, link=str(content.get("url", "")))
        one = self.take(f"mp:{reader}", words, provider_id=number, own_id=key)
        self.keys[f"{reader}:{key}"] = (clock.now(), number)
        self.tell(self.report_of(one), content_type="text/xml")
        return said({"errcode": 0, "errmsg": "ok", "msgid": int(number)})

    def report_of(self, one: Arrived) -> bytes:
        """TEMPLATESENDJOBFINISH about one message."""
        reader = one.address.partition(":")[2]
        status = "failed:user block" if reader.startswith(BLOCKED) else "success"
        return (
            "<xml><ToUserName><![CDATA[gh_tenure]]></ToUserName>"
            f"<FromUserName><![CDATA[{reader}]]></FromUserName>"
            f"<CreateTime>{int(one.at.timestamp())}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
            "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>"
            f"<MsgID>{one.provider_id}</MsgID><Status><![CDATA[{status}]]></Status></xml>"
        ).encode()


class WeChatMini(WeChatPost):
    """A mini-program: a reader's yes is one message."""

    name = "wechat_mini"
    path = "/cgi-bin/message/subscribe/send"

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.allowed: dict[tuple[str, str], int] = defaultdict(int)
        super().__init__(port=port, pace=pace, seed=seed)

    def send(self, content: Mapping[str, Any]) -> Answer:
        reader, template = str(content["touser"]), str(content["template_id"])
        if reader.startswith(GONE):
            return _error(40003, "invalid openid")
        wrong = self.wrong(content)
        if wrong is not None:
            return wrong
        if self.allowed[reader, template] < 1:
            return _error(43101, "user refuse to accept the msg")
        self.allowed[reader, template] -= 1
        number = self.number()
        page = str(content.get("page", ""))
        words = self.words(content, link=f"https://my.example.com/{page}")
        self.take(f"mini:{reader}", words, provider_id=number)
        return said({"errcode": 0, "errmsg": "ok", "msgid": int(number)})

    def allow(self, reader: str, template: str, *, says: str = "accept") -> bytes:
        """The reader answers the question of the mini-program: the event about it."""
        if says == "accept":
            self.allowed[reader, template] += 1
        else:
            self.allowed[reader, template] = 0
        return (
            f"<xml><FromUserName><![CDATA[{reader}]]></FromUserName>"
            f"<CreateTime>{int(clock.now().timestamp())}</CreateTime>"
            "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event>"
            f"<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[{template}]]></TemplateId>"
            f"<SubscribeStatusString><![CDATA[{says}]]></SubscribeStatusString>"
            "<PopupScene>0</PopupScene></List></SubscribeMsgPopupEvent></xml>"
        ).encode()


def _error(code: int, words: str) -> Answer:
    return said({"errcode": code, "errmsg": words})
