"""The probability and the reasons of everyone at once, on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.churn.estimator.ensemble import Floats, Matrix
from tenure.understand.churn.estimator.fitting import Fitted
from tenure.understand.features.concepts import TOPICS, Concept
from tenure.understand.features.registry import REGISTRY

REASONS: Final = 3
_BLOCK_ROWS: Final = 65_536
NO_REASON: Final = -1


@dataclass(frozen=True)
class Scores:
    """One row per term: its probability, and its strongest upward reasons.

    `reason` holds places in `names` (`NO_REASON` where there is none), `share` what the reason's
    topic adds to the probability.
    """

    names: tuple[str, ...]
    probability: Floats
    reason: NDArray[np.int64]
    share: Floats


def scores(estimator: Fitted, rows: Matrix) -> Scores:
    """Score every row, a block at a time.

    Args:
        rows: one column per name of the estimator, NaN where a value is not known.
    """
    probability = np.empty(len(rows))
    reason = np.full((len(rows), REASONS), NO_REASON, dtype=np.int64)
    share = np.full((len(rows), REASONS), np.nan)
    for start in range(0, len(rows), _BLOCK_ROWS):
        part = slice(start, start + _BLOCK_ROWS)
        probability[part], _, shares = estimator.contributions(rows[part])
        reason[part], share[part] = top_reasons(shares, estimator.names)
    return Scores(estimator.names, probability, reason, share)


def top_reasons(shares: Floats, names: Sequence[str]) -> tuple[NDArray[np.int64], Floats]:
    """The three topics that raise each row most, told by their strongest feature.

    Numbers of one topic move together, so their shares are added up and the topic is told once.
    Topics that are no reason (who somebody is, how near the end is) are passed over.

    Args:
        shares: rows × features.
    Returns:
        Places in `names` and the shares of their topics, strongest first; `NO_REASON` and NaN
        where fewer than three topics raise the row.
    """
    total, strongest = topic_shares(shares, names)
    reason = np.full((len(shares), REASONS), NO_REASON, dtype=np.int64)
    share = np.full((len(shares), REASONS), np.nan)
    order = np.argsort(-total, axis=1, kind="stable")[:, :REASONS]
    found = np.take_along_axis(total, order, axis=1)
    told = np.take_along_axis(strongest, order, axis=1)
    width = order.shape[1]
    reason[:, :width] = np.where(found > 0, told, NO_REASON)
    share[:, :width] = np.where(found > 0, found, np.nan)
    return reason, share


def topic_shares(shares: Floats, names: Sequence[str]) -> tuple[Floats, NDArray[np.int64]]:
    """What each topic that can be a reason adds, and the feature that tells it.

    Args:
        shares: rows × features.
    Returns:
        Rows × topics: the sum of the topic's shares, and the place in `names` of the feature that
        pulls hardest in the direction of that sum.
    """
    topics = _topics(names)
    total = np.empty((len(shares), len(topics)))
    strongest = np.empty((len(shares), len(topics)), dtype=np.int64)
    for place, columns in enumerate(topics):
        own = shares[:, columns]
        total[:, place] = own.sum(axis=1)
        pull = np.where(total[:, place, None] >= 0, own, -own)
        strongest[:, place] = np.asarray(columns)[pull.argmax(axis=1)]
    return total, strongest


def _topics(names: Sequence[str]) -> list[list[int]]:
    """The columns of each topic that can be a reason, in the order of the topics."""
    by_topic: dict[Concept, list[int]] = {}
    for place, name in enumerate(names):
        concept = REGISTRY[name].concept
        if TOPICS[concept].is_reason:
            by_topic.setdefault(concept, []).append(place)
    return [by_topic[concept] for concept in Concept if concept in by_topic]
