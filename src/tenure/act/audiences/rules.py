"""How each platform wants identifiers written before they are hashed, and who is left out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.act.channels.sms.numbers import MAINLAND, e164, national

#: The purpose of a consent that allows it; nobody is shared by any other one (R-P-001).
PURPOSE: Final = "sharing"
#: The channels whose addresses identify somebody to a platform, by the kind of identifier.
KINDS: Final = {"email": "email", "sms": "phone", "phone": "phone"}
HOME: Final = "CN"
_DOTLESS: Final = frozenset({"gmail.com", "googlemail.com"})
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Platform(StrEnum):
    """Whose rules of writing are followed."""

    GOOGLE = "google"  # Customer Match
    META = "meta"  # Custom Audiences
    MAINLAND = "mainland"  # platforms of the mainland: the number alone

    @property
    def is_abroad(self) -> bool:
        """Whether what it is told leaves the mainland (R-P-011)."""
        return self is not Platform.MAINLAND

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The head of each column of its file, and the kind of identifier below it."""
        if self is Platform.GOOGLE:
            return (("Email", "email"), ("Phone", "phone"))
        if self is Platform.META:
            return (("email", "email"), ("phone", "phone"))
        return (("mobile_sha256", "phone"),)


class Left(StrEnum):
    """Why somebody of a segment is not told to a platform."""

    NO_CONSENT = "no_consent"
    MINOR = "minor"
    HOLDOUT = "holdout"
    NOT_PERSONALISED = "not_personalised"
    CROSS_BORDER = "cross_border"
    NO_IDENTIFIER = "no_identifier"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so about one person; `allowed` are the addresses that may be told, by kind."""

    country: str
    is_minor: bool
    is_in_holdout: bool
    is_personalised: bool
    has_consent: bool
    allowed: tuple[tuple[str, str], ...]


def left_out(standing: Standing, *, platform: Platform) -> Left | None:
    """Why a person is not told to a platform; None where somebody may be."""
    if not standing.has_consent:
        return Left.NO_CONSENT
    if standing.is_minor:
        return Left.MINOR
    if standing.is_in_holdout:
        return Left.HOLDOUT
    if not standing.is_personalised:
        return Left.NOT_PERSONALISED
    if platform.is_abroad and standing.country == HOME:
        return Left.CROSS_BORDER
    return None


def written(address: str, kind: str, *, platform: Platform) -> str:
    """An address as a platform wants it before hashing; empty where it cannot be one.

    E-mail: trimmed, lower case; for Google without the dots and the tag of a Gmail address.
    Telephone: E.164 for Google, its digits for Meta, eleven digits for platforms of the mainland.
    """
    if kind == "phone":
        return _phone(address, platform)
    plain = address.strip().lower()
    if not _ADDRESS.fullmatch(plain):
        return ""
    box, _, domain = plain.rpartition("@")
    if platform is Platform.GOOGLE and domain in _DOTLESS:
        box = box.partition("+")[0].replace(".", "")
    return f"{box}@{domain}"


def _phone(address: str, platform: Platform) -> str:
    number = e164(address)
    if platform is Platform.META:
        return number.lstrip("+")
    if platform is Platform.MAINLAND:
        return national(number) if number.startswith(MAINLAND) else ""
    return number


def digest(text: str) -> str:
    """SHA-256 in lower-case hexadecimal, as every platform asks."""
    return hashlib.sha256(text.encode()).hexdigest()
