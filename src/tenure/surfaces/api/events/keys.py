"""Who is sending: a write key in the user name of Basic authentication, or in the body."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from threading import Lock

from django.http import HttpRequest

from tenure.kernel.clock import monotonic_seconds
from tenure.observe.intake.models import Source
from tenure.observe.intake.queries import hash_of, source_by_hash

# A closed source is turned away after this long in every process.
REMEMBERED_SECONDS = 5.0
_REMEMBERED_AT_MOST = 1_000

_remembered: dict[str, tuple[float, Source]] = {}
_lock = Lock()


def write_key_of(request: HttpRequest) -> str:
    """The key in the header; empty where there is none."""
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(coded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def sender(write_key: str) -> Source | None:
    """The open source that writes with this key."""
    if not write_key:
        return None
    hashed = hash_of(write_key)
    source = _remember(hashed)
    if source is None or not hmac.compare_digest(source.write_key_hash, hashed):
        return None
    return source


def _remember(hashed: str) -> Source | None:
    now = monotonic_seconds()
    known = _remembered.get(hashed)
    if known is not None and now < known[0]:
        return known[1]
    source = source_by_hash(hashed)
    with _lock:
        _remembered.pop(hashed, None)
        if source is not None:
            if len(_remembered) >= _REMEMBERED_AT_MOST:
                _remembered.clear()
            _remembered[hashed] = (now + REMEMBERED_SECONDS, source)
    return source
