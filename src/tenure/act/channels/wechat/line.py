"""What both kinds of WeChat messages have in common: token, template, values, events."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from django.utils.crypto import constant_time_compare

from tenure.act.channels.asking import AskingChannel
from tenure.act.channels.channel import BadCall, Call, ChannelDown, Outcome, Parcel, Result
from tenure.act.channels.codes import DAY, HOUR, MINUTE, Codes
from tenure.act.channels.sms.templates import Fitted, fitted
from tenure.act.channels.tokens import Token, code_of, with_token
from tenure.act.channels.wechat.accounts import WeChatAccount
from tenure.act.channels.wire import Said
from tenure.strategy.messages import Channel as Way

LINK: Final = "link"
#: How many signs a value may have, by the kind that its name begins with.
LONGEST: Final[Mapping[str, int]] = {
    "thing": 20,
    "character_string": 32,
    "letter": 32,
    "number": 32,
    "symbol": 5,
    "time": 24,
    "date": 24,
    "amount": 12,
    "phone_number": 17,
    "name": 20,
    "phrase": 5,
    "const": 20,
}
_KIND: Final = re.compile(r"([a-z_]+?)\d*")
_STALE: Final = frozenset({"40001", "40014", "42001"})
_FIELD: Final = re.compile(r"<(\w+)>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*?))\s*</\1>", re.DOTALL)
_CODES: Final = Codes(
    dead=frozenset({"40003", "43004"}),
    waits={"-1": MINUTE, "45009": DAY, "45011": MINUTE, "45110": HOUR},
    down=frozenset({"40001", "40013", "40125", "40164", "48001", "48004", "50002", "61004"}),
)


class WeChatLine(AskingChannel):
    """One account at WeChat; a subclass asks for its own kind of message."""

    way = Way.WECHAT
    codes = _CODES

    def __init__(self, account: WeChatAccount) -> None:
        super().__init__(account)
        self.account = account
        self.token = Token(self._fetch)

    def ask(self, parcel: Parcel, *, at: datetime) -> Result:
        """In approved words only, none of whose values is too long for its kind."""
        found = fitted(parcel.body, self.account.templates, is_marketing=False)
        if parcel.is_marketing:
            return Result(Outcome.REFUSED, "no_marketing_here")
        if found is None:
            return Result(Outcome.REFUSED, "no_approved_template")
        if any(is_too_long(name, value) for name, value in found.values if name != LINK):
            return Result(Outcome.REFUSED, "value_too_long")
        return self.ask_in(found, parcel)

    def ask_in(self, found: Fitted, parcel: Parcel) -> Result:
        """Ask for one message in its template."""
        raise AssertionError(f"{self.name} asks in its own words")

    def call(self, path: str, content: Mapping[str, object]) -> Said:
        """One call; a token that is refused was used for nothing, so it is asked again."""
        gateway = self.account.gateway
        return with_token(
            self.token,
            lambda token: self.post(f"{gateway}{path}?access_token={token}", content),
            stale=_STALE,
        )

    def _fetch(self) -> tuple[str, float]:
        # The stable token: a second process that asks does not end the first one's.
        said = self.post(
            f"{self.account.gateway}/cgi-bin/stable_token",
            {
                "grant_type": "client_credential",
                "appid": self.account.app_id,
                "secret": self.account.app_secret,
            },
        )
        if "access_token" not in said.content:
            raise ChannelDown(channel=self.name, why=f"stable_token {code_of(said)}")
        return str(said.content["access_token"]), float(said.content.get("expires_in", 7_200))

    def greet(self, call: Call) -> str:
        """What to answer when the address of events is set up.

        Raises:
            BadCall: it is not WeChat that asks.
        """
        self.prove(call)
        return call.query.get("echostr", "")[:100]

    def prove(self, call: Call) -> None:
        """Raises BadCall where a call is not signed with our token."""
        query = call.query
        parts = sorted(
            (self.account.event_token, query.get("timestamp", ""), query.get("nonce", ""))
        )
        ours = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
        if not constant_time_compare(ours, query.get("signature", "")):
            raise BadCall(channel=self.name, why="signature")


def is_too_long(name: str, value: str) -> bool:
    """Whether a value has more signs than its kind may have."""
    kind = _KIND.fullmatch(name)
    return len(value) > LONGEST.get(kind.group(1) if kind else "", 20)


def data_of(found: Fitted) -> dict[str, dict[str, str]]:
    """The values of a template as WeChat takes them."""
    return {name: {"value": value} for name, value in found.values if name != LINK}


def link_of(found: Fitted) -> str:
    """Where a tap leads: the address in whose place `link` stands; empty where there is none."""
    text, value = found.approved.text, dict(found.values).get(LINK, "")
    for line in text.splitlines():
        if f"${{{LINK}}}" in line:
            before, _, after = line.partition(f"${{{LINK}}}")
            start = before.rfind("http")
            return f"{before[start:] if start >= 0 else ''}{value}{after.strip()}"
    return ""


def fields_of(body: bytes, *, channel: str) -> list[tuple[str, str]]:
    """The fields of an event, innermost ones in order, however often each stands.

    No XML parser is let near what strangers send: an event is flat text between known tags.

    Raises:
        BadCall: it is no event.
    """
    text = body.decode("utf-8", "replace").strip()
    if not text.startswith("<xml>") or not text.endswith("</xml>"):
        raise BadCall(channel=channel, why="XML")
    return [(name, quoted or plain) for name, quoted, plain in _FIELD.findall(text)]


def moment_of(told: str, *, at: datetime) -> datetime:
    """An instant in seconds as WeChat tells it."""
    is_told = told.isdecimal() and len(told) == 10
    return datetime.fromtimestamp(int(told), tz=UTC) if is_told else at
