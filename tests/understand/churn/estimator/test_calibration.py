"""A calibrated probability means what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.understand.churn.estimator.calibration import calibrated, logit, sigmoid


def drawn(n: int, *, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are twice as sure as they may be, and what happened."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(-1, 1, n)
    return sigmoid(2 * truth), (rng.random(n) < sigmoid(truth)).astype(np.float64)


def test_many_cases_get_a_rising_line_few_get_two_numbers_and_none_nothing() -> None:
    shapes = [calibrated(*drawn(n)).shape for n in (20_000, 1_000, 60)]

    assert shapes == ["isotonic", "platt", "none"]


@pytest.mark.parametrize("n", [20_000, 1_000])
def test_what_was_too_sure_becomes_right(n: int) -> None:
    calibration = calibrated(*drawn(n))
    probability, outcome = drawn(20_000, seed=8)

    low, high = np.quantile(probability, [0.2, 0.8])

    for rows in (probability < low, probability > high):
        said, happened = calibration.applied(probability[rows]).mean(), outcome[rows].mean()
        assert said == pytest.approx(happened, abs=0.04)
        assert abs(probability[rows].mean() - happened) > 0.05


def test_no_block_of_cases_proves_certainty() -> None:
    probability = np.linspace(0, 1, 4_000)

    calibration = calibrated(probability, (probability > 0.5).astype(np.float64))
    applied = calibration.applied(np.array([0.0, 1.0]))

    assert 0 < applied[0] < 0.001
    assert 0.999 < applied[1] < 1


@settings(max_examples=30, deadline=None)
@given(st.integers(40, 3_000), st.integers(0, 5))
def test_calibration_keeps_the_order(n: int, seed: int) -> None:
    probability, outcome = drawn(n, seed=seed)

    applied = calibrated(probability, outcome).applied(np.sort(probability))

    assert (np.diff(applied) >= 0).all()
    assert ((applied > 0) & (applied < 1)).all()


@given(st.floats(1e-5, 1 - 1e-5))
def test_the_logit_is_the_way_back(probability: float) -> None:
    assert sigmoid(logit(np.array([probability])))[0] == pytest.approx(probability, rel=1e-9)
