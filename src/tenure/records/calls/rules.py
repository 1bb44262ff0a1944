"""When a request may begin, and which was there before."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tenure.kernel.failures import Refusal, Sentence

# The draft of the IETF asks for a day; a weekend's retries come later.
KEPT_FOR: Final = timedelta(hours=72)
# Longer than any request of the API takes; what died is done again after it.
WORKED_ON_FOR: Final = timedelta(minutes=2)
MOST_KEY_LENGTH: Final = 255


class CallInProgress(Refusal):
    """The same request is being worked on at this moment."""

    code = "idempotency_in_progress"
    said = Sentence(
        zh="同一个 Idempotency-Key 的请求正在处理；请稍后用同样的内容重试。",
        en="A request with this Idempotency-Key is being worked on; "
        "repeat it, unchanged, in a moment.",
    )


class KeyReused(Refusal):
    """A key that stood for another request."""

    code = "idempotency_key_reused"
    said = Sentence(
        zh="这个 Idempotency-Key 已用于另一个请求；每个新请求请使用新的键。",
        en="This Idempotency-Key stood for another request; take a new key for each new request.",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is told apart from others: whose, under which key, and what exactly."""

    api_key_id: int
    idempotency_key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a request was answered, to the letter."""

    http_status: int
    media_type: str
    body: str


def fingerprint_of(method: str, address: str, *, body: bytes) -> str:
    """The same for the same request only: method, address with its query, and body."""
    digest = hashlib.sha256()
    for part in (method.encode(), address.encode(), body):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
