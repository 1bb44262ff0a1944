"""What may not be kept of an event: identity numbers, card numbers, precise places, our own keys.

Fields on the deny-list are dropped; an event that carries a card number anywhere is refused
(PIPL article 6, data minimisation).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

# Compared without case, spaces, hyphens and underscores.
DENIED: Final = frozenset(
    {
        "身份证", "身份证号", "身份证号码", "银行卡号", "卡号", "护照号",
        "idcard", "idcardno", "idcardnumber", "identitycard", "identitynumber", "nationalid",
        "citizenid", "ssn", "socialsecuritynumber", "passport", "passportno", "passportnumber",
        "cardnumber", "cardno", "bankcard", "bankcardno", "bankcardnumber", "creditcard",
        "creditcardnumber", "pan", "cvv", "cvv2", "cvc",
        "latitude", "longitude", "lat", "lng", "lon", "gps", "geolocation",
        "writekey",
    }
)  # fmt: skip
# Names of fields seen so far that are not denied; a sender has few, and sends them every time.
_INNOCENT_AT_MOST: Final = 10_000
_innocent: set[str] = set()
_SEPARATORS: Final = str.maketrans("", "", " -_")
# A quick look first: thirteen or more digits, with or without separators.
_ALIKE: Final = bytes.maketrans(b"0123456789 -", b"0" * 12)
_THIRTEEN: Final = b"0" * 13
_RUN: Final = re.compile(rb"0{13,}")
_DIGITS: Final = re.compile(rb"(?<![\w.-])[2-6]\d(?:[ -]?\d){11,17}(?![\w-])")
# Prefix and lengths of the card schemes (ISO/IEC 7812): Visa, Mastercard, American Express,
# Discover, JCB, Diners, UnionPay, Maestro.
_SCHEMES: Final = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6(?:011|5|4[4-9])"), {16, 17, 18, 19}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16, 17, 18, 19}),
    (re.compile(r"3(?:0[0-5]|[689])"), {14, 16, 19}),
    (re.compile(r"62"), {16, 17, 18, 19}),
    (re.compile(r"5[06-8]|6[37]"), {13, 14, 15, 16, 17, 18, 19}),
)


def card_numbers(raw: bytes) -> Iterator[bytes]:
    """The runs of digits that are card numbers: a scheme's prefix and length, and a Luhn sum."""
    alike = raw.translate(_ALIKE)
    if _THIRTEEN not in alike:
        return
    for run in _RUN.finditer(alike):
        for found in _DIGITS.finditer(raw, run.start(), run.end() + 1):
            digits = found[0].translate(None, b" -").decode()
            fits = any(
                len(digits) in lengths and start.match(digits) for start, lengths in _SCHEMES
            )
            if fits and luhn_holds(digits):
                yield found[0]


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def masked(raw: bytes) -> bytes:
    """The text with every card number made unreadable."""
    for number in set(card_numbers(raw)):
        raw = raw.replace(number, b"*" * len(number))
    return raw


def without_denied(raw: bytes) -> bytes:
    """The message without the fields of the deny-list, at any depth; itself where it has none."""
    content = msgspec.json.decode(raw)
    if _is_innocent(content) or not _drop_denied(content):
        return raw
    return msgspec.json.encode(content)


def _is_innocent(content: Any) -> bool:
    """Whether every field, at any depth, is known to be harmless. Asked of every event."""
    if content.__class__ is dict:
        if not _innocent.issuperset(content):
            return False
        content = content.values()
    elif content.__class__ is not list:
        return True
    for one in content:
        kind = one.__class__
        if (kind is dict or kind is list) and one and not _is_innocent(one):
            return False
    return True


def _drop_denied(content: Any) -> int:
    """Drop denied fields in place; how many there were."""
    if isinstance(content, list):
        return sum(map(_drop_denied, content))
    if not isinstance(content, dict):
        return 0
    denied = [name for name in content if _is_denied(name)]
    for name in denied:
        del content[name]
    return len(denied) + sum(map(_drop_denied, content.values()))


def _is_denied(name: str) -> bool:
    if name.lower().translate(_SEPARATORS) in DENIED:
        return True
    if len(_innocent) < _INNOCENT_AT_MOST:
        _innocent.add(name)
    return False
