"""Opaque names for one message in the outside world: nobody can guess or change them."""

import hmac
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
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
    seal = _unsealed(purpose, settings.SECRET_KEY).copy()
    seal.update(number.encode())
    return seal.hexdigest()[:_SEAL_LENGTH]


@lru_cache(maxsize=64)
def _unsealed(purpose: str, secret: str) -> hmac.HMAC:
    """Everything of a seal but the number, which is most of its work."""
    return salted_hmac(f"tenure.messages.{purpose}", "", secret=secret, algorithm="sha256")


def _written(number: int) -> str:
    assert number > 0, "a stored message has a number"
    digits = []
    while number:
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
