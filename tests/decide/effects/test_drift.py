"""E3: an action that stops doing what it did is noticed, and learned anew from then on."""

import numpy as np

from tenure.decide.effects.drift import changes, without_what_is_over
from tenure.decide.effects.history import History, plain_stakes
from tenure.decide.effects.selection import learn

SEED = 20261128
ARMS = ("nothing", "letter", "call")


def a_past(
    *, turns_in: int | None = None, season: float = 0.0, seed: int = SEED
) -> tuple[History, np.ndarray]:
    """Thirty weeks of 200: the letter adds 12 points, and from a week on takes them away."""
    rng = np.random.default_rng(seed)
    count = 6_000
    day = np.repeat(np.arange(30) * 7, 200) + 18_000
    rows = rng.standard_normal((count, 2))
    action = rng.integers(0, 3, count)
    level = 0.6 + season * np.sin(day / 30)
    effect = 0.12 * (action == 1) + 0.05 * (action == 2)
    if turns_in is not None:
        effect[(action == 1) & (day >= 18_000 + 7 * turns_in)] *= -1
    outcome = (rng.random(count) < level + effect).astype(float)
    return History(("a", "b"), ARMS, rows, action, outcome, np.full((count, 3), 1 / 3)), day


def test_an_effect_that_turned_is_found_with_its_week() -> None:
    history, day = a_past(turns_in=20)

    (found,) = changes(history, day)

    assert ARMS[found.arm] == "letter"
    assert abs(found.since - (18_000 + 7 * 20)) <= 14, f"seed {SEED}"
    assert found.z < -4.5
    assert abs(found.moved + 0.24) < 0.06


def test_nothing_is_found_where_nothing_changed_not_even_by_a_season() -> None:
    for seed in range(8):
        assert changes(*a_past(season=0.1, seed=seed)) == (), f"seed {seed}"


def test_a_past_too_short_for_a_before_and_an_after_says_nothing() -> None:
    history, day = a_past(turns_in=20)

    assert changes(history.of(np.arange(300)), day[:300]) == ()
    assert changes(history, day, least=2_000) == ()


def test_what_is_over_leaves_and_the_others_keep_their_proportions() -> None:
    history, day = a_past(turns_in=20)
    changed = changes(history, day)

    left, kept = without_what_is_over(history, day, changed=changed)

    is_old = day[kept] < changed[0].since
    assert not (left.action[is_old] == 1).any()
    assert set(left.action[~is_old].tolist()) == {0, 1, 2}
    assert left.propensity[is_old].tolist() == [[0.5, 0.0, 0.5]] * int(is_old.sum())
    assert np.allclose(left.propensity.sum(axis=1), 1)
    over = (day < changed[0].since) & (history.action == 1)
    assert len(left) == int(kept.sum()) == len(day) - int(over.sum())


def test_a_choice_learned_from_what_is_left_asks_for_nothing_that_is_over() -> None:
    history, day = a_past(turns_in=20)
    changed = changes(history, day)
    left, kept = without_what_is_over(history, day, changed=changed)
    stakes = plain_stakes(left).where_tried(left.propensity)

    learned = learn(left, stakes, challengers=())

    is_old = day[kept] < changed[0].since
    assert not (stakes.to_all(1)[is_old]).any()
    assert (stakes.to_all(1)[~is_old] == 1).all()
    assert not (learned.choice[is_old] == 1).any()
    assert learned.overlap.least_propensity > 0
