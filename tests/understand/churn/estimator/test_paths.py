"""Paths add up exactly, in the compiled kernel as in its twin."""

from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from tenure.understand.churn.estimator.ensemble import Ensemble, Matrix, from_boosting, from_forest
from tenure.understand.churn.estimator.paths import walked, walked_by_numba, walked_by_numpy

COLUMNS = 6


def rows(n: int, *, seed: int) -> Matrix:
    """Numbers, counts and gaps."""
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(n, COLUMNS)).astype(np.float32)
    made[:, 2] = np.round(made[:, 2] * 2)
    made[rng.random(made.shape) < 0.15] = np.nan
    return made


def outcomes(made: Matrix) -> np.ndarray:
    return (np.nan_to_num(made[:, 0], nan=1.0) + np.nan_to_num(made[:, 2]) > 0.4).astype(np.int64)


@pytest.fixture(scope="module", params=["forest", "boosting"])
def trees(request: pytest.FixtureRequest) -> Iterator[tuple[Ensemble, object]]:
    seen = rows(3_000, seed=1)
    if request.param == "forest":
        forest = RandomForestClassifier(12, min_samples_leaf=5, random_state=0)
        forest.fit(seen, outcomes(seen))
        yield from_forest(forest, features=COLUMNS), forest
        return
    boosting = HistGradientBoostingClassifier(max_iter=30, max_leaf_nodes=8, random_state=0)
    boosting.fit(seen.astype(np.float64), outcomes(seen))
    yield from_boosting(boosting, features=COLUMNS), boosting


def test_base_and_contributions_are_what_the_library_predicts(
    trees: tuple[Ensemble, RandomForestClassifier | HistGradientBoostingClassifier],
) -> None:
    """Additivity, to 1e-6 and far below, against scikit-learn's own prediction."""
    ensemble, library = trees
    unseen = rows(2_000, seed=2)

    raw, shares = walked(ensemble, unseen)

    if isinstance(library, RandomForestClassifier):
        expected = library.predict_proba(unseen)[:, 1]
    else:
        expected = library.decision_function(unseen.astype(np.float64))
    assert np.abs(ensemble.base + shares.sum(axis=1) - expected).max() < 1e-9
    assert np.abs(raw - expected).max() < 1e-9


def test_the_kernel_and_its_twin_are_equal(trees: tuple[Ensemble, object]) -> None:
    ensemble, _ = trees
    unseen = rows(5_000, seed=4)

    compiled, twin = walked_by_numba(ensemble, unseen), walked_by_numpy(ensemble, unseen)

    assert np.array_equal(compiled[1], twin[1])
    assert np.array_equal(compiled[0], twin[0])


def test_rows_beside_a_threshold_go_the_same_way_in_both(trees: tuple[Ensemble, object]) -> None:
    """The kernel asks in float32 what the trees ask in float64."""
    ensemble, _ = trees
    asked = ensemble.nodes[ensemble.nodes["feature"] >= 0]
    at = rows(1, seed=5).repeat(3 * len(asked), axis=0)
    near = asked["threshold"].astype(np.float32)
    for place, towards in enumerate((-np.inf, None, np.inf)):
        values = near if towards is None else np.nextafter(near, np.float32(towards))
        at[np.arange(len(asked)) + place * len(asked), asked["feature"]] = values

    assert np.array_equal(walked_by_numba(ensemble, at)[1], walked_by_numpy(ensemble, at)[1])


def test_the_base_is_what_the_trees_expect_of_whoever_they_saw(
    trees: tuple[Ensemble, object],
) -> None:
    ensemble, _ = trees
    seen = rows(3_000, seed=1)

    raw, shares = walked(ensemble, seen)

    assert raw.mean() == pytest.approx(ensemble.base, abs=0.02)
    assert np.abs(shares[:, [0, 2]]).mean() > 5 * np.abs(shares[:, [1, 3, 4, 5]]).mean()
