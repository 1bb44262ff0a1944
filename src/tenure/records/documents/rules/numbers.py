"""How a document is named: RC-2026-000001 (R-I-009)."""

import re
from dataclasses import dataclass
from typing import Final

PREFIXES: Final = {"receipt": "RC", "credit_note": "CN", "statement": "ST", "quote": "QU"}
_NUMBER = re.compile(r"(?:([A-Z0-9]+)-)?([A-Z]{2})-(\d{4})-(\d{6,})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """One series of numbers: a legal entity, a kind of document and a year."""

    entity: str
    kind: str
    year: int


def number_text(place: Place, sequence: int, *, prefix: str = "") -> str:
    """The printed number; an entity's own prefix stands in front."""
    own = f"{prefix}-" if prefix else ""
    return f"{own}{PREFIXES[place.kind]}-{place.year:04d}-{sequence:06d}"


def is_number(text: str) -> bool:
    """Whether a text is shaped like one of our numbers."""
    return _NUMBER.fullmatch(text) is not None
