"""What is claimed of learned choices holds the truth where folds mislead each other (K3, K5).

Nothing works, so that no choice is the best one and what is chosen is luck.
"""

import numpy as np
import pytest

from tenure.decide.effects.claims import Judged, Later, beyond
from tenure.decide.effects.estimator.folds import fold_of, out_of_fold
from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.history import History, Stakes, logged
from tenure.decide.effects.selection import FOLDS
from tenure.decide.offpolicy.rules import scores

SEED = 5
TIMES, FEWER, ROWS = 300, 200, 1_000
ARMS = ("nothing", "reminder", "call", "coupon")
FREE, DEAR = (0.0, 0.0, 0.0, 0.0), (0.0, 0.002, 0.004, 0.02)
LEARNER = SharedEffect(rounds=2)


def a_null_trial(rng: np.random.Generator, cost: tuple[float, ...]) -> tuple[History, Stakes]:
    """Renewals that one column tells, and four arms that change nothing."""
    rows = rng.normal(size=(ROWS, 3))
    action = rng.integers(0, len(ARMS), ROWS)
    renews = rng.random(ROWS) < 1 / (1 + np.exp(-0.8 - 0.6 * rows[:, 0]))
    even = np.full((ROWS, len(ARMS)), 1 / len(ARMS))
    history = History(("a", "b", "c"), ARMS, rows, action, renews.astype(float), even)
    return history, Stakes(np.ones(even.shape), np.tile(cost, (ROWS, 1)))


@pytest.mark.parametrize("cost", [FREE, DEAR], ids=["free", "dear"])
def test_intervals_hold_the_truth_where_nothing_works(cost: tuple[float, ...]) -> None:
    """K5: 93 to 97 % of 300 for the gain, its lead over one action for all, and the slope."""
    rng, price = np.random.default_rng(SEED), np.array(cost)
    held = {"gain": 0, "lead": 0, "slope": 0}
    for _ in range(TIMES):
        history, stakes = a_null_trial(rng, cost)
        block = fold_of(ROWS, folds=FOLDS, seed=int(rng.integers(2**31)))
        later = Later.of(history, stakes, block=block, first=LEARNER)
        choice, single = later.first.choice, later.single

        gain, lead = later.gain(choice), later.gain(choice, over=single)
        slope = later.calibrate(later.first).slope

        gained = -float(later.weights(choice) @ price[choice])
        led = float(later.weights(choice, over=single) @ (price[single] - price[choice]))
        held["gain"] += gain.low <= gained <= gain.high
        held["lead"] += lead.low <= led <= lead.high
        held["slope"] += slope.low <= 0 <= slope.high

    shares = {name: count / TIMES for name, count in held.items()}
    assert all(0.93 <= one <= 0.97 for one in shares.values()), shares


def test_folds_that_count_as_independent_would_claim_too_much() -> None:
    """What the blocks are for: crossed, the same interval holds in fewer than 93 % of 200."""
    rng, held = np.random.default_rng(SEED), 0
    for _ in range(FEWER):
        history, stakes = a_null_trial(rng, FREE)
        fold = fold_of(ROWS, folds=FOLDS, seed=int(rng.integers(2**31)))
        predicted = out_of_fold(LEARNER, history, fold=fold)
        gamma = scores(logged(history, stakes), stakes.value(predicted))

        naive = beyond(gamma, stakes.best(predicted))

        held += naive.low <= 0 <= naive.high

    assert held / FEWER < 0.93


def test_a_block_in_which_nobody_is_chosen_otherwise_has_no_say_of_its_own() -> None:
    """Scores of three blocks: 1 ± 1, 1 ± 1 and 0 without doubt, which weighs four times as much."""
    scores_of = np.array([0.0, 2.0] * 4 + [0.0] * 4)
    none = np.zeros(12)
    history = History(
        ("a",), ("nothing", "call"), none[:, None], np.zeros(12, dtype=np.int64), none,
        np.full((12, 2), 0.5),
    )  # fmt: skip
    block, choice = np.repeat([1, 2, 3], 4), np.ones(12, dtype=np.int64)
    gamma = np.stack([none, scores_of], axis=1)
    judged = Judged(gamma, choice)
    later = Later(
        history, block, history, Stakes(gamma, gamma), block, none.astype(np.int64), judged, gamma
    )

    gain = later.gain(choice)

    # Weights 1 : 1 : 4; the first two errors are √(4/3)/2 each.
    error = (4 / 3) ** 0.5 / 2
    assert gain.value == pytest.approx(2 / 6)
    assert gain.deviation == pytest.approx(2**0.5 / 6 * error)
    assert later.weights(choice).sum() == pytest.approx(1)
    assert later.gain(np.zeros(12, dtype=np.int64)).deviation == 0
