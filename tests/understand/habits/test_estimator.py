"""CHN-11: shares of answers by way and by hour, drawn towards those of people alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.habits.estimator import (
    LEAST_ANSWERS,
    WEIGHT,
    best_hours,
    best_ways,
    habits,
)


def test_shares_are_drawn_towards_people_alike_by_arithmetic() -> None:
    """Two people alike: 4 of 4 and 0 of 12 on one way; 0 of 4 and 0 of 4 on the other."""
    sent, answered = np.array([[4, 4], [12, 4]]), np.array([[4, 0], [0, 0]])

    found = best_ways(sent, answered, groups=np.array([0, 0]))

    alike = (4 + WEIGHT * 4 / 16) / (16 + WEIGHT)
    assert found.best.tolist() == [0, -1]
    assert found.alike[0] == pytest.approx(alike)
    assert found.share[0] == pytest.approx((4 + WEIGHT * alike) / (4 + WEIGHT))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=4))
def test_nobody_with_few_answers_has_a_habit(counts: list[tuple[int, int]]) -> None:
    sent = np.array([[max(pair) for pair in counts]])
    answered = np.array([[min(pair) for pair in counts]])
    groups = np.array([0])

    found = best_ways(sent, answered, groups=groups)

    best = int(found.best[0])
    assert best == -1 or answered[0, best] >= LEAST_ANSWERS
    assert 0 <= found.share[0] <= 1


def test_the_hour_is_where_answers_lie_closest() -> None:
    answers = np.zeros((2, 24), dtype=np.int64)
    answers[0, [19, 20, 21]] = [1, 2, 1]
    answers[1, 8] = 2

    assert best_hours(answers, groups=np.array([0, 1])).tolist() == [20, -1]


def test_plain_counts_give_the_same() -> None:
    found = habits([[6, 2]], [[5, 0]], answers=[[0] * 20 + [5] + [0] * 3], groups=[0])

    assert (found.ways, found.hours) == ([0], [20])
    assert found.shares[0] == pytest.approx((5 + WEIGHT * found.alike[0]) / (6 + WEIGHT))
