"""What each budget would bring, and how much of the allowed is worth spending (TOP-06)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.decide.optimiser.frontier import frontier
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import best_plan
from tests.decide.optimiser.markets import a_market


def test_less_is_advised_than_allowed_where_more_would_lose() -> None:
    """Three customers: worth 5, 3 and −2 at a cost of 10 each; 30 allowed, 20 advised."""
    menu = Menu(
        value=np.array([[0.0, 0.0, 0.0], [5.0, 3.0, -2.0]]),
        use=np.array([[[0.0, 0.0, 0.0], [10.0, 10.0, 10.0]]]),
        limits=np.array([30.0]),
        order=np.arange(3, dtype=np.uint64),
    )

    found = frontier(menu, budgets=[0, 10])

    assert (found.allowed, found.advised) == (30.0, 20.0)
    assert [(one.budget, one.value) for one in found.points] == [(0, 0), (10, 5), (30, 8)]
    assert found.points[-1].next_unit == 0


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 12), more=st.floats(0, 2))
def test_more_budget_never_loses_and_a_tighter_cap_never_gains(
    seed: int, rows: int, more: float
) -> None:
    menu = a_market(seed=seed, rows=rows, calls=1)
    wider = Menu(menu.value, menu.use, menu.limits * np.array([1 + more, 1]), menu.order)
    tighter = Menu(menu.value, menu.use, menu.limits * np.array([1, 0]), menu.order)

    value = best_plan(menu).value

    assert best_plan(wider).value >= value - 1e-9 * max(1, value)
    assert best_plan(tighter).value <= value + 1e-9 * max(1, value)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 300))
def test_shuffling_customers_changes_nothing(seed: int, rows: int) -> None:
    menu = a_market(seed=seed, rows=rows, calls=1)
    shuffled = np.random.default_rng(seed).permutation(rows)
    turned = Menu(
        menu.value[:, shuffled], menu.use[:, :, shuffled], menu.limits, menu.order[shuffled]
    )

    assert best_plan(turned).choice.tolist() == best_plan(menu).choice[shuffled].tolist()
    assert best_plan(turned).value == pytest.approx(best_plan(menu).value)
