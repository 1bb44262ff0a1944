"""What a topic is called: the phrases that stand in it far more often than elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.voice.grams import names_of, plain

_SWALLOWS: Final = 0.5  # a phrase whose longer form makes up so much of it is told by that one
_LEAST_TEXTS: Final = 3


def key_phrases(
    texts: Sequence[str], labels: NDArray[np.int64], *, topics: int, most: int = 8
) -> list[list[str]]:
    """The phrases of each topic, the most telling first.

    A phrase tells by its G²: how surprising it is that so many texts of the topic hold it, given
    how many of the others do. A phrase within a longer one that is nearly as frequent is left out.
    """
    inside: list[Counter[str]] = [Counter() for _ in range(topics)]
    everywhere: Counter[str] = Counter()
    for text, label in zip(texts, labels, strict=True):
        phrases = set(names_of(plain(text)))
        everywhere.update(phrases)
        if label >= 0:
            inside[label].update(phrases)
    sizes = np.bincount(labels[labels >= 0], minlength=topics)
    return [
        _telling(held, everywhere, size=int(size), total=len(texts), most=most)
        for held, size in zip(inside, sizes, strict=True)
    ]


def _telling(
    held: Mapping[str, int], everywhere: Mapping[str, int], *, size: int, total: int, most: int
) -> list[str]:
    frequent = [phrase for phrase, count in held.items() if count >= _LEAST_TEXTS]
    if not frequent:
        return sorted(held, key=lambda one: (-held[one], one))[:most]
    counts = np.array([held[one] for one in frequent], dtype=np.float64)
    others = np.array([everywhere[one] for one in frequent], dtype=np.float64) - counts
    surprise = signed_g2(counts, others, inside=size, outside=total - size)
    order = sorted(range(len(frequent)), key=lambda n: (-surprise[n], frequent[n]))
    kept: list[str] = []
    for place in order:
        phrase = frequent[place]
        if surprise[place] <= 0 or len(kept) == most:
            break
        if not _is_told(phrase, kept, held):
            kept = [one for one in kept if not _swallows(phrase, one, held)] + [phrase]
    return kept


def _is_told(phrase: str, kept: Sequence[str], held: Mapping[str, int]) -> bool:
    return any(
        (phrase in other and held[other] >= _SWALLOWS * held[phrase])
        or (other in phrase and held[phrase] < _SWALLOWS * held[other])
        for other in kept
    )


def _swallows(longer: str, shorter: str, held: Mapping[str, int]) -> bool:
    return shorter in longer and held[longer] >= _SWALLOWS * held[shorter]


def signed_g2(
    counts: NDArray[np.float64], others: NDArray[np.float64], *, inside: int, outside: int
) -> NDArray[np.float64]:
    """G² of two shares, negative where the share inside is the smaller one.

    Args:
        counts: texts inside that hold the phrase, of `inside`.
        others: texts outside that hold it, of `outside`.
    References:
        Dunning (1993), Accurate methods for the statistics of surprise and coincidence.
    """
    together = (counts + others) / max(inside + outside, 1)
    cells = (
        (counts, together * inside),
        (others, together * outside),
        (inside - counts, (1 - together) * inside),
        (outside - others, (1 - together) * outside),
    )
    g2 = np.zeros_like(counts)
    for seen, expected in cells:
        ratio = np.where((seen > 0) & (expected > 0), seen / np.maximum(expected, 1e-300), 1.0)
        g2 += 2 * seen * np.log(ratio)
    return np.where(counts / max(inside, 1) >= others / max(outside, 1), g2, -g2)
