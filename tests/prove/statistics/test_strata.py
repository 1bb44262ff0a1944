"""Post-stratification: arithmetic that can be followed by hand, and what cannot be compared."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.prove.statistics.groups import (
    NOBODY,
    Group,
    difference,
    relative_difference,
    students,
    yes_or_no,
)
from tenure.prove.statistics.strata import TOGETHER, Stratified, groups_of, large_enough
from tests.prove.statistics.stratified import pairs_of

SMALL = np.array([1.0, 2, 3, 4, 1, 1, 2, 2])  # four treated, four of the control
LARGE = np.array([10.0, 14, 9, 11])  # two and two


def worked() -> Stratified:
    outcome = np.concatenate([SMALL, LARGE])
    strata = np.repeat([0, 1], [8, 4])
    treated = np.array([1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0], dtype=bool)
    return Stratified.of(pairs_of(outcome, strata, treated=treated))


def test_the_worked_example() -> None:
    """TOP-04: two thirds of 1 and a third of 2; the variances (5/3, 1/3) / 4 and (8, 2) / 2.

    4/9 · 6/12 + 1/9 · 10/2 = 7/9, and for the shares, which another draw would change,
    (2/3 · (1/3)² + 1/3 · (2/3)²) / 12 = 1/54.
    """
    found = worked().difference()

    assert found.effect == pytest.approx(4 / 3)
    assert found.deviation == pytest.approx(sqrt(7 / 9 + 1 / 54))
    assert (found.low + found.high) / 2 == pytest.approx(4 / 3)
    assert worked().test().z == pytest.approx(4 / 3 / sqrt(7 / 9 + 1 / 54))


def test_a_handful_has_wider_bounds_than_the_normal_curve() -> None:
    """Satterthwaite: (5/27, 1/27 | 4/9, 1/9 | 1/54) with 3, 3, 1, 1 and 11 degrees: 2.95 in all."""
    found = worked().students()

    parts = [(5 / 27, 3), (1 / 27, 3), (4 / 9, 1), (1 / 9, 1), (1 / 54, 11)]
    whole = sum(part for part, _ in parts)
    assert found.freedom == pytest.approx(whole**2 / sum(one**2 / n for one, n in parts))
    plain = worked().difference()
    assert found.low < plain.low < plain.high < found.high
    assert found.p_value > worked().test().p_value


def test_the_control_is_what_it_would_be_at_the_shares_of_all() -> None:
    """Weighed by the treated: 3/4 · 0.5 + 1/4 · 0.2, not the 0.35 of an even control."""
    pairs = [
        (yes_or_no(300, yes=180), yes_or_no(100, yes=50)),
        (yes_or_no(100, yes=30), yes_or_no(100, yes=20)),
    ]

    of_treated = Stratified.of(pairs, as_treated=True)

    assert of_treated.control.mean == pytest.approx(0.425)
    assert of_treated.treated.mean == pytest.approx(0.525)
    assert Stratified.of(pairs).control.mean == pytest.approx((4 * 0.5 + 2 * 0.2) / 6)


def a_group(rng: np.random.Generator, units: int) -> Group:
    below = rng.integers(1, 4, units).astype(float)
    over = below * rng.normal(5, 1, units)
    return groups_of(over, below, places=np.zeros(units, dtype=int), count=1)[0]


@given(st.integers(3, 60), st.integers(3, 60), st.integers(0, 1000))
def test_one_stratum_is_the_plain_comparison(treated: int, control: int, seed: int) -> None:
    """A ratio of two sums, its share of the control's, and Student's test: to the last digit."""
    rng = np.random.default_rng(seed)
    pair = a_group(rng, treated), a_group(rng, control)
    plain, found = difference(*pair), Stratified.of([pair])

    assert found.difference().effect == pytest.approx(plain.effect)
    assert found.difference().deviation == pytest.approx(plain.deviation)
    assert found.relative().low == pytest.approx(relative_difference(*pair).low)
    test = students(*pair, one=plain)
    assert found.students().p_value == pytest.approx(test.p_value)
    assert found.students().low == pytest.approx(test.low)


@given(st.permutations(range(4)))
def test_the_order_of_strata_says_nothing(order: list[int]) -> None:
    rng = np.random.default_rng(3)
    pairs = [(a_group(rng, 9), a_group(rng, 7)) for _ in range(4)]

    found = Stratified.of([pairs[one] for one in order]).difference()

    assert found.effect == pytest.approx(Stratified.of(pairs).difference().effect)


def test_nothing_that_varies_gives_no_width_and_no_chance() -> None:
    """Nobody, or everybody, of both arms: no difference, p = 1. One apart in all: p = 0."""
    alike = Stratified.of([(yes_or_no(20, yes=20), yes_or_no(30, yes=30))] * 2)
    apart = Stratified.of([(yes_or_no(20, yes=20), yes_or_no(30, yes=0))] * 2)

    assert (alike.difference().deviation, alike.students().p_value) == (0.0, 1.0)
    assert alike.test().p_value == 1.0
    assert (apart.difference().effect, apart.students().p_value) == (1.0, 0.0)
    assert apart.test().p_value == 0.0


def test_effects_that_differ_between_strata_are_less_sure() -> None:
    """The same rates within: one effect in both, or twice of it in one and none in the other."""
    level = [(yes_or_no(100, yes=60), yes_or_no(100, yes=50))] * 2
    tilted = [
        (yes_or_no(100, yes=60), yes_or_no(100, yes=40)),
        (yes_or_no(100, yes=60), yes_or_no(100, yes=60)),
    ]

    one, other = (Stratified.of(pairs) for pairs in (level, tilted))

    assert one.difference().effect == pytest.approx(other.difference().effect)
    within = sum(float(side.parts.sum()) for side in (other.treated, other.control))
    assert other.difference().deviation ** 2 == pytest.approx(within + 0.1**2 / 400)


def test_small_strata_are_put_together_by_their_sizes_alone() -> None:
    """Two of four hold fewer than ten of an arm: together they are enough."""
    sizes = {"a": (50, 40), "b": (9, 30), "c": (12, 8), "d": (20, 20)}
    strata = {
        name: (yes_or_no(some, yes=some // 2), yes_or_no(others, yes=0))
        for name, (some, others) in sizes.items()
    }

    found = large_enough(strata, least=10)

    assert set(found) == {"a", "d", TOGETHER}
    assert [one.accounts for one in found[TOGETHER]] == [21, 38]
    assert found[TOGETHER][0].total == 4 + 6


def test_small_ones_that_are_too_few_together_take_the_smallest_of_the_others_along() -> None:
    one, two, few = (yes_or_no(units, yes=1) for units in (40, 20, 3))

    found = large_enough({"a": (one, one), "b": (two, two), "c": (few, NOBODY)}, least=10)

    assert set(found) == {"a", TOGETHER}
    assert [side.accounts for side in found[TOGETHER]] == [23, 20]
    assert large_enough({"c": (few, few)}, least=10) == {TOGETHER: (few, few)}
    assert large_enough({}, least=10) == {}


def test_a_stratum_in_which_all_did_the_same_keeps_the_width_of_chance() -> None:
    """As of a plain arm: twelve of twelve count as 13 of 14. The other stratum varies."""
    pairs = [
        (yes_or_no(12, yes=12), yes_or_no(40, yes=20)),
        (yes_or_no(40, yes=20), yes_or_no(40, yes=20)),
    ]

    found = Stratified.of(pairs)

    alike = 13 / 14 * (1 / 14) / 14
    assert found.treated.parts[0] == pytest.approx((52 / 132) ** 2 * alike)
    assert found.treated.parts[1] == pytest.approx((80 / 132) ** 2 * 0.25 / 39)
