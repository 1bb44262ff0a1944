"""What is suddenly said more often: one week against the eight before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.voice.grams import names_of, plain

BASE_WEEKS: Final = 8
FALSE_DISCOVERY_RATE: Final = 0.05
_LEAST_IN_WEEK: Final = 8
_LEAST_RATIO: Final = 2.0
_SAME_TEXTS: Final = 0.5  # of the smaller: two phrases are then one matter


@dataclass(frozen=True, slots=True)
class Burst:
    """Phrases that rise together: `texts` in the week, where so many were `expected`."""

    phrases: tuple[str, ...]
    texts: tuple[int, ...]  # places in the week's list
    expected: float
    p_value: float

    @property
    def ratio(self) -> float:
        return len(self.texts) / max(self.expected, 0.5)


def find_bursts(week: Sequence[str], base: Sequence[str]) -> list[Burst]:
    """What the week says significantly more often than the weeks before, the surest first.

    A phrase's share of the week's texts is tested against its share of the base's, given both
    together (exact, one-sided), at a false discovery rate of 5 % over all phrases; it must also at
    least double. Phrases of the same texts are one burst.

    References:
        Benjamini, Hochberg (1995); docs/algorithms/topics.md
    """
    if not week or not base:
        return []
    holders = _holders(week)
    frequent = {one: held for one, held in holders.items() if len(held) >= _LEAST_IN_WEEK}
    if not frequent:
        return []
    names = sorted(frequent)
    before = _held_by(base, set(names))
    counts = np.array([len(frequent[one]) for one in names], dtype=np.float64)
    others = np.array([before.get(one, 0) for one in names], dtype=np.float64)
    p_values = rise_p_values(counts, others, inside=len(week), outside=len(base))
    expected = others * len(week) / len(base)
    rises = discoveries(p_values) & (counts >= _LEAST_RATIO * np.maximum(expected, 0.5))
    order = sorted(np.flatnonzero(rises), key=lambda n: (p_values[n], -len(names[n]), names[n]))
    return _together([
        Burst((names[n],), tuple(frequent[names[n]]), float(expected[n]), float(p_values[n]))
        for n in order
    ])  # fmt: skip


def rise_p_values(
    counts: NDArray[np.float64], others: NDArray[np.float64], *, inside: int, outside: int
) -> NDArray[np.float64]:
    """Of as many or more in the week, if both shares were equal: a binomial tail given the sum."""
    from scipy.stats import binom

    return np.asarray(binom.sf(counts - 1, counts + others, inside / (inside + outside)))


def discoveries(p_values: NDArray[np.float64], *, rate: float = FALSE_DISCOVERY_RATE) -> (
    NDArray[np.bool_]
):  # fmt: skip
    """Which of many tests count, so that at most `rate` of those that count are false."""
    if not len(p_values):
        return np.zeros(0, dtype=bool)
    order = np.argsort(p_values)
    limits = rate * np.arange(1, len(p_values) + 1) / len(p_values)
    below = np.flatnonzero(p_values[order] <= limits)
    chosen = np.zeros(len(p_values), dtype=bool)
    if len(below):
        chosen[order[: below[-1] + 1]] = True
    return chosen


def _holders(texts: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        for phrase in set(names_of(plain(text))):
            found.setdefault(phrase, []).append(place)
    return found


def _held_by(texts: Sequence[str], wanted: set[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for text in texts:
        for phrase in wanted.intersection(names_of(plain(text))):
            counts[phrase] = counts.get(phrase, 0) + 1
    return counts


def _together(bursts: Sequence[Burst]) -> list[Burst]:
    """Join bursts that are in the same texts; the surest names the matter."""
    joined: list[Burst] = []
    for one in bursts:
        held = set(one.texts)
        for place, other in enumerate(joined):
            both = len(held.intersection(other.texts))
            if both >= _SAME_TEXTS * min(len(held), len(other.texts)):
                joined[place] = Burst(
                    (*other.phrases, *one.phrases),
                    tuple(sorted(held.union(other.texts))),
                    max(other.expected, one.expected),
                    other.p_value,
                )
                break
        else:
            joined.append(one)
    return joined
