"""Opaque names for one message in the outside world: nobody can guess or change them."""

import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SEAL_LENGTH = 16


def token_of(message_id: int, *, purpose: str) -> str:
    """The token of a message for one purpose ("bounce", "unsubscribe"); lower case, no signs."""
    number = _written(message_id)
    return f"{number}u{_seal(number, purpose)}"


def message_of(token: str, *, purpose: str) -> int | None:
    """The message that a token names, or None where it is not one of ours for this purpose."""
    number, parted, seal = token.lower().partition("u")
    if not parted or not number or set(number) - set(_ALPHABET):
        return None
    if not constant_time_compare(seal, _seal(number, purpose)):
        return None
    message_id = 0
    for digit in number:
        message_id = message_id * 32 + _ALPHABET.index(digit)
    return message_id


def _seal(number: str, purpose: str) -> str:
    key = _key(purpose, settings.SECRET_KEY)
    return hmac.digest(key, number.encode(), "sha256").hex()[:_SEAL_LENGTH]


@lru_cache(maxsize=64)
def _key(purpose: str, secret: str) -> bytes:
    """The key of one purpose, as Django's `salted_hmac` makes it."""
    return hashlib.sha256(f"tenure.messages.{purpose}{secret}".encode()).digest()


def _written(number: int) -> str:
    assert number > 0, "a stored message has a number"
    written = ""
    while number:
        number, pair = divmod(number, 1_024)
        written = _PAIRS[pair] + written
    return written.lstrip("0")
