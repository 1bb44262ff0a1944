"""How good predicted probabilities were: order, size and sharpness (golden example G16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from tenure.understand.churn.estimator.calibration import logistic_line
from tenure.understand.churn.estimator.ensemble import Floats

BINS: Final = 10


def quality(probability: Floats, outcome: Floats) -> Mapping[str, float]:
    """Every figure that is stored and shown beside an estimator.

    Args:
        probability: predicted, 0 to 1.
        outcome: what happened, 0 or 1; both occur.
    """
    intercept, slope = logistic_line(probability, outcome)
    return {
        "n": float(len(outcome)),
        "base_rate": float(outcome.mean()),
        "auc": roc_auc(probability, outcome),
        "average_precision": average_precision(probability, outcome),
        "brier": brier(probability, outcome),
        "log_loss": log_loss(probability, outcome),
        "lift_10": lift_at(probability, outcome, k=max(1, round(len(outcome) / 10))),
        "ece": calibration_error(probability, outcome),
        "calibration_intercept": intercept,
        "calibration_slope": slope,
        "observed_expected": float(outcome.sum() / probability.sum()),
    }


def roc_auc(score: Floats, outcome: Floats) -> float:
    """The chance that a case scores above a non-case; ties count half."""
    positives = int(outcome.sum())
    negatives = len(outcome) - positives
    return float(_ranks(score)[outcome == 1].sum() - positives * (positives + 1) / 2) / (
        positives * negatives
    )


def _ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share their mean rank."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    ends = np.append(starts[1:], len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat((starts + 1 + ends) / 2, ends - starts)
    return ranks


def average_precision(score: Floats, outcome: Floats) -> float:
    """Σ (recall step × precision), from the highest score down; equal scores are one step."""
    order = np.argsort(-score, kind="stable")
    ordered, hit = score[order], outcome[order]
    last_of_tie = np.append(ordered[1:] != ordered[:-1], True)
    hits = np.cumsum(hit)[last_of_tie]
    seen = (np.arange(len(hit)) + 1)[last_of_tie]
    gained = np.diff(np.concatenate([[0.0], hits]))
    return float((gained * hits / seen).sum() / hits[-1])


def brier(probability: Floats, outcome: Floats) -> float:
    """The mean squared difference."""
    return float(np.square(probability - outcome).mean())


def log_loss(probability: Floats, outcome: Floats) -> float:
    """The mean surprise, in nats."""
    inside = np.clip(probability, 1e-12, 1 - 1e-12)
    return float(-(outcome * np.log(inside) + (1 - outcome) * np.log(1 - inside)).mean())


def precision_at(score: Floats, outcome: Floats, *, k: int) -> float:
    """The share of cases among the k highest scores."""
    return float(outcome[np.argsort(-score, kind="stable")[:k]].mean())


def recall_at(score: Floats, outcome: Floats, *, k: int) -> float:
    """The share of all cases that are among the k highest scores."""
    return float(outcome[np.argsort(-score, kind="stable")[:k]].sum() / outcome.sum())


def lift_at(score: Floats, outcome: Floats, *, k: int) -> float:
    """Precision among the k highest scores over the base rate."""
    return precision_at(score, outcome, k=k) / float(outcome.mean())


def calibration_error(probability: Floats, outcome: Floats) -> float:
    """Mean |predicted − observed| over ten bins of equal counts, weighted by their counts (ECE)."""
    order = np.argsort(probability, kind="stable")
    bins = np.array_split(order, min(BINS, len(order)))
    gaps = [abs(probability[rows].mean() - outcome[rows].mean()) * len(rows) for rows in bins]
    return float(sum(gaps) / len(order))
