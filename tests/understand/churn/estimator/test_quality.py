"""The figures of golden example G16 (R-M-015), and scikit-learn as an oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from tenure.understand.churn.estimator import quality as figures
from tenure.understand.churn.estimator.calibration import sigmoid

SCORE = np.array([0.95, 0.90, 0.80, 0.70, 0.60, 0.55, 0.40, 0.30, 0.20, 0.10])
CHURNED = np.array([1, 1, 0, 1, 0, 0, 1, 0, 0, 0], dtype=np.float64)


def test_g16_order_and_size() -> None:
    """PRD-01, G16: AUC 5/6, average precision 93/112, Brier 381/2000."""
    assert figures.roc_auc(SCORE, CHURNED) == pytest.approx(5 / 6, abs=1e-12)
    assert figures.average_precision(SCORE, CHURNED) == pytest.approx(93 / 112, abs=1e-12)
    assert figures.brier(SCORE, CHURNED) == pytest.approx(381 / 2000, abs=1e-12)


def test_g16_the_top_of_the_list() -> None:
    assert figures.lift_at(SCORE, CHURNED, k=2) == pytest.approx(2.5)
    assert figures.precision_at(SCORE, CHURNED, k=3) == pytest.approx(2 / 3)
    assert figures.recall_at(SCORE, CHURNED, k=3) == 0.5


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
def test_ties_count_as_in_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    score = np.array([one for one, _ in rows]) / 6
    outcome = np.array([two for _, two in rows], dtype=np.float64)
    if outcome.min() == outcome.max():
        outcome[0] = 1 - outcome[0]

    assert figures.roc_auc(score, outcome) == pytest.approx(metrics.roc_auc_score(outcome, score))
    assert figures.average_precision(score, outcome) == pytest.approx(
        metrics.average_precision_score(outcome, score)
    )
    assert figures.log_loss(score, outcome) == pytest.approx(
        metrics.log_loss(outcome, np.clip(score, 1e-12, 1 - 1e-12))
    )


def test_a_perfect_calibration_has_slope_one_and_an_overconfident_one_less() -> None:
    rng = np.random.default_rng(7)
    logits = rng.normal(-1, 1.5, 40_000)
    outcome = (rng.random(40_000) < sigmoid(logits)).astype(np.float64)

    honest = figures.quality(sigmoid(logits), outcome)
    bold = figures.quality(sigmoid(2 * logits), outcome)

    assert honest["calibration_slope"] == pytest.approx(1, abs=0.03)
    assert honest["calibration_intercept"] == pytest.approx(0, abs=0.03)
    assert honest["observed_expected"] == pytest.approx(1, abs=0.03)
    assert honest["ece"] < 0.01
    assert bold["calibration_slope"] == pytest.approx(0.5, abs=0.02)
    assert bold["ece"] > 0.05


def test_calibration_error_weighs_bins_by_their_counts() -> None:
    probability = np.repeat([0.1, 0.3], 10)
    outcome = np.array([1] + [0] * 9 + [1] * 5 + [0] * 5, dtype=np.float64)

    # Each bin holds two cases: five bins predict 0.1 (one observed 0.5, four 0), five 0.3
    # (two observed 1, one 0.5, two 0): (0.4 + 4·0.1 + 2·0.7 + 0.2 + 2·0.3) ÷ 10.
    assert figures.calibration_error(probability, outcome) == pytest.approx(0.3)
