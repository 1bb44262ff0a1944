"""Telephone numbers as providers want them, and as people wrote them down."""

import re
import unicodedata
from typing import Final

_NOISE = re.compile(r"[\s().\-/]+")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_MAINLAND = re.compile(r"1\d{9,10}")
MAINLAND: Final = "+86"


def e164(address: str) -> str:
    """A number with its country, or nothing where it cannot be one; 1… alone is the mainland's."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", address))
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if not plain.startswith("+"):
        plain = plain if not plain.startswith("86") or len(plain) < 12 else plain[2:]
        plain = f"{MAINLAND}{plain}" if _MAINLAND.fullmatch(plain) else ""
    return plain if _E164.fullmatch(plain) else ""


def national(number: str) -> str:
    """A mainland number without its country, any other one as digits: how Aliyun names them."""
    return number.removeprefix(MAINLAND) if number.startswith(MAINLAND) else number.lstrip("+")


def spellings(number: str) -> tuple[str, ...]:
    """The ways in which an address book may hold a number."""
    digits = number.lstrip("+")
    return tuple(dict.fromkeys((number, national(number), digits, f"00{digits}")))
