"""Lines and hazards as arrays: they add up, are stored, and know what is not known."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tenure.understand.churn.estimator.calibration import Calibration, sigmoid
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import Fitted, added_up
from tenure.understand.churn.estimator.linear import Hazard, Logistic
from tenure.understand.churn.estimator.storing import load, store

NONE = Calibration("none", np.zeros(0), np.zeros(0))


def cases(rows: int = 3_000) -> Cases:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(rows, 3)).astype(np.float32)
    values[:, 1] = rng.integers(1, 13, rows)
    values[rng.random(rows) < 0.1, 2] = np.nan
    hazard = np.where(values[:, 1] == 12, 2.0, -2.0)
    left = rng.random(rows) < sigmoid(hazard + values[:, 0])
    return Cases(("visits", "months", "score"), values, left.astype(np.float64))


@pytest.mark.parametrize("learner", [Logistic(), Hazard("months"), Hazard("nowhere")])
def test_shares_add_up_and_survive_storing(learner: Logistic | Hazard, tmp_path: Path) -> None:
    seen = cases()
    line = learner.fit(seen)
    raw, shares = added_up(line, seen.rows)
    fitted = Fitted(seen.names, line, NONE)
    store(fitted, tmp_path / "a.npz")

    again = load(tmp_path / "a.npz")

    assert np.abs(line.base + shares.sum(axis=1) - raw).max() < 1e-9
    assert np.array_equal(again.predict(seen.rows), fitted.predict(seen.rows))
    probability, baseline, stretched = again.contributions(seen.rows)
    assert np.abs(baseline + stretched.sum(axis=1) - probability).max() <= 1e-6


def test_a_plain_line_is_that_of_scikit_learn() -> None:
    seen = cases()
    whole = Cases(seen.names[:2], seen.rows[:, :2].copy(), seen.outcome)
    values = whole.rows.astype(np.float64)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    oracle = LogisticRegression().fit(standard, seen.outcome).predict_proba(standard)[:, 1]

    told = Fitted(whole.names, Logistic().fit(whole), NONE).predict(whole.rows)

    assert told == pytest.approx(oracle, abs=2e-3)


def test_a_hazard_finds_the_month_in_which_people_leave() -> None:
    """The planted hazard jumps in the twelfth month, which no straight line can say."""
    seen = cases()
    plain, hazard = (
        Fitted(seen.names, one.fit(seen), NONE).predict(seen.rows)
        for one in (Logistic(), Hazard("months"))
    )
    last = seen.rows[:, 1] == 12

    assert hazard[last].mean() == pytest.approx(seen.outcome[last].mean(), abs=0.03)
    assert plain[last].mean() < seen.outcome[last].mean() - 0.2
