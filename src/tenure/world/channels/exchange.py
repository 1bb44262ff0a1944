"""What every played provider has in common: it answers calls, goes wrong on request, and tells."""

import json
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

from tenure.kernel import clock
from tenure.world.gateways.delivery import Letter, Messenger
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.serving import Answer, LineBroken, Request, Server

SKEW: Final = timedelta(minutes=15)
_SHOWN: Final = 100
_FOR_PEOPLE: Final = ("/texts", "/reply", "/faults")


class Exchange:
    """One provider on the loopback. A subclass speaks its protocol."""

    name: ClassVar[str]
    schedule_s: ClassVar[Sequence[float]] = (60, 300, 300)
    #: Nobody else's calls are answered at all.
    methods: ClassVar[frozenset[str]] = frozenset({"POST"})

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.faults = Faults(seed=seed)
        self.late_s = 20.0  # longer than whoever calls waits for an answer
        self.messenger = Messenger(self.schedule_s, pace=pace, faults=self.faults)
        self.callback_token = f"callback-{self.name}"
        self.home = ""
        self.calls: list[Request] = []
        self.lock = threading.Lock()
        self.server = self.opened(port)

    def opened(self, port: int) -> Server:
        """Begin to listen."""
        return Server(self.answered, port=port)

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

    def is_sending(self, request: Request) -> bool:
        """Whether a call sends something; only those go wrong on request."""
        return True

    def shown(self) -> list[dict[str, object]]:
        """What readers got, for people who try it."""
        raise AssertionError(f"{self.name} shows what it took")

    def answer(self, number: str, content: str) -> None:
        """Somebody writes back."""
        raise AssertionError(f"nobody writes back to {self.name}: {number}, {content}")

    # What happens at the provider.

    def is_stale(self, told: datetime) -> bool:
        """Whether a call was signed too long ago, or too far ahead."""
        return abs(clock.now() - told) > SKEW

    def tell(self, body: bytes, *, content_type: str = "application/json;charset=utf-8") -> None:
        """Report to the customer's program, again and again until it heard."""
        letter = Letter({"Content-Type": content_type}, body)
        self.messenger.tell(
            self.callback_url,
            write=lambda: letter,
            is_taken=lambda status, answer: (
                status == 200 and (b"0" in answer or answer == b"success")
            ),
        )

    def answered(self, request: Request) -> Answer:
        """Answer, or go wrong as it was asked to."""
        if request.path in _FOR_PEOPLE:
            return self._shown(request)
        if request.method not in self.methods:
            return Answer(405)
        self.calls.append(request)
        if not self.is_sending(request):
            return self.called(request)
        if self.faults.strikes(Fault.SERVER_ERROR):
            return Answer(500, b"<html>500</html>", "text/html")
        if self.faults.strikes(Fault.TOO_MANY):
            return Answer(429, b"{}", headers={"Retry-After": "7"})
        answer = self.called(request)
        if self.faults.strikes(Fault.DROP_ANSWER):
            raise LineBroken
        if self.faults.strikes(Fault.TIME_OUT):
            time.sleep(self.late_s)
        return answer

    def _shown(self, request: Request) -> Answer:
        """For people who try it: what readers got, an answer from one, the fault switches."""
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
        return Answer(200, json.dumps(self.shown()[-_SHOWN:], ensure_ascii=False).encode())
