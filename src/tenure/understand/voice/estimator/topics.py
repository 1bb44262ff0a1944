"""What texts are about: found without being told how many topics there are.

Grams, weighted and folded into a hundred directions (LSA), are grouped by k-means. The number of
topics is the one at which halves of the texts agree best about the grouping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.voice.estimator.refusals import TooFewTexts
from tenure.understand.voice.grams import grams, plain

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

type Floats = NDArray[np.float64]
type Singles = NDArray[np.float32]
type Labels = NDArray[np.int64]
type Matrix = csr_matrix[Any]

LEAST_TEXTS: Final = 60
UNASSIGNED: Final = -1
_DIRECTIONS: Final = 100
_FEWEST, _MOST = 5, 20
_OFTEN: Final = 0.3  # a gram in more of the texts tells nothing apart
_RARE_SHARE: Final = 1 / 2_000
_LOOKED_AT: Final = 6_000  # texts on which the number of topics is chosen
_HALVES: Final = 5
_OF_THEM: Final = 0.7
_STARTS: Final = 5
_LEAST_LENGTH: Final = 0.05  # of a text's own length that the directions must hold


@dataclass(frozen=True)
class Grouping:
    """Texts by topic, the largest topic first; `UNASSIGNED` where a text says nothing known.

    `agreement` is the mean adjusted Rand index between groupings of different halves, for each
    number of topics that was tried. `weights` has a row a topic: the mean weight of each gram.
    """

    labels: Labels
    vocabulary: NDArray[np.str_]
    weights: Singles
    agreement: dict[int, float]

    @property
    def topics(self) -> int:
        return len(self.weights)


def find_topics(texts: Sequence[str], *, seed: int = 0, topics: int | None = None) -> Grouping:
    """Group short texts of either language by what they are about.

    Args:
        texts: as written.
        topics: how many; None: as many as hold best.
    Returns:
        The same for the same texts and seed.
    Raises:
        TooFewTexts: fewer than 60 texts with something to read.
    References:
        docs/algorithms/topics.md
    """
    vocabulary, weighted = _weighted([plain(text) for text in texts])
    places, known = _folded(weighted, seed=seed)
    readable = np.flatnonzero(known)
    if len(readable) < LEAST_TEXTS:
        raise TooFewTexts(count=len(readable), least=LEAST_TEXTS)
    points = places[readable]
    agreement = {} if topics else _agreement(points, seed=seed)
    number = topics or max(agreement, key=lambda one: agreement[one])
    found = _means(number, seed, starts=_STARTS).fit_predict(points).astype(np.int64)
    largest_first = np.argsort(-np.bincount(found, minlength=number), kind="stable")
    rank = np.argsort(largest_first)
    labels = np.full(len(texts), UNASSIGNED, dtype=np.int64)
    labels[readable] = rank[found]
    return Grouping(labels, vocabulary, _mean_weights(weighted, labels, number), agreement)


def _weighted(texts: Sequence[str]) -> tuple[NDArray[np.str_], Matrix]:
    """Grams and their TF-IDF, a row a text; no gram at all where the texts hold nothing."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    readable = sum(1 for text in texts if text)
    if readable < LEAST_TEXTS:
        raise TooFewTexts(count=readable, least=LEAST_TEXTS)
    counter = TfidfVectorizer(
        analyzer=grams,
        min_df=max(3, round(len(texts) * _RARE_SHARE)),
        max_df=_OFTEN,
        sublinear_tf=True,
        dtype=np.float32,
    )
    try:
        weighted = csr_matrix(counter.fit_transform(texts))
    except ValueError:  # every gram is too rare or too frequent
        raise TooFewTexts(count=0, least=LEAST_TEXTS) from None
    return counter.get_feature_names_out().astype(np.str_), weighted


def _folded(weighted: Matrix, *, seed: int) -> tuple[Singles, NDArray[np.bool_]]:
    """Each text as a direction of length one, and whether the directions know it."""
    from sklearn.decomposition import TruncatedSVD

    directions = min(_DIRECTIONS, min(weighted.shape) - 1)
    if directions < 2:
        raise TooFewTexts(count=0, least=LEAST_TEXTS)
    places = TruncatedSVD(directions, n_iter=4, random_state=seed).fit_transform(weighted)
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    return places / np.maximum(lengths, 1e-9), lengths[:, 0] > _LEAST_LENGTH


def _agreement(points: Singles, *, seed: int) -> dict[int, float]:
    """Number of topics → how well groupings learned on different parts of the texts agree."""
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(seed)
    judged = points[rng.permutation(len(points))[:_LOOKED_AT]]
    different = len(np.unique(judged[: 50 * _MOST].round(3), axis=0))
    most = min(_MOST, len(judged) // 12, different)
    agreement = {}
    for number in range(min(_FEWEST, most), most + 1):
        groupings = []
        for turn in range(_HALVES):
            part = judged[rng.permutation(len(judged))[: int(_OF_THEM * len(judged))]]
            fitted = _means(number, seed + turn, starts=2, rounds=25).fit(part)
            groupings.append(fitted.predict(judged))
        pairs = [adjusted_rand_score(one, other) for one, other in combinations(groupings, 2)]
        agreement[number] = round(float(np.mean(pairs)), 6)
    return agreement


def _means(topics: int, seed: int, *, starts: int, rounds: int = 200) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(topics, n_init=starts, max_iter=rounds, random_state=seed)


def _mean_weights(weighted: Matrix, labels: Labels, topics: int) -> Singles:
    means = [np.asarray(weighted[labels == topic].mean(axis=0)).ravel() for topic in range(topics)]
    return np.array(means, dtype=np.float32)
