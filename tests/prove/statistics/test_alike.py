"""Where all of a small group did the same, the interval keeps the width that chance has there."""

import numpy as np
import pytest

from tenure.prove.statistics.groups import difference, yes_or_no
from tenure.prove.statistics.sequential import always_valid


def test_nobody_of_a_small_control_is_no_proof_against_the_treated() -> None:
    """11 of 3,243 withdrew a consent and none of 163 (Fisher's exact p is 1.0): not more."""
    found = difference(yes_or_no(3_243, yes=11), yes_or_no(163, yes=0))

    assert found.effect == pytest.approx(11 / 3_243)
    assert found.low < 0 < found.high
    # Agresti and Caffo's variance of none among 163: 1/165 · 164/165 / 165.
    control = 1 / 165 * 164 / 165 / 165
    treated = 11 / 3_243 * (1 - 11 / 3_243) / 3_243
    assert found.deviation == pytest.approx((control + treated) ** 0.5)


@pytest.mark.parametrize("yes", [(9, 0), (0, 9), (3_243, 7), (5, 163)])
def test_an_arm_without_variation_widens_and_the_other_does_not(yes: tuple[int, int]) -> None:
    arms = [yes_or_no(n, yes=one) for n, one in zip((3_243, 163), yes, strict=True)]

    assert difference(*arms).deviation >= sum(one.variance for one in arms) ** 0.5
    assert all(one.doubt == one.variance for one in arms if one.variance)


def test_where_nothing_varies_at_all_there_is_no_width_to_show() -> None:
    assert difference(yes_or_no(8, yes=8), yes_or_no(4, yes=0)).deviation == 0


@pytest.mark.parametrize("control", [10, 15, 20])
def test_it_holds_the_truth_though_most_groups_are_alike(control: int) -> None:
    """K3: 94 of 100 renew in both arms; four of ten controls of 15 are of one outcome.

    The plain interval holds the truth in 46 % of trials at 10 and in 70 % at 20.
    """
    rng = np.random.default_rng(20260312)
    held = {"fixed": 0, "any look": 0, "plain": 0}
    trials = 4_000
    for one, other in rng.binomial([360, control], 0.94, size=(trials, 2)).tolist():
        treated, kept = yes_or_no(360, yes=one), yes_or_no(control, yes=other)
        found = difference(treated, kept)
        shown = always_valid(found, accounts=360 + control, tuning=20_000)
        plain = 1.959964 * (treated.variance + kept.variance) ** 0.5
        held["fixed"] += found.low <= 0 <= found.high
        held["any look"] += shown.low <= 0 <= shown.high
        held["plain"] += abs(found.effect) <= plain

    assert held["any look"] / trials >= 0.95
    assert held["plain"] < held["fixed"]
    assert held["fixed"] / trials >= 0.93
