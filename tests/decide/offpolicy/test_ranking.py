"""Rankings by effect: arithmetic, ties, and what knows nothing."""

import numpy as np
import pytest

from tenure.decide.offpolicy.ranking import (
    difference_at,
    first,
    gain_at,
    ranked,
    rate,
    within_folds,
)

EFFECT = np.array([4.0, 0.0, 2.0, -2.0])
GOOD = np.array([9.0, 3.0, 7.0, 1.0])


def test_places_are_shares_and_ties_share_theirs() -> None:
    assert ranked(GOOD).tolist() == [0.125, 0.625, 0.375, 0.875]
    assert ranked(np.array([1.0, 1.0, 0.0])).tolist() == pytest.approx([1 / 3, 1 / 3, 5 / 6])


def test_the_first_half_by_a_good_score_gains_what_it_holds() -> None:
    """(4 + 2) ÷ 4 = 1.5; half of everybody at random gains 1 ÷ 2."""
    assert gain_at(GOOD, EFFECT, share=0.5).value == 1.5
    assert gain_at(np.zeros(4), EFFECT, share=0.5).value == 0.5
    assert difference_at(GOOD, np.zeros(4), effect=EFFECT, share=0.5).value == 1.0


def test_exactly_the_share_is_treated_whatever_ties() -> None:
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert first(np.array([1.0, 1.0, 0.0, 0.0]), share=share).sum() == pytest.approx(4 * share)


def test_the_area_by_hand() -> None:
    """Σ(½ − u)(Γ − 1) ÷ 4 with u = ⅛, ⅝, ⅜, ⅞: (1.125 + .125 + .125 + 1.125) ÷ 4."""
    assert rate(GOOD, EFFECT).qini.value == pytest.approx(0.625)
    assert rate(-GOOD, EFFECT).qini.value == pytest.approx(-0.625)


def test_a_score_without_knowledge_is_not_told_from_chance() -> None:
    chance = np.random.default_rng(1)
    effect, blind = chance.normal(1, 3, 20_000), chance.random(20_000)

    found = rate(blind, effect)

    assert abs(found.qini.z) < 3
    assert abs(found.autoc.z) < 3
    assert rate(effect + chance.normal(0, 3, 20_000), effect).autoc.z > 20


def test_scores_of_different_folds_are_compared_by_their_order_only() -> None:
    fold = np.array([0, 0, 1, 1])

    assert within_folds(np.array([1.0, 2.0, 101.0, 102.0]), fold).tolist() == [
        0.25, 0.75, 0.25, 0.75,
    ]  # fmt: skip
