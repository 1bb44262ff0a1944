"""Give the topics of this week the names that they had last week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_ALIKE: Final = 0.4  # cosine from which two topics are one
type Weights = Mapping[str, float]


def matched(now: Sequence[Weights], before: Sequence[Weights]) -> list[int | None]:
    """For each topic of now the place of the one it was before; None where it is new.

    Topics are compared by the weights of their grams, so the two weeks need not share a
    vocabulary; pairs are chosen together so that their likeness adds up to the most.
    """
    from scipy.optimize import linear_sum_assignment

    if not now or not before:
        return [None] * len(now)
    alike = likeness(now, before)
    found: list[int | None] = [None] * len(now)
    for one, other in zip(*linear_sum_assignment(-alike), strict=True):
        if alike[one, other] >= _ALIKE:
            found[int(one)] = int(other)
    return found


def likeness(now: Sequence[Weights], before: Sequence[Weights]) -> NDArray[np.float64]:
    """The cosine of each topic of now with each of before."""
    vocabulary = {gram: n for n, gram in enumerate(sorted(set().union(*now, *before)))}
    ours, theirs = (_directions(group, vocabulary) for group in (now, before))
    return np.asarray(ours @ theirs.T)


def _directions(topics: Sequence[Weights], vocabulary: Mapping[str, int]) -> NDArray[np.float64]:
    rows = np.zeros((len(topics), len(vocabulary)))
    for place, weights in enumerate(topics):
        for gram, weight in weights.items():
            rows[place, vocabulary[gram]] = weight
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12))
