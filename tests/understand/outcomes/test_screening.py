"""Wide tables: what each fit chooses, from its own rows alone, and that it costs no honesty."""

import math

import numpy as np
import pytest

from tenure.observe.uploads.width import luck, rows_needed
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import Boosting, Forest, Learner, added_up
from tenure.understand.churn.estimator.linear import Hazard, Logistic
from tenure.understand.churn.estimator.quality import roc_auc
from tenure.understand.outcomes.judging import folds_of, judged
from tenure.understand.outcomes.learning import learners
from tenure.understand.outcomes.screening import Screened, chosen, screened, standing, telling

ROWS, PLACES = 600, 900


def cases_of(*, telling_places: tuple[int, ...] = (), seed: int = 0) -> Cases:
    """Noise, of which some places move with the outcome."""
    rng = np.random.default_rng(seed)
    outcome = (rng.random(ROWS) < 0.3).astype(np.float64)
    rows = rng.standard_normal((ROWS, PLACES)).astype(np.float32)
    rows[:, list(telling_places)] += outcome[:, None].astype(np.float32)
    return Cases(tuple(f"c{place}" for place in range(PLACES)), rows, outcome)


def test_a_place_tells_by_its_value_by_its_distance_or_by_being_known() -> None:
    outcome = np.tile([1.0, 0.0], 50)
    steps = np.arange(100, dtype=np.float32)
    rows = np.column_stack(
        [
            outcome,
            np.where(outcome == 1, np.where(steps % 4 == 0, 3, -3), 0),
            np.where(outcome == 1, np.nan, steps % 7),
            np.zeros(100),
            np.where(steps == 3, 1e9, outcome),
        ]
    ).astype(np.float32)

    told = telling(rows, outcome)

    assert told[0] == pytest.approx(1.0)
    assert told[1] == pytest.approx(1.0)
    assert told[2] == pytest.approx(1.0)
    assert told[3] == 0.0


def test_the_places_that_tell_are_chosen_and_the_asked_one_always() -> None:
    cases = cases_of(telling_places=(7, 300, 850))

    kept = chosen(cases, most=5, always=("c11",)).tolist()

    assert {7, 11, 300, 850} <= set(kept)
    assert len(kept) == 5
    assert kept == sorted(kept)


@pytest.mark.parametrize(
    "learner", [Boosting(trees=10), Forest(trees=10), Logistic(), Hazard("c300")]
)
def test_what_was_left_out_moves_nothing_and_the_rest_moves_as_before(learner: Learner) -> None:
    cases = cases_of(telling_places=(7, 300))
    kept = chosen(cases, most=20, always=("c300",))

    wide = Screened(learner, most=20, always=("c300",)).fit(cases)
    narrow = learner.fit(cases.only([cases.names[place] for place in kept]))

    raw, shares = added_up(wide, cases.rows)
    of_kept, _ = added_up(narrow, np.ascontiguousarray(cases.rows[:, kept]))
    assert wide.features == PLACES
    assert raw == pytest.approx(of_kept)
    assert np.abs(np.delete(shares, kept, axis=1)).max() == 0.0


def test_kinds_that_learn_from_the_same_rows_choose_once() -> None:
    cases, others = cases_of(telling_places=(7,)), cases_of(seed=1)
    kinds = screened({"a": Logistic(), "b": Boosting(trees=2)}, always=("c3",))

    for one in kinds.values():
        one.fit(cases)

    (first, second) = kinds.values()
    assert isinstance(first, Screened)
    assert isinstance(second, Screened)
    assert first.remembered is second.remembered
    assert len(first.remembered) == 1
    first.fit(others)
    assert len(first.remembered) == 2


def test_noise_hardly_ever_passes_the_line_of_luck() -> None:
    """TOP-20: of twenty tables of noise at most three have a place beyond it (5 % may)."""
    found = [standing(cases_of(seed=seed)) for seed in range(20)]

    assert sum(one.beyond > 0 for one in found) <= 3
    assert found[0].luck == pytest.approx(math.sqrt(2 * math.log(2 * 3 * PLACES / 0.05) / ROWS))
    assert found[0].need == rows_needed(3 * PLACES) == 2318
    assert luck(3 * PLACES, rows=found[0].need) == pytest.approx(0.1, abs=1e-4)
    assert found[0].is_hopeless == (found[0].beyond == 0)
    assert not standing(cases_of(telling_places=(7,))).is_hopeless


def test_a_wide_table_is_spared_the_deeper_trees() -> None:
    assert "gradient_boosting_deep" in learners(rows=4_000)
    assert "gradient_boosting_deep" not in learners(rows=4_000, is_wide=True)


def test_choosing_inside_the_folds_makes_no_signal_of_noise() -> None:
    """Chosen once on everything, 900 columns of noise would look well above chance."""
    cases = cases_of()
    parts = folds_of(cases.outcome, groups=None, seed=0)
    everything = cases.only([cases.names[place] for place in chosen(cases, most=20)])

    honest = judged("", Screened(Logistic(), most=20), cases=cases, rounds=[parts])
    dishonest = judged("", Logistic(), cases=everything, rounds=[parts])

    assert honest.figures["auc"] < 0.56
    assert roc_auc(dishonest.probability, everything.outcome) > 0.63
