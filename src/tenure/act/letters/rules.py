"""The life of a letter on paper, its number, and why something cannot be done with one."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from tenure.act.letters.states import LetterState
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle


class LetterVerb(StrEnum):
    """What may happen to a letter."""

    HAND_OVER = "be handed over"
    RETURN = "come back"
    DROP = "be dropped"


LETTER: Final = Lifecycle(
    {
        (LetterState.PRINTED, LetterVerb.DROP): LetterState.DROPPED,
        (LetterState.PRINTED, LetterVerb.HAND_OVER): LetterState.HANDED_OVER,
        (LetterState.HANDED_OVER, LetterVerb.RETURN): LetterState.RETURNED,
    },
    name="letter",
    start=LetterState.PRINTED,
)
#: Why the post brings a letter back; each but the last says that nobody is there any more.
RETURNS: Final = {
    "moved": Sentence(zh="迁移新址不明", en="moved away"),
    "unknown": Sentence(zh="查无此人", en="addressee unknown"),
    "no_such_address": Sentence(zh="地址不详", en="no such address"),
    "refused": Sentence(zh="收件人拒收", en="refused by the reader"),
}
_NUMBER: Final = re.compile(r"L?(\d{8})-(\d{1,3})-(\d{1,4})", re.IGNORECASE)


class NothingToPrint(Refusal):
    """No letter waits."""

    code = "nothing_to_print"
    said = Sentence(zh="没有等待打印的信函。", en="No letter waits to be printed.")


class NoSuchLetter(Refusal):
    """A number that stands on no letter."""

    code = "no_such_letter"
    said = Sentence(
        zh="没有编号为“{number}”的信函；编号印在信函页脚，例如 L20260615-1-3。",
        en="There is no letter “{number}”; the number stands at its foot, such as L20260615-1-3.",
    )


def batch_number(on: date, number: int) -> str:
    """How a batch is named: its day and its place among those of the day."""
    return f"{on:%Y%m%d}-{number}"


def letter_number(batch: str, place: int) -> str:
    """What stands at the foot of a letter."""
    return f"L{batch}-{place}"


def parts_of(number: str) -> tuple[str, int] | None:
    """The batch and the place that a number at the foot of a letter names."""
    found = _NUMBER.fullmatch(number.strip())
    return (f"{found.group(1)}-{int(found.group(2))}", int(found.group(3))) if found else None
