"""What every played provider of text messages has in common: templates, limits, reports."""

import itertools
import json
import re
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from tenure.act.channels.sms.segments import count
from tenure.kernel import clock
from tenure.world.gateways.delivery import Letter, Messenger
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.serving import Answer, LineBroken, Request, Server

#: Real mobile numbers of the mainland, and a range that nobody has.
_MOBILE: Final = re.compile(r"\+86(?:1[3-9]\d{9}|100\d{7})")
#: A number that ends so is switched off, or nobody's any more.
OFF: Final = "0000404"
GONE: Final = "0000410"
_SKEW: Final = timedelta(minutes=15)
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Registered:
    """A template as it was approved."""

    code: str
    text: str
    is_marketing: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One message as it reached a telephone, or did not."""

    number: str
    content: str
    template: str
    provider_id: str
    own_id: str
    at: datetime

    @property
    def segments(self) -> int:
        """What it was paid for."""
        return count(self.content).segments


@dataclass(slots=True)
class Rules:
    """What this provider holds senders to."""

    per_number_a_day: int = 50
    value_limit: int = 35
    sign_name: str = "续航示例"
    templates: dict[str, Registered] = field(default_factory=dict)


class Tower:
    """One provider of text messages. A subclass speaks its protocol."""

    name: ClassVar[str]
    schedule_s: ClassVar[Sequence[float]] = (60, 300, 300)

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.faults = Faults(seed=seed)
        self.messenger = Messenger(self.schedule_s, pace=pace, faults=self.faults)
        self.rules = Rules()
        self.callback_token = f"callback-{self.name}"
        self.home = ""
        self.texts: list[Text] = []
        self.calls: list[Request] = []
        self.nonces: set[str] = set()
        # Numbers are never given out twice, also by a provider that was closed in between.
        self._numbers = itertools.count(int(clock.now().timestamp() * 1_000))
        self._sent: dict[str, list[datetime]] = defaultdict(list)
        self._lock = threading.Lock()
        self.server = Server(self._answer, port=port)

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.server.address

    @property
    def callback_url(self) -> str:
        """Where the customer's program hears what became of messages."""
        return f"{self.home}/hooks/channels/{self.name}/{self.callback_token}" if self.home else ""

    def close(self) -> None:
        """Listen and tell no more."""
        self.server.close()
        self.messenger.close()

    # What a provider fills in.

    def configuration(self) -> dict[str, str | int]:
        """What the sender's side needs to know, by the names of its settings."""
        raise AssertionError(f"{self.name} tells how to reach it")

    def called(self, request: Request) -> Answer:
        """Answer a call, or break the line after it was carried out."""
        raise AssertionError(f"{self.name} answers its own calls")

    def report_of(self, text: Text, *, is_delivered: bool, code: str) -> bytes:
        """One report in the provider's words."""
        raise AssertionError(f"{self.name} reports {text.provider_id} in its own words")

    def reply_of(self, number: str, content: str, *, at: datetime) -> bytes:
        """What a reader answered, in the provider's words."""
        raise AssertionError(f"{self.name} passes on {content} in its own words")

    # What readers do.

    def answer(self, number: str, content: str) -> None:
        """Somebody writes back."""
        body = self.reply_of(number, content, at=clock.now())
        self._tell(body)

    # What happens at the provider.

    def register(self, templates: Sequence[Registered]) -> None:
        """Approve templates."""
        self.rules.templates.update({one.code: one for one in templates})

    def is_mobile(self, number: str) -> bool:
        """Whether it can be a telephone of the mainland."""
        return _MOBILE.fullmatch(number) is not None

    def is_over_limit(self, number: str, *, at: datetime) -> bool:
        """Whether a number had all that it may have in 24 hours."""
        since = at - timedelta(hours=24)
        return sum(one > since for one in self._sent[number]) >= self.rules.per_number_a_day

    def wrong_value(self, values: Mapping[str, str]) -> str:
        """What is wrong with the values of a template: `url`, `length`, or nothing."""
        if any("://" in value for value in values.values()):
            return "url"
        return "length" if any(len(v) > self.rules.value_limit for v in values.values()) else ""

    def take(self, number: str, content: str, *, template: str, own_id: str) -> Text:
        """Accept a message, and report what became of it."""
        at = clock.now()
        with self._lock:
            provider_id = f"{self.name[:2].upper()}{next(self._numbers):014d}^0"
            text = Text(number, content, template, provider_id, own_id, at)
            self.texts.append(text)
            self._sent[number].append(at)
        is_delivered = not number.endswith((OFF, GONE))
        code = "GONE" if number.endswith(GONE) else "OFF"
        code = "" if is_delivered else code
        self._tell(self.report_of(text, is_delivered=is_delivered, code=code))
        return text

    def is_stale(self, told: datetime) -> bool:
        """Whether a call was signed too long ago, or too far ahead."""
        return abs(clock.now() - told) > _SKEW

    def _shown(self, request: Request) -> Answer:
        """For people who try it: what telephones got, an answer from one, the fault switches."""
        wish = request.content if request.method == "POST" else {}
        if request.path == "/reply" and wish:
            self.answer(str(wish["number"]), str(wish["text"]))
        elif request.path == "/faults" and wish:
            times = wish.get("times", 1)
            self.faults.arm(
                Fault(wish["fault"]),
                times=None if times is None else int(times),
                share=float(wish.get("share", 1)),
            )
        elif request.path == "/faults" and request.method == "DELETE":
            self.faults.disarm()
        if request.path == "/faults":
            return Answer(200, json.dumps(self.faults.armed()).encode())
        told = [
            {"number": one.number, "content": one.content, "segments": one.segments}
            for one in self.texts[-_SHOWN:]
        ]
        return Answer(200, json.dumps(told, ensure_ascii=False).encode())

    def _tell(self, body: bytes) -> None:
        letter = Letter({"Content-Type": "application/json;charset=utf-8"}, body)
        self.messenger.tell(
            self.callback_url,
            write=lambda: letter,
            is_taken=lambda status, answer: status == 200 and b"0" in answer,
        )

    def _answer(self, request: Request) -> Answer:
        if request.path in ("/texts", "/reply", "/faults"):
            return self._shown(request)
        if request.method != "POST":
            return Answer(405)
        self.calls.append(request)
        if self.faults.strikes(Fault.SERVER_ERROR):
            return Answer(500, b"<html>500</html>", "text/html")
        if self.faults.strikes(Fault.TOO_MANY):
            return Answer(429, b"{}", headers={"Retry-After": "7"})
        answer = self.called(request)
        if self.faults.strikes(Fault.DROP_ANSWER):
            raise LineBroken
        return answer
