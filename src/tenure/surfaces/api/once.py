"""`Idempotency-Key`: a request that changes something is done once, however often it is sent.

After draft-ietf-httpapi-idempotency-key-header (R-E-020). The four answers: the first time the
work is done; a repetition is told the stored answer with `Idempotency-Replayed: true`; the same
key for another request is refused with 422; while the first is under way, 409.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from tenure.kernel import clock
from tenure.records.calls.actions import answer, begin, let_go
from tenure.records.calls.models import Call
from tenure.records.calls.rules import MOST_KEY_LENGTH, Asked, Said, fingerprint_of
from tenure.records.keys.models import ApiKey

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
LEAST_FAILURE: Final = 500
# What the document says of an operation that needs a key.
IDEMPOTENT: Final = {
    "parameters": [
        {
            "name": HEADER,
            "in": "header",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            "description": "the same for each repetition of this very request",
        }
    ]
}


class KeyMissing(Exception):
    """A request that changes something came without a key, or with one that is none."""


class Replayed(Exception):
    """The request was answered before: this is the answer."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.pk)
        self.response = HttpResponse(
            call.body, status=call.http_status, content_type=call.media_type
        )
        self.response.headers[REPLAYED] = "true"


def once[**P](operation: Callable[P, Any]) -> Callable[P, Any]:
    """Let an operation of the API run once for a key; its first argument is the request."""

    @wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> Any:
        request = args[0]
        assert isinstance(request, HttpRequest), "an operation's first argument is the request"
        call = begin(_asked(request), at=clock.now())
        if call.leased_until is None:
            raise Replayed(call)
        request.call = call  # type: ignore[attr-defined]
        return operation(*args, **kwargs)

    return run


def call_name(request: HttpRequest) -> str:
    """The name under which the effects of a request are unique: `api:<key>:<idempotency key>`."""
    call: Call = request.call  # type: ignore[attr-defined]
    return f"api:{call.api_key_id}:{call.idempotency_key}"


def keep_answer(request: HttpRequest, response: HttpResponse) -> None:
    """Store what a request was answered; our own failure is no answer, and may be repeated."""
    call: Call | None = getattr(request, "call", None)
    if call is None or REPLAYED in response.headers:
        return
    if response.status_code >= LEAST_FAILURE:
        let_go(call)
        return
    body = response.content.decode()
    media_type = response.headers.get("Content-Type", "application/json")
    answer(call, Said(response.status_code, media_type, body))


def _asked(request: HttpRequest) -> Asked:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    named = request.headers.get(HEADER, "").strip().strip('"')
    if not named or len(named) > MOST_KEY_LENGTH or not named.isprintable():
        raise KeyMissing
    method = request.method or ""
    return Asked(key.pk, named, fingerprint_of(method, request.get_full_path(), body=request.body))
