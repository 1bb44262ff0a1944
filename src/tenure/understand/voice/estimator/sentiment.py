"""How a text feels: logistic regression on characters taken one, two and three at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.voice.estimator.refusals import TooFewLabels
from tenure.understand.voice.grams import plain

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

type Floats = NDArray[np.float64]
type Matrix = csr_matrix[Any]

LEAST_PER_SIDE: Final = 50
HELD_OUT: Final = 0.2
_LONGEST_GRAM: Final = 3
# Between 6 and 12 the area under the curve of held-out reviews does not move.
_INVERSE_PENALTY: Final = 10.0


@dataclass(frozen=True)
class Sentiment:
    """Fitted: a weight and an idf for each gram, in the order of `vocabulary`."""

    vocabulary: NDArray[np.str_]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercept: float

    def probability(self, texts: Sequence[str]) -> Floats:
        """Of being positive, 0 to 1, one a text; 0.5 where nothing of the text is known."""
        counts = _counter(self.vocabulary).transform([plain(text) for text in texts])
        known = np.diff(counts.indptr) > 0
        raw = _weighted(counts, self.idf) @ self.weights + self.intercept
        return np.where(known, 1 / (1 + np.exp(-raw)), 0.5)

    def reasons(self, text: str, *, most: int = 5) -> list[tuple[str, float]]:
        """The grams that pulled a text most, with how far (log odds, above 0 to the good)."""
        counts = _counter(self.vocabulary).transform([plain(text)])
        row = _weighted(counts, self.idf)
        pulls = row.data * self.weights[row.indices]
        order = np.argsort(-np.abs(pulls), kind="stable")[:most]
        return [(str(self.vocabulary[row.indices[one]]), float(pulls[one])) for one in order]


@dataclass(frozen=True, slots=True)
class Quality:
    """What a model was worth on texts that it had not seen."""

    texts: int
    positive: int
    auc: float
    accuracy: float
    brier: float


def fit_sentiment(
    texts: Sequence[str], is_positive: Sequence[bool] | NDArray[np.bool_], *, seed: int = 0
) -> tuple[Sentiment, Quality]:
    """Fit on all texts; the quality is that of the same fit on four fifths, seen on the last fifth.

    Args:
        texts: as written, either language; empty ones teach nothing.
        is_positive: one a text.
        seed: of the lot that holds texts back.
    Raises:
        TooFewLabels: fewer than 50 readable texts of a kind.
    References:
        docs/algorithms/sentiment.md
    """
    written = [plain(text) for text in texts]
    kept = np.array([bool(text) for text in written], dtype=bool)
    outcome = np.asarray(is_positive, dtype=bool)[kept]
    good = int(outcome.sum())
    bad = len(outcome) - good
    if min(good, bad) < LEAST_PER_SIDE:
        raise TooFewLabels(good=good, bad=bad, least=LEAST_PER_SIDE)
    read = [text for text in written if text]
    counter = _counter(rare=2)
    counts = counter.fit_transform(read)
    vocabulary = counter.get_feature_names_out().astype(np.str_)

    seen = np.random.default_rng(seed).random(len(read)) >= HELD_OUT
    trial = _fitted(counts[seen], outcome[seen], vocabulary)
    quality = _quality(trial, counts[~seen], outcome[~seen])
    return _fitted(counts, outcome, vocabulary), quality


def _fitted(counts: Matrix, outcome: NDArray[np.bool_], vocabulary: NDArray[np.str_]) -> Sentiment:
    from sklearn.linear_model import LogisticRegression

    held = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = (np.log((1 + counts.shape[0]) / (1 + held)) + 1).astype(np.float32)
    line = LogisticRegression(C=_INVERSE_PENALTY, max_iter=200, tol=1e-4)
    line.fit(_weighted(counts, idf), outcome)
    weights = line.coef_[0].astype(np.float32)
    return Sentiment(vocabulary, idf, weights, float(line.intercept_[0]))


def _quality(model: Sentiment, counts: Matrix, outcome: NDArray[np.bool_]) -> Quality:
    from sklearn.metrics import roc_auc_score

    raw = _weighted(counts, model.idf) @ model.weights + model.intercept
    probability = 1 / (1 + np.exp(-raw))
    return Quality(
        texts=len(outcome),
        positive=int(outcome.sum()),
        auc=float(roc_auc_score(outcome, raw)),
        accuracy=float(((probability >= 0.5) == outcome).mean()),
        brier=float(((probability - outcome) ** 2).mean()),
    )


def _counter(vocabulary: NDArray[np.str_] | None = None, *, rare: int = 1) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(
        analyzer="char",
        ngram_range=(1, _LONGEST_GRAM),
        min_df=rare,
        lowercase=False,
        dtype=np.float32,
        vocabulary=None
        if vocabulary is None
        else {str(one): n for n, one in enumerate(vocabulary)},
    )


def _weighted(counts: Matrix, idf: NDArray[np.float32]) -> Matrix:
    """TF-IDF with damped counts, each text of length one."""
    from scipy.sparse import csr_matrix

    values = (1 + np.log(counts.data)) * idf[counts.indices]
    sizes = np.diff(counts.indptr)
    rows = np.repeat(np.arange(counts.shape[0]), sizes)
    lengths = np.sqrt(np.bincount(rows, weights=values.astype(np.float64) ** 2,
                                  minlength=counts.shape[0]))  # fmt: skip
    values = (values / np.maximum(lengths, 1e-12)[rows]).astype(np.float32)
    return csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
