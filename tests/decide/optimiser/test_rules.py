"""The plan under a budget against brute force, against HiGHS, and against its own laws."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import best_plan
from tests.decide.optimiser.markets import a_market


def brute_force(menu: Menu) -> float:
    """The value of the best plan of all, by trying every one."""
    best = 0.0
    for picks in product(range(menu.actions), repeat=menu.rows):
        choice = np.array(picks)
        if np.all(menu.spent(choice) <= menu.limits + 1e-9):
            best = max(best, menu.worth(choice))
    return best


def by_highs(menu: Menu) -> float:
    """The optimum by mixed-integer programming."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    value, use = menu.value.T, menu.use.transpose(0, 2, 1)
    refused = ~np.isfinite(value)
    one_each = np.kron(np.eye(menu.rows), np.ones(menu.actions))
    found = milp(
        -np.where(refused, 0, value).ravel(),
        integrality=np.ones(value.size),
        bounds=Bounds(0, np.where(refused, 0, 1).ravel()),
        constraints=[
            LinearConstraint(one_each, 1, 1),
            LinearConstraint(use.reshape(len(menu.limits), -1), -np.inf, menu.limits),
        ],
        options={"mip_rel_gap": 0},
    )
    return -float(found.fun)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 7),
    calls=st.integers(0, 2),
    tight=st.floats(0, 0.9),
)
def test_a_handful_of_rows_gets_the_best_plan_of_all(
    seed: int, rows: int, calls: int, tight: float
) -> None:
    """D3: equal to trying every plan."""
    menu = a_market(seed=seed, rows=rows, actions=4, calls=calls, tight_share=tight)

    plan = best_plan(menu)

    assert plan.value == pytest.approx(brute_force(menu), rel=1e-9, abs=1e-9)
    assert np.all(plan.spent <= menu.limits + 1e-9)


@pytest.mark.parametrize(("seed", "calls"), [(1, 0), (2, 0), (3, 1), (4, 1)])
def test_the_plan_for_200_rows_is_what_highs_finds_but_for_the_proven_gap(
    seed: int, calls: int
) -> None:
    menu = a_market(seed=seed, rows=200, actions=6, calls=calls)

    plan = best_plan(menu)
    optimum = by_highs(menu)

    assert plan.value <= optimum * (1 + 1e-9)
    assert optimum <= plan.bound * (1 + 1e-9)
    assert plan.value >= 0.997 * optimum
    assert plan.gap == pytest.approx((plan.bound - plan.value) / plan.bound)


@pytest.mark.parametrize(("calls", "most"), [(0, 5e-4), (1, 5e-4), (3, 1e-3)])
def test_ten_thousand_rows_lie_within_five_hundredths_of_a_percent(calls: int, most: float) -> None:
    """D1: within 0.05 % of the bound, 0.1 % with three capacities."""
    menu = a_market(seed=11, rows=10_000, actions=10, calls=calls)

    plan = best_plan(menu)

    assert plan.gap <= most
    assert np.all(plan.spent <= menu.limits * (1 + 1e-9))
    assert np.all(np.isfinite(menu.value[plan.choice, np.arange(menu.rows)]))


def test_more_budget_buys_more_and_each_unit_less_than_the_one_before() -> None:
    """D2: value is monotone and concave in the budget."""
    shares = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25]
    menus = [a_market(seed=5, rows=4_000, tight_share=share) for share in shares]
    plans = [best_plan(menu) for menu in menus]
    values = [plan.value for plan in plans]
    budgets = [float(menu.limits[0]) for menu in menus]

    slopes = np.diff(values) / np.diff(budgets)

    assert np.all(np.diff(values) > 0)
    assert np.all(np.diff(slopes) < 0)
    assert np.all(np.diff([plan.shadow_price[0] for plan in plans]) < 0)


def test_the_shadow_price_is_what_one_more_unit_brings() -> None:
    """D2: λ within 1 % of the finite difference."""
    menu = a_market(seed=6, rows=20_000)
    step = menu.limits * 0.002
    more = Menu(menu.value, menu.use, menu.limits + step, menu.order)
    less = Menu(menu.value, menu.use, menu.limits - step, menu.order)

    slope = (best_plan(more).bound - best_plan(less).bound) / (2 * step[0])

    assert best_plan(menu).shadow_price[0] == pytest.approx(slope, rel=0.01)


def test_the_order_in_which_rows_arrive_never_matters_even_among_equals() -> None:
    """Five equal rows and room for two: the hash decides, not the place."""
    order = np.array([5, 1, 4, 2, 3], dtype=np.uint64)
    value = np.array([[0.0] * 5, [10.0] * 5])
    use = np.array([[[0.0] * 5, [1.0] * 5]])
    turned = order[::-1].copy()

    plan = best_plan(Menu(value, use, np.array([2.0]), order))
    back = best_plan(Menu(value, use, np.array([2.0]), turned))

    assert sorted(order[plan.choice == 1]) == [1, 2]
    assert sorted(turned[back.choice == 1]) == [1, 2]
    assert (plan.value, plan.spent[0]) == (20.0, 2.0)


def test_two_runs_give_the_same_plan() -> None:
    menu = a_market(seed=8, rows=3_000, calls=1)

    first, second = best_plan(menu), best_plan(menu)

    assert np.array_equal(first.choice, second.choice)
    assert first.value == second.value


def test_without_a_budget_nothing_costly_is_chosen_and_with_plenty_the_best_is() -> None:
    menu = a_market(seed=9, rows=500, tight_share=0)
    plenty = a_market(seed=9, rows=500, tight_share=2)

    assert np.all(best_plan(menu).choice == 0)
    assert best_plan(plenty).value == pytest.approx(plenty.value.max(axis=0).sum())
    assert best_plan(plenty).shadow_price[0] == 0
    assert best_plan(plenty).gap == 0


def test_nobody_to_choose_for_is_an_empty_plan() -> None:
    menu = Menu(np.zeros((3, 0)), np.zeros((1, 3, 0)), np.array([5.0]), np.zeros(0, np.uint64))

    plan = best_plan(menu)

    assert (len(plan.choice), plan.value, plan.gap) == (0, 0.0, 0.0)


def test_twenty_thousand_rows_lie_within_five_hundredths_of_a_percent_of_the_linear_bound() -> None:
    """TOP-15: HiGHS says what no plan can exceed, where rows could be divided."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    menu = a_market(seed=21, rows=20_000, actions=4, calls=1)
    action, row = np.nonzero(np.isfinite(menu.value[1:]) & (menu.value[1:] > 0))
    pairs, action = np.arange(len(row)), action + 1
    once = coo_array((np.ones(len(row)), (row, pairs)), shape=(menu.rows, len(row)))
    use = coo_array(menu.use[:, action, row])

    bound = linprog(
        -menu.value[action, row],
        A_ub=vstack([once, use]).tocsr(),
        b_ub=np.concatenate([np.ones(menu.rows), menu.limits]),
        method="highs",
    )
    plan = best_plan(menu)

    assert bound.status == 0
    assert 0 <= 1 - plan.value / -bound.fun <= 5e-4
    assert plan.bound == pytest.approx(-bound.fun, rel=1e-4)
