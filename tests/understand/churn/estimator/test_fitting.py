"""Fitted estimators are good, honest and refuse what knows the outcome."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold

from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import (
    Boosting,
    Fitted,
    Forest,
    LeakyColumn,
    Learner,
    fitted,
    leaking_columns,
)
from tenure.understand.churn.estimator.quality import quality, roc_auc
from tenure.understand.churn.estimator.storing import digest, load, store

TELCO = Path(__file__).parents[5] / "shared" / "data" / "telco_ibm" / "Telco-Customer-Churn.csv.gz"
NUMBERS = ("SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges")
NOT_LEARNED = ("customerID", "Churn")
SMALL_FOREST = Forest(trees=40, least_in_leaf=10)


def cases(n: int = 4_000, *, seed: int = 5) -> Cases:
    """Five columns, of which the first two matter; a tenth of the values is not known."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 5)).astype(np.float32)
    logit = 1.2 * rows[:, 0] - 0.9 * rows[:, 1] - 1
    outcome = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(np.float64)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    return Cases(("visits", "age", "noise_a", "noise_b", "noise_c"), rows, outcome)


@pytest.fixture(scope="module", params=[SMALL_FOREST, Boosting(trees=60)])
def estimator(request: pytest.FixtureRequest) -> Fitted:
    return fitted(request.param, cases(), later=cases(seed=6))


def test_probability_is_baseline_plus_shares(estimator: Fitted) -> None:
    unseen = cases(800, seed=9).rows

    probability, baseline, shares = estimator.contributions(unseen)

    assert np.abs(baseline + shares.sum(axis=1) - probability).max() < 1e-6
    assert np.array_equal(probability, estimator.predict(unseen))
    # Nearly always the baseline is one number: calibration stretches shares, not the base.
    assert np.abs(baseline - np.median(baseline)).mean() < 0.01


def test_shares_point_where_the_truth_points(estimator: Fitted) -> None:
    rows = np.zeros((2, 5), dtype=np.float32)
    rows[0, :2], rows[1, :2] = (2, -2), (-2, 2)

    probability, _, shares = estimator.contributions(rows)

    assert probability[0] > 0.75 > 0.1 > probability[1]
    assert (shares[0, :2] > 0.1).all()
    assert (shares[1, :2] < 0).all()
    assert np.abs(shares[:, 2:]).max() < 0.05


def test_the_same_seed_gives_the_same_numbers() -> None:
    one, two = (fitted(SMALL_FOREST, cases(), later=cases(seed=6)) for _ in range(2))
    other = fitted(Forest(trees=40, seed=1), cases(), later=cases(seed=6))
    unseen = cases(300, seed=9).rows

    assert np.array_equal(one.predict(unseen), two.predict(unseen))
    assert not np.array_equal(one.predict(unseen), other.predict(unseen))


def test_a_stored_estimator_predicts_the_same_and_holds_no_code(
    estimator: Fitted, tmp_path: Path
) -> None:
    store(estimator, tmp_path / "one.npz")

    again = load(tmp_path / "one.npz")

    unseen = cases(600, seed=9).rows
    assert again.names == estimator.names
    assert np.array_equal(again.predict(unseen), estimator.predict(unseen))
    assert [path.name for path in tmp_path.iterdir()] == ["one.npz"]
    with np.load(tmp_path / "one.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays)


def test_a_column_written_after_the_outcome_is_refused_by_its_name() -> None:
    """PRD-01, A3: a planted column that knows the outcome is found."""
    honest = cases()
    planted = np.column_stack([honest.rows, honest.outcome + 0.01 * honest.rows[:, 2]])
    only_losers = np.where(honest.outcome == 1, 3.0, np.nan)[:, None]
    rows = np.column_stack([planted, only_losers]).astype(np.float32)
    leaky = Cases((*honest.names, "churn_score", "churn_reason_code"), rows, honest.outcome)

    with pytest.raises(LeakyColumn) as refused:
        fitted(SMALL_FOREST, leaky, later=leaky)

    assert refused.value.data["columns"] == ["churn_score", "churn_reason_code"]
    assert "churn_score" in refused.value.sentence("zh-Hans")
    assert leaking_columns(leaky.without(["churn_score", "churn_reason_code"])) == []


def test_shuffled_outcomes_cannot_be_predicted() -> None:
    """A3: with shuffled labels the AUC lies in 0.47 to 0.53."""
    rng = np.random.default_rng(0)
    seen = cases(6_000)
    shuffled = Cases(seen.names, seen.rows, rng.permutation(seen.outcome))
    unseen = cases(6_000, seed=9)

    estimator = fitted(SMALL_FOREST, shuffled, later=shuffled)

    assert 0.47 < roc_auc(estimator.predict(unseen.rows), rng.permutation(unseen.outcome)) < 0.53


def test_columns_that_tell_nothing_are_left_out() -> None:
    seen = cases()
    unknown = np.full((len(seen.outcome), 1), np.nan)
    constant = np.full((len(seen.outcome), 1), 3.0)
    rows = np.column_stack([unknown, seen.rows, constant]).astype(np.float32)
    wider = Cases(("sessions", *seen.names, "country"), rows, seen.outcome)

    for learner in (SMALL_FOREST, Boosting(trees=20)):
        assert fitted(learner, wider, later=wider).names == seen.names


def test_the_digest_changes_with_any_value() -> None:
    one, two = cases(), cases()
    two.rows[7, 3] = 1.25

    assert digest(one) == digest(cases())
    assert digest(one) != digest(two)


def telco() -> Cases:
    with gzip.open(TELCO, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    columns: dict[str, list[float]] = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name in NUMBERS:
            columns[name] = [float(value) if value.strip() else np.nan for value in values]
        elif name not in NOT_LEARNED:
            levels = sorted(set(values))
            for level in levels[1:] if len(levels) == 2 else levels:
                columns[f"{name}={level}"] = [float(value == level) for value in values]
    outcome = np.array([float(row["Churn"] == "Yes") for row in rows])
    matrix = np.array(list(columns.values()), dtype=np.float32).T.copy()
    return Cases(tuple(columns), matrix, outcome)


@pytest.mark.slow
@pytest.mark.skipif(not TELCO.exists(), reason="no data sets beside the project (#2)")
@pytest.mark.parametrize("learner", [Forest(trees=200), Boosting()])
def test_acceptance_on_the_public_telco_file(learner: Learner) -> None:
    """PRD-01, A1: five folds, calibrated on a fifth of each fold that the trees did not see."""
    every = telco()
    figures: list[dict[str, float]] = []
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    for seen, unseen in folds.split(every.rows, every.outcome):
        shuffled = np.random.default_rng(0).permutation(seen)
        cut = len(shuffled) * 4 // 5
        estimator = fitted(learner, every.of(shuffled[:cut]), later=every.of(shuffled[cut:]))
        test = every.of(unseen)
        figures.append(dict(quality(estimator.predict(test.rows), test.outcome)))

    mean = {name: float(np.mean([one[name] for one in figures])) for name in figures[0]}
    assert 0.842 <= mean["auc"] < 0.87
    assert mean["average_precision"] >= 0.650
    assert mean["lift_10"] >= 2.80
    assert mean["brier"] <= 0.137
    assert mean["log_loss"] <= 0.420
    assert mean["ece"] <= 0.035
    assert 0.90 <= mean["calibration_slope"] <= 1.10
    assert 0.97 <= mean["observed_expected"] <= 1.03
