"""One signed request to one endpoint, and what was answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol

import httpx
from standardwebhooks.webhooks import Webhook

from tenure.act.webhooks.guard import ForbiddenAddress, Guard, Resolver, addresses_of
from tenure.kernel.clock import monotonic_seconds
from tenure.records.webhooks.rules import Answered

SECONDS: Final = 15.0
MOST_ANSWER_BYTES: Final = 4_096
AGENT: Final = "Tenure-Webhooks/1"
_HTTPS_PORT: Final = 443
_HTTP_PORT: Final = 80


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent: where, under which id, the exact text and the secrets that sign it."""

    url: str
    message_id: str
    body: str
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends letters: judged addresses only, no redirects, at most so many seconds."""

    guard: Guard = field(default_factory=Guard)
    resolve: Resolver = addresses_of
    seconds: float = SECONDS
    trusts: bool | str = True  # certificates: the system's, or a file of them

    def send(self, letter: Letter, *, at: datetime) -> Answered:
        """Send once. What failed before an answer is told by a name, never raised."""
        begun = monotonic_seconds()
        try:
            self.guard.check_url(letter.url)
            status, answer = self._ask(letter, at=at, until=begun + self.seconds)
            answered = Answered(status, answer=answer)
        except ForbiddenAddress:
            answered = Answered(None, "forbidden_address")
        except httpx.TimeoutException:
            answered = Answered(None, "timeout")
        except httpx.HTTPError as failure:
            answered = Answered(None, type(failure).__name__.lower()[:40])
        took_ms = int((monotonic_seconds() - begun) * 1_000)
        return Answered(answered.status, answered.failure, answered.answer, took_ms)

    def _ask(self, letter: Letter, *, at: datetime, until: float) -> tuple[int, str]:
        transport = Pinned(self.guard, self.resolve, verify=self.trusts)
        with httpx.Client(
            transport=transport, timeout=self.seconds, follow_redirects=False, trust_env=False
        ) as client:
            content, headers = letter.body.encode(), headers_of(letter, at=at)
            with client.stream("POST", letter.url, content=content, headers=headers) as response:
                return response.status_code, _beginning(response, until=until)


class Judge(Protocol):
    """Whoever says which address of a host may be asked."""

    def judged_address(self, url: str, *, host: str, port: int, resolve: Resolver) -> str:
        """The address to connect to; refuses what may not be asked."""


class Pinned(httpx.HTTPTransport):
    """Connects to the address that was judged, and still asks for the host by its name."""

    def __init__(self, judge: Judge, resolve: Resolver, *, verify: bool | str = True) -> None:
        super().__init__(verify=verify, retries=0)
        self._judge, self._resolve = judge, resolve

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        port = request.url.port or (_HTTPS_PORT if request.url.scheme == "https" else _HTTP_PORT)
        address = self._judge.judged_address(
            str(request.url), host=host, port=port, resolve=self._resolve
        )
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return super().handle_request(request)


def headers_of(letter: Letter, *, at: datetime) -> Mapping[str, str]:
    """The three headers of Standard Webhooks, with a signature for each secret (R-E-010)."""
    moment = at.astimezone(UTC)
    signatures = [
        Webhook(one).sign(letter.message_id, moment, letter.body) for one in letter.secrets
    ]
    return {
        "content-type": "application/json",
        "user-agent": AGENT,
        "webhook-id": letter.message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
        **_as_cloud_event(letter),
    }


def _as_cloud_event(letter: Letter) -> Mapping[str, str]:
    """The same call read as a CloudEvent in binary mode, one to one (R-E-009)."""
    told = json.loads(letter.body)
    customer = told.get("data", {}).get("customer", "")
    return {
        "ce-specversion": "1.0",
        "ce-id": letter.message_id,
        "ce-source": "urn:tenure",
        "ce-type": f"tenure.{told.get('type', '')}",
        "ce-time": str(told.get("timestamp", "")),
        **({"ce-subject": customer} if customer else {}),
    }


def _beginning(response: httpx.Response, *, until: float) -> str:
    """The first 4 KB of an answer; a server that drips is left when the time is over."""
    found = b""
    for part in response.iter_bytes():
        found += part
        if len(found) >= MOST_ANSWER_BYTES or monotonic_seconds() > until:
            break
    return found[:MOST_ANSWER_BYTES].decode("utf-8", "replace").replace("\x00", "")
