"""The reference of a transfer, and the matching of a statement's lines to payments.

People type references: with spaces or without, in small letters, with a nought for an O. A
reference is the end of the payment's number, of letters and of digits that look like none of
them, so that every such slip can be undone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tenure.kernel.money import Money

#: 60 bits of chance: of a million open payments two share a reference once in two million years.
REFERENCE_LETTERS: Final = 12
_GROUP: Final = 4
_SLIPS: Final = str.maketrans("0189", "OIBG")
_NOISE = re.compile(r"[^0-9A-Z]")


class Match(StrEnum):
    """What a line of a statement turned out to be."""

    PAID = "paid"
    AMOUNT_DIFFERS = "amount_differs"
    AGAIN = "again"  # a second transfer for a payment that another line has paid
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One transfer that came in; `line_id` is the bank's own, the same in every download."""

    line_id: str
    on: date
    amount: Money
    text: str
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A payment that waits for its transfer."""

    number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Matched:
    """One line, and the payment that it names; no number where it names none."""

    line: StatementLine
    match: Match
    number: str = ""


def reference_of(number: str, *, prefix: str = "") -> str:
    """What the payer writes: a prefix, and the end of the payment's number in groups of four."""
    end = number[-REFERENCE_LETTERS:]
    groups = [end[start : start + _GROUP] for start in range(0, len(end), _GROUP)]
    return " ".join([prefix, *groups] if prefix else groups)


def matched(lines: Sequence[StatementLine], expected: Iterable[Expected]) -> list[Matched]:
    """Each line with the payment that its text refers to and whether the amount is right.

    A line pays only with the exact amount in the payment's currency; nothing is guessed from
    names or from amounts alone. Of two lines for one payment the first pays.
    """
    waiting = {_plain(one.number[-REFERENCE_LETTERS:]): one for one in expected}
    taken: set[str] = set()
    found = []
    for line in lines:
        one = _match(line, waiting, taken=taken)
        if one.match is Match.PAID:
            taken.add(one.number)
        found.append(one)
    return found


def _match(line: StatementLine, waiting: Mapping[str, Expected], *, taken: set[str]) -> Matched:
    text = _plain(line.text)
    ends = {text[start : start + REFERENCE_LETTERS] for start in range(len(text))}
    named = [waiting[end] for end in sorted(ends & waiting.keys())]
    if len(named) != 1:
        return Matched(line, Match.UNKNOWN)
    number = named[0].number
    if number in taken:
        return Matched(line, Match.AGAIN, number)
    is_right = line.amount == named[0].amount
    return Matched(line, Match.PAID if is_right else Match.AMOUNT_DIFFERS, number)


def _plain(text: str) -> str:
    """A text as it is compared: capitals and digits, the slips of the eye undone."""
    return _NOISE.sub("", text.upper()).translate(_SLIPS)
