"""How Stripe reads forms, keeps idempotent results, and signs webhooks (R-Y-041, R-Y-042)."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tenure.kernel import clock
from tenure.world.gateways.delivery import Letter
from tenure.world.gateways.faults import Fault, Faults
from tenure.world.gateways.serving import Answer, Request

_OLD: Final = timedelta(minutes=10)
_KEYS = re.compile(r"[^\[\]]+")


@dataclass(slots=True)
class Results:
    """What was answered to each Idempotency-Key, as long as the gateway runs."""

    kept: dict[str, tuple[str, Answer]] = field(default_factory=dict)

    def once(self, request: Request, *, work: Callable[[], Answer]) -> Answer:
        """The answer that the key had before, or the one of doing the work now."""
        key = request.headers.get("idempotency-key", "")
        if not key or request.method != "POST":
            return work()
        digest = hashlib.sha256(request.target.encode() + request.body).hexdigest()
        if key in self.kept:
            before, answer = self.kept[key]
            return answer if before == digest else problem(400, "idempotency_error")
        answer = work()
        self.kept[key] = (digest, answer)
        return answer


def fields_of(request: Request) -> dict[str, Any]:
    """A form with brackets in its names as nested objects; numbered places become a list."""
    found: dict[str, Any] = {}
    for name, value in {**request.query, **request.form}.items():
        *path, last = _KEYS.findall(name)
        place = found
        for key in path:
            place = place.setdefault(key, {})
        place[last] = value
    return found


def shown(content: Mapping[str, Any], *, status: int = 200) -> Answer:
    """An object as an answer."""
    return Answer(status, json.dumps(content).encode(), "application/json")


def problem(status: int, kind: str, **more: Any) -> Answer:
    """A refusal as Stripe writes it."""
    return shown({"error": {"type": kind, "message": kind, **more}}, status=status)


def letter(event: Mapping[str, Any], *, secret: str, faults: Faults) -> Letter:
    """A webhook, signed now."""
    at = clock.now()
    if faults.strikes(Fault.OLD_TIMESTAMP):
        at -= _OLD
    if faults.strikes(Fault.BAD_SIGNATURE):
        secret = f"{secret}-of-a-stranger"
    stamp, body = int(at.timestamp()), json.dumps(event).encode()
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Stripe-Signature": f"t={stamp},v1={digest}"}
    return Letter(headers, body)
