"""The gate and the contest of estimators, on evidence written by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.effects.claims import Calibration
from tenure.decide.effects.estimator.challengers import DRLearner, SLearner, Trees, XLearner
from tenure.decide.effects.history import History, plain_stakes
from tenure.decide.effects.selection import Gains, Verdict, judge, learn
from tenure.decide.offpolicy.refusals import TooFewRows
from tenure.decide.offpolicy.rules import Estimate

FEW_TREES = Trees(rounds=20, least_in_leaf=20)


def an_estimate(z: float) -> Estimate:
    return Estimate(z, 1.0, z - 1.96, z + 1.96)


def a_verdict(
    *, slope: float, varying: float, personal: float, single: float, beyond: float
) -> Verdict:
    return judge(
        Calibration(an_estimate(slope), an_estimate(varying)),
        Gains(
            an_estimate(personal), an_estimate(single), an_estimate(beyond), an_estimate(personal)
        ),
        arms=10,
    )


def test_nothing_is_done_without_evidence() -> None:
    assert a_verdict(slope=1, varying=1, personal=2, single=2, beyond=0) is Verdict.NOTHING


def test_effects_that_are_there_and_values_that_do_not_object_let_through() -> None:
    assert a_verdict(slope=9, varying=5, personal=1, single=1, beyond=0.5) is Verdict.PERSONAL
    assert a_verdict(slope=9, varying=5, personal=-2, single=1, beyond=-1) is Verdict.NOTHING


def test_one_action_for_all_where_nothing_speaks_for_differences() -> None:
    assert a_verdict(slope=9, varying=0, personal=6, single=6, beyond=0) is Verdict.SINGLE
    assert a_verdict(slope=9, varying=4, personal=6, single=6, beyond=-0.2) is Verdict.SINGLE


@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 2))
def test_without_slope_value_or_single_nothing_passes(
    varying: float, personal: float, beyond: float, single: float
) -> None:
    found = a_verdict(
        slope=2.0, varying=varying, personal=min(personal, 2), single=single, beyond=beyond
    )

    assert found is Verdict.NOTHING


def a_trial(rows: int = 6_000, *, seed: int = 1) -> History:
    """An action that helps the first half of a column and harms the other."""
    chance = np.random.default_rng(seed)
    columns = chance.normal(size=(rows, 3))
    action = chance.integers(0, 2, rows)
    level = 0.5 + 0.15 * np.sign(columns[:, 0]) * action
    outcome = (chance.random(rows) < level).astype(float)
    return History(
        ("a", "b", "c"), ("nothing", "call"), columns, action, outcome, np.full((rows, 2), 0.5)
    )


@pytest.mark.parametrize(
    "learner",
    [
        DRLearner(strength=50.0),
        XLearner(trees=FEW_TREES, strength=50.0),
        SLearner(trees=FEW_TREES),
    ],
    ids=lambda one: one.name,
)
def test_every_challenger_finds_who_is_helped(learner: DRLearner | XLearner | SLearner) -> None:
    history = a_trial()

    effect = learner.fit(history).outcome(history.rows) @ np.array([-1.0, 1.0])

    helped = history.rows[:, 0] > 0
    # The linear ones see a step of 0.15 as a slope: 0.15·2/π at most.
    assert 0.06 < effect[helped].mean() < 0.18
    assert -0.18 < effect[~helped].mean() < -0.06


def test_a_personal_choice_is_chosen_where_it_is_worth_it() -> None:
    history = a_trial()

    learned = learn(history, plain_stakes(history), challengers=())

    assert learned.verdict is Verdict.PERSONAL
    assert learned.is_personal_better
    assert learned.gains.personal.value == pytest.approx(0.075, abs=0.02)
    assert learned.gains.single.value == pytest.approx(0.0, abs=0.03)


def test_the_same_history_teaches_the_same() -> None:
    history = a_trial(1_000)

    one, two = (learn(history, plain_stakes(history), challengers=(), seed=3) for _ in range(2))

    assert np.array_equal(one.predicted, two.predicted)
    assert one.gains == two.gains


def test_an_amount_may_be_the_outcome_and_a_value_may_be_missing() -> None:
    plain = a_trial(2_000)
    rows = plain.rows.copy()
    rows[::7, 1] = np.nan
    paid = 40 + 10 * plain.outcome + np.arange(2_000) % 3
    history = History(plain.names, plain.arms, rows, plain.action, paid, plain.propensity)

    learned = learn(history, plain_stakes(history), challengers=())

    assert learned.gains.personal.value == pytest.approx(0.75, abs=0.4)


def test_a_column_without_any_value_and_outcomes_that_never_differ_teach_nothing() -> None:
    plain = a_trial(400)
    rows = np.full((400, 3), np.nan)
    level = np.zeros(400)
    history = History(plain.names, plain.arms, rows, plain.action, level, plain.propensity)

    learned = learn(history, plain_stakes(history), challengers=())

    assert learned.verdict is Verdict.NOTHING
    assert (learned.gains.personal.value, learned.gains.personal.deviation) == (0.0, 0.0)


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_trees_that_saw_one_outcome_only_expect_it(outcome: float) -> None:
    """An early block of a rare outcome may hold none."""
    plain = a_trial(200)
    level = np.full(200, outcome)
    history = History(plain.names, plain.arms, plain.rows, plain.action, level, plain.propensity)

    expected = SLearner(trees=FEW_TREES).fit(history).outcome(history.rows)

    assert np.array_equal(expected, np.full((200, 2), outcome))


def test_a_history_too_short_to_split_is_refused() -> None:
    history = a_trial(150)

    with pytest.raises(TooFewRows) as refused:
        learn(history, plain_stakes(history))

    assert refused.value.data == {"rows": 150, "least": 200}
