"""Tell what a text is about by the operator's own list (`topics.toml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from tenure.strategy.topics import Topic
from tenure.understand.voice.grams import plain


class Taxonomy:
    """The topics of a strategy, ready to read texts by.

    A Chinese word may stand anywhere; an English one stands alone, in its singular or plural.
    """

    def __init__(self, topics: Mapping[str, Topic]) -> None:
        self.topics = topics
        self._patterns = {one.id: _pattern(one.words) for one in topics.values() if one.words}

    def topics_of(self, text: str) -> list[str]:
        """Every topic of which a word stands in the text, that with most of them first."""
        text = plain(text)
        held = {one: len(set(found.findall(text))) for one, found in self._patterns.items()}
        told = [one for one, count in held.items() if count]
        return sorted(told, key=lambda one: -held[one])

    def topic_of(self, text: str) -> str:
        """The topic with most words in the text, the earlier one of two; empty: none."""
        return next(iter(self.topics_of(text)), "")

    def reason_of(self, text: str) -> str:
        """The reason of the one list that the text speaks of; empty: none (CHR-01)."""
        reasons = (self.topics[one].reason for one in self.topics_of(text))
        return next((one for one in reasons if one), "")

    def names_competitor(self, text: str) -> bool:
        """Whether a word of a topic that names competitors stands in the text (INT-02)."""
        text = plain(text)
        return any(
            bool(self._patterns[one.id].search(text))
            for one in self.topics.values()
            if one.is_competitor and one.id in self._patterns
        )

    def best_of_each(self, groups: Sequence[Sequence[str]]) -> list[str]:
        """The topic that the texts of each group speak of most, beyond how often others do.

        It must stand in a quarter of the group's texts, and twice as often as in those of all
        other groups; empty: none does. Each text is read once, however many groups there are.
        """
        held = {one: _holding(pattern, groups) for one, pattern in self._patterns.items()}
        sizes = [len(texts) for texts in groups]
        return [_best(held, sizes, place) for place in range(len(groups))]


def _holding(pattern: re.Pattern[str], groups: Sequence[Sequence[str]]) -> list[int]:
    """In how many texts of each group the pattern stands."""
    holds = {text: pattern.search(text) is not None for texts in groups for text in set(texts)}
    return [sum(holds[text] for text in texts) for texts in groups]


def _best(held: Mapping[str, Sequence[int]], sizes: Sequence[int], place: int) -> str:
    """The topic that stands furthest above the other groups; empty: none does clearly."""
    best, lead = "", 0.0
    for one, counts in held.items():
        inside = _share(counts[place], sizes[place])
        outside = _share(sum(counts) - counts[place], sum(sizes) - sizes[place])
        if inside >= 0.25 and inside >= 2 * outside and inside - outside > lead:
            best, lead = one, inside - outside
    return best


def _share(count: int, size: int) -> float:
    return count / size if size else 0.0


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    forms = []
    for word in sorted(words, key=len, reverse=True):
        escaped = re.escape(word)
        forms.append(rf"\b{escaped}s?\b" if word.isascii() else escaped)
    return re.compile("|".join(forms))
