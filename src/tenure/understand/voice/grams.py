"""Read a short text of either language as grams: characters of Chinese, words of English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MOST_CHARACTERS: Final = 4_000
_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z][a-z0-9'&-]*")
_SPACES = re.compile(r"\s+")
_MASK = re.compile(r"\[(?:email|link|id|card|number|account|hidden)\]")
_CJK_FROM: Final = "\u3400"
_STOP_WORDS: Final = (
    "a about above after again all also am an and any are as at be because been before being "
    "below between both but by can cannot could did do does doing don't down during each even "
    "few for from further get gets getting got had has have having he her here hers him his "
    "how i i'm i've if in into is isn't it it's its itself just let like ll me more most much "
    "my myself no nor not of off on once only or other our ours out over own please re really "
    "same she should so some still such t than that that's the their theirs them then there "
    "these they this those through to too under until up us ve very was we were what when "
    "where which while who whom why will with won't would you your yours "
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
# Characters that hold Chinese sentences together; a name of a topic neither begins nor ends so.
STOP_CHARACTERS: Final = frozenset(
    "的了是我你他她它们在有和就都也很不这那个么吗吧呢啊哦与及或但而又还没把被让给对从到上下来去"
    "说要会能可以为因所以着过得地之一二三两些什怎样如果只真太非常用买"
)


def plain(text: str) -> str:
    """One form for what looks alike: full width, case, spaces; without masks and the rest of
    a text that is longer than anybody reads."""
    text = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).lower()
    return _SPACES.sub(" ", _MASK.sub(" ", text)).strip()


def grams(text: str) -> list[str]:
    """Single characters and pairs of Chinese, words and pairs of words of English.

    Args:
        text: already `plain`.
    """
    found: list[str] = []
    before = ""
    for run in _RUN.findall(text):
        if run[0] >= _CJK_FROM:
            found.extend(run)
            found.extend(run[place : place + 2] for place in range(len(run) - 1))
            before = ""
            continue
        word = "" if run in STOP_WORDS else root(run)
        if word:
            found.append(word)
        if word and before:
            found.append(f"{before} {word}")
        before = word
    return found


def names_of(text: str) -> Iterator[str]:
    """What could name a topic: words and pairs of English, two to four characters of Chinese.

    A character that only holds sentences together stands at neither end of a name.
    """
    before = ""
    for run in _RUN.findall(text):
        if run[0] >= _CJK_FROM:
            yield from _phrases(run)
            before = ""
            continue
        word = "" if run in STOP_WORDS else root(run)
        if word:
            yield word
        if word and before:
            yield f"{before} {word}"
        before = word


def _phrases(run: str) -> Iterator[str]:
    for length in (2, 3, 4):
        for place in range(len(run) - length + 1):
            if run[place] in STOP_CHARACTERS or run[place + length - 1] in STOP_CHARACTERS:
                continue
            yield run[place : place + length]


def root(word: str) -> str:
    """A word without the ending of its plural or its owner."""
    word = word.strip("'&-").removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
