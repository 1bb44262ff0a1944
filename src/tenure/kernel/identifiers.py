"""Public identifiers: a prefix that says what it is, then 26 characters that sort by birth.

`new_id` is laid out like UUID version 7 (RFC 9562); `stable_id` is a digest of what it names, for
rows that must get the same identifier each time they are imported. Both are written in Crockford's
base 32, lower case, so that they can be read aloud and selected by a double click.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from tenure.kernel.clock import to_us

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_LENGTH = 26
_RANDOM_BYTES = 10
# What every database and every calendar can count.
_MOST_DIGITS = 15


def whole(text: str) -> int:
    """The number that somebody wrote into a form or an address; 0 where it is none.

    Only the digits 0 to 9 count, and no more of them than a row's number ever has.
    """
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else 0


def new_id(
    prefix: str, at: datetime, *, entropy: Callable[[int], bytes] = secrets.token_bytes
) -> str:
    """A fresh identifier such as `cus_01jd…`, later ones sorting after earlier ones.

    Args:
        prefix: lower-case letters saying what kind of row it is.
        at: the row's birth; milliseconds count.
        entropy: gives that many bytes; pass a seeded generator's `randbytes` in a rehearsal.
    """
    chance = int.from_bytes(entropy(_RANDOM_BYTES)) & ((1 << 74) - 1)
    number = (to_us(at) // 1000) << 80 | 0x7 << 76 | (chance >> 62) << 64
    number |= 0b10 << 62 | chance & ((1 << 62) - 1)
    return _written(prefix, number)


def stable_id(prefix: str, *parts: str | int) -> str:
    """The identifier that these parts always get; parts cannot run into one another."""
    assert parts, "an identifier names something"
    named = "".join(f"{len(str(part))}:{part}" for part in parts)
    digest = hashlib.sha256(f"{prefix}|{named}".encode()).digest()
    return _written(prefix, int.from_bytes(digest[:16]))


def _written(prefix: str, number: int) -> str:
    assert set(prefix) <= _LETTERS, "a prefix is plain lower-case letters"
    digits = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits))}"
