"""Codes of coupons: short enough to type, long enough that nobody guesses one."""

from __future__ import annotations

from typing import Final

# Crockford's base 32: no I, L, O or U to mistake for something else.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _LETTERS = 3, 4


def coupon_code(digest: bytes) -> str:
    """The code of a coupon, such as K7QW-9M2X-4TRB: the first 60 bits of a secret digest.

    Args:
        digest: at least 8 bytes that depend on the term and step, and on a secret.
    """
    number = int.from_bytes(digest[:8])
    letters = [_ALPHABET[number >> 5 * place & 31] for place in range(_GROUPS * _LETTERS)]
    groups = [letters[start : start + _LETTERS] for start in range(0, len(letters), _LETTERS)]
    return "-".join("".join(group) for group in groups)
