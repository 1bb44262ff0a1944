"""The value of a policy on a logged past, by arithmetic and by law (STD-03)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.decide.offpolicy.refusals import (
    ArmWithoutOutcomes,
    NoOverlap,
    NotAProbability,
    OutcomeBeforeExposure,
)
from tenure.decide.offpolicy.rules import (
    Logged,
    certain,
    check,
    check_order,
    doubly_robust,
    gain,
    imbalances,
    ips,
    overlap,
    scores,
    snips,
)

# Four customers, two arms; probabilities and rewards one can add up by hand.
PAST = Logged(
    arms=("nothing", "call"),
    action=np.array([0, 1, 1, 0]),
    reward=np.array([1.0, 3.0, 5.0, 2.0]),
    propensity=np.array([[0.5, 0.5], [0.5, 0.5], [0.75, 0.25], [0.8, 0.2]]),
)
ALL_CALLED = certain(np.ones(4, dtype=np.int64), arms=2)


def a_past(*, seed: int, rows: int = 400) -> Logged:
    chance = np.random.default_rng(seed)
    propensity = chance.dirichlet([2.0, 2.0, 2.0], rows).clip(0.05)
    propensity /= propensity.sum(axis=1, keepdims=True)
    drawn = chance.random(rows)[:, None] > propensity.cumsum(axis=1)
    action = np.minimum(drawn.sum(axis=1), 2)
    return Logged(("nothing", "a", "b"), action, chance.normal(size=rows), propensity)


def test_inverse_propensity_by_hand() -> None:
    """(3 ÷ 0.5 + 5 ÷ 0.25) ÷ 4 = 6.5; divided by the mean weight (2 + 4) ÷ 4, 4⅓."""
    assert ips(PAST, ALL_CALLED).value == pytest.approx(6.5)
    assert snips(PAST, ALL_CALLED).value == pytest.approx(26 / 6)


def test_doubly_robust_by_hand() -> None:
    """Predicted 4 for a call: 4 + (−1 ÷ 0.5 + 1 ÷ 0.25) ÷ 4 = 4.5."""
    predicted = np.tile([0.0, 4.0], (4, 1))

    assert doubly_robust(PAST, ALL_CALLED, predicted=predicted).value == pytest.approx(4.5)


def test_what_a_value_rests_on() -> None:
    found = overlap(PAST, ALL_CALLED)

    assert (found.rows, found.matching_rows) == (4, 2)
    assert found.effective_rows == pytest.approx(36 / 20)
    assert found.largest_weight == pytest.approx(4 / 1.5)
    assert found.least_propensity == 0.2


@given(seed=st.integers(0, 2**32 - 1), level=st.floats(-5, 5))
def test_a_constant_added_to_predictions_and_rewards_is_added_to_the_value(
    seed: int, level: float
) -> None:
    past = a_past(seed=seed)
    policy = certain(past.action[::-1].copy(), arms=3)
    predicted = np.zeros((400, 3))
    moved = Logged(past.arms, past.action, past.reward + level, past.propensity)

    before = doubly_robust(past, policy, predicted=predicted)
    after = doubly_robust(moved, policy, predicted=predicted + level)

    assert after.value == pytest.approx(before.value + level, abs=1e-9)
    assert after.deviation == pytest.approx(before.deviation)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_policy_beyond_itself_is_worth_nothing(seed: int) -> None:
    past = a_past(seed=seed)
    policy = certain(past.action, arms=3)

    found = gain(scores(past, np.zeros((400, 3))), policy, over=policy)

    assert (found.value, found.deviation) == (0.0, 0.0)


def test_what_was_never_tried_is_refused_by_name() -> None:
    never = Logged(PAST.arms, PAST.action, PAST.reward, np.array([[0.5, 0.5]] * 3 + [[1.0, 0.0]]))

    with pytest.raises(NoOverlap) as refused:
        ips(never, ALL_CALLED)

    assert refused.value.data == {"arm": "call", "rows": 1}
    assert "概率为 0" in refused.value.sentence("zh-Hans")


@pytest.mark.parametrize("bad", [[0.5, 0.4], [np.nan, 1.0], [-0.1, 1.1], [0.0, 1.0]])
def test_rows_without_a_propensity_are_refused(bad: list[float]) -> None:
    """C5: what was chosen with a probability that nobody wrote down cannot be evaluated."""
    past = Logged(PAST.arms, PAST.action, PAST.reward, np.array([bad, *PAST.propensity[1:]]))

    with pytest.raises(NotAProbability) as refused:
        check(past, least_outcomes=1)

    assert refused.value.data == {"rows": 1}


def test_an_arm_without_outcomes_is_refused() -> None:
    with pytest.raises(ArmWithoutOutcomes) as refused:
        check(PAST)

    assert refused.value.data == {"arm": "nothing", "seen": 2, "least": 20}


def test_outcomes_before_their_exposure_are_refused() -> None:
    when, then = np.array([1.0, 5.0, np.nan]), np.array([2.0, 4.0, 1.0])

    with pytest.raises(OutcomeBeforeExposure) as refused:
        check_order(when, then, names=("sent", "renewed"))

    assert refused.value.data["rows"] == 1


def test_a_column_that_chose_although_chance_should_have_is_found() -> None:
    chance = np.random.default_rng(4)
    risk, other = chance.normal(size=(2, 2_000))
    written = np.full((2_000, 2), 0.5)
    biased = (chance.random(2_000) < 1 / (1 + np.exp(-risk))).astype(np.int64)
    fair = chance.integers(0, 2, 2_000)
    rows, reward = np.stack([risk, other], axis=1), np.zeros(2_000)

    def found(action: np.ndarray) -> set[str]:
        past = Logged(("nothing", "call"), action, reward, written)
        return {one.column for one in imbalances(past, rows, names=("risk", "other"))}

    assert found(biased) == {"risk"}
    assert found(fair) == set()
