"""Postal addresses as one line of text: what can be printed on an envelope, and what cannot.

A contact point of the channel `letter` holds the whole address in one text; lines are parted by a
line break, a semicolon or a bar. Who lives there is the person's own name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

#: What fits the window of an envelope below the name.
MOST_LINES: Final = 4
MOST_WIDTH: Final = 44
_PARTED: Final = re.compile(r"\s*[\n;；|｜]\s*")
_CN_CODE: Final = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_CN_PLACE: Final = re.compile(r"[\u4e00-\u9fff]")
_CN_HOUSE: Final = re.compile(r"\d+\s*(?:号|弄|室|幢|栋|座|楼|单元|层)|[村组屯寨]|信箱")
_ANY_NUMBER: Final = re.compile(r"\d")
_LETTER: Final = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Lines as they stand below the name, and the post code where it is told."""

    lines: tuple[str, ...]
    post_code: str = ""


def read(text: str) -> PostalAddress | None:
    """The address in a text, or None where no letter could arrive (R-C-035).

    A Chinese address needs a place and a house, any other one a name, a number and two parts.
    """
    if any(unicodedata.category(one) in ("Cc", "Cf") for one in text.replace("\n", ";")):
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    parts = [one for one in _PARTED.split(plain) if one]
    is_chinese = _CN_PLACE.search(plain) is not None
    whole = _chinese(plain) if is_chinese else _foreign(parts)
    lines = tuple(piece for one in parts for piece in wrapped(one))
    if not whole or not 1 <= len(lines) <= MOST_LINES:
        return None
    code = _CN_CODE.search(plain) if is_chinese else None
    return PostalAddress(lines, code.group(1) if code else "")


def wrapped(line: str, *, most: int = MOST_WIDTH) -> list[str]:
    """A line in pieces that fit, where a Chinese character is two wide."""
    pieces, piece, width = [], "", 0
    for one in line:
        wide = 2 if unicodedata.east_asian_width(one) in "WF" else 1
        if width + wide > most:
            pieces.append(piece.strip())
            piece, width = "", 0
        piece, width = piece + one, width + wide
    return [*pieces, piece.strip()] if piece.strip() else pieces


def _chinese(text: str) -> bool:
    return len(_CN_PLACE.findall(text)) >= 4 and _CN_HOUSE.search(text) is not None


def _foreign(parts: list[str]) -> bool:
    told = [piece for one in parts for piece in one.split(",") if piece.strip()]
    text = " ".join(told)
    return len(told) >= 2 and bool(_ANY_NUMBER.search(text)) and bool(_LETTER.search(text))
