"""Fill plain templates without walking a tree of objects for each reader.

Most templates are words, slots and `{% if slot %}`. Those are taken apart once and joined anew for
each reader, as Liquid would write them. Whatever else stands in one, or is unknown of a reader, is
left to Liquid, which also says what is wrong.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: Liquid writes no longer text; a shorter template than this cannot come near with plain slots.
_MOST_CHARACTERS: Final = 4_000
_MOST_IN_A_SLOT: Final = 400
_TOKEN: Final = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_SLOT: Final = re.compile(r"\{\{ *([a-z][a-z_]*) *\}\}")
_TAG: Final = re.compile(r"\{% *(?:(if) +([a-z][a-z_]*)|(else|endif)) *%\}")
_WORDS_OF_LIQUID: Final = frozenset(
    {"true", "false", "nil", "null", "none", "empty", "blank", "and", "or", "not", "contains"}
    | {"forloop", "if", "else", "in", "with"}
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for what is known under a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Parts that are written where something is known, and others where it is not."""

    name: str
    then: "Plan"
    otherwise: "Plan"


type Plan = tuple[str | Slot | Choice, ...]


class _NotPlain(Exception):
    """Something that only Liquid understands."""


@lru_cache(maxsize=512)
def plan_of(text: str) -> Plan | None:
    """A template in its parts; None where it is not plain."""
    if len(text) > _MOST_CHARACTERS:
        return None
    tokens = iter(_TOKEN.split(text))
    try:
        plan, ended = _parts(tokens)
    except _NotPlain:
        return None
    return plan if ended == "" else None


def fill(plan: Plan | None, slots: Mapping[str, object]) -> str | None:
    """The text; None where Liquid has to write it."""
    if plan is None:
        return None
    pieces: list[str] = []
    return "".join(pieces) if _is_filled(plan, slots, pieces) else None


def _is_filled(plan: Plan, slots: Mapping[str, object], pieces: list[str]) -> bool:
    for part in plan:
        if isinstance(part, str):
            pieces.append(part)
        elif isinstance(part, Slot):
            value = slots.get(part.name)
            if type(value) is int:
                value = str(value)
            if type(value) is not str or len(value) > _MOST_IN_A_SLOT:
                return False
            pieces.append(value)
        else:
            value = slots.get(part.name)
            block = part.otherwise if value is None or value is False else part.then
            if not _is_filled(block, slots, pieces):
                return False
    return True


def _parts(tokens: Iterator[str]) -> tuple[Plan, str]:
    """Parts up to the end of a block, and the tag that ended it; empty at the end of the text."""
    found: list[str | Slot | Choice] = []
    for token in tokens:
        if not token.startswith(("{{", "{%")):
            if "{{" in token or "{%" in token:
                raise _NotPlain
            found += [token] if token else []
        elif slot := _SLOT.fullmatch(token):
            found.append(Slot(_name(slot.group(1))))
        elif tag := _TAG.fullmatch(token):
            if tag.group(3):
                return tuple(found), tag.group(3)
            found.append(_choice(_name(tag.group(2)), tokens))
        else:
            raise _NotPlain
    return tuple(found), ""


def _choice(name: str, tokens: Iterator[str]) -> Choice:
    then, ended = _parts(tokens)
    otherwise: Plan = ()
    if ended == "else":
        otherwise, ended = _parts(tokens)
    # Liquid leaves out a block of blanks.
    is_written = all(any(not isinstance(one, str) or one.strip() for one in block)
                     for block in (then, otherwise) if block)  # fmt: skip
    if ended != "endif" or not is_written:
        raise _NotPlain
    return Choice(name, then, otherwise)


def _name(word: str) -> str:
    if word in _WORDS_OF_LIQUID:
        raise _NotPlain
    return word
