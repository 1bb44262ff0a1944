"""Drift: silent while nothing moved, loud when something did."""

import numpy as np
import pytest

from tenure.understand.churn.estimator.drift import (
    Watch,
    adversary_auc,
    area_by_luck,
    psi_by_luck,
    stability_index,
)


def test_the_index_is_nothing_for_equal_shares_and_counts_unknown_ones() -> None:
    values = np.arange(1_000, dtype=np.float64)
    unknown = np.where(values % 2 == 0, np.nan, values)

    assert stability_index(values, values[::-1].copy()) == pytest.approx(0)
    assert stability_index(values, values + 300) > 0.25
    assert stability_index(values, unknown) > 0.25


def test_few_rows_that_did_not_change_hardly_ever_pass_the_line_of_luck() -> None:
    """Fifty rows have a PSI of 0.2 by chance alone; of 100 tables of five columns at most three
    may pass, where one is meant to, and what did change passes in all."""
    rng = np.random.default_rng(1)
    line = psi_by_luck(800, 50, columns=5)

    def largest(shift: float) -> float:
        return max(
            stability_index(rng.normal(size=800), rng.normal(size=50) + shift) for _ in range(5)
        )

    alike = [largest(0.0) for _ in range(100)]
    assert np.median(alike) > 0.25
    assert sum(one > line for one in alike) <= 3
    assert all(largest(1.5) > line for _ in range(10))
    assert area_by_luck(1_000, 50) == pytest.approx(0.626, abs=1e-3)


def test_the_adversary_tells_a_moved_table_apart() -> None:
    rng = np.random.default_rng(0)
    before, alike, moved = (rng.normal(size=(600, 3)).astype(np.float32) for _ in range(3))
    moved[:, 1] += 1.0

    assert 0.42 < adversary_auc(before, alike) < 0.58
    assert adversary_auc(before, moved) > 0.7


def test_cusum_rings_for_outcomes_above_and_below_and_forgives_chance() -> None:
    """Worked by hand: 100 outcomes expected at 0.2 have deviation 4, so 8 more are two steps."""
    expected = np.full(100, 0.2)
    more = (np.arange(100) < 28).astype(np.float64)
    fair = (np.arange(100) < 20).astype(np.float64)

    watch = Watch().after(expected, more)
    assert watch.above == pytest.approx(1.5)
    for _ in range(3):
        watch = watch.after(expected, more)
    assert watch.above == pytest.approx(6.0)
    assert watch.rings
    assert not Watch().after(expected, fair).rings
    assert Watch().after(expected, 0 * more).below == pytest.approx(4.5)
