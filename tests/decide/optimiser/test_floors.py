"""Floors and fairness beside limits: kept where they can be, named where they cannot."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.decide.optimiser.fairness import Equals, breaches, fair_plan
from tenure.decide.optimiser.floors import plan_with_floors
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import best_plan
from tests.decide.optimiser.markets import a_market


def with_floor(menu: Menu, least: float, *, scarce: int = 1) -> Menu:
    floors = np.zeros(len(menu.limits))
    floors[scarce] = least
    return replace(menu, least=floors)


def best_of_all(menu: Menu) -> float | None:
    """The value of the best plan that reaches the floors, None where there is none."""
    found: float | None = None
    for picks in product(range(menu.actions), repeat=menu.rows):
        choice = np.array(picks)
        value, spent = menu.worth(choice), menu.spent(choice)
        fits = np.all(spent <= menu.limits + 1e-9) and np.all(spent >= menu.least - 1e-9)
        if fits and np.isfinite(value) and (found is None or value > found):
            found = value
    return found


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 6),
    least=st.integers(1, 4),
    tight=st.floats(0, 0.9),
)
def test_a_handful_of_rows_reaches_a_floor_exactly_where_some_plan_does(
    seed: int, rows: int, least: int, tight: float
) -> None:
    market = a_market(seed=seed, rows=rows, actions=4, calls=1, tight_share=tight)
    wide = replace(market, limits=np.array([market.limits[0], 5.0]))
    menu = with_floor(wide, least)

    found = plan_with_floors(menu)
    oracle = best_of_all(menu)

    assert (oracle is None) == bool(found.conflicts)
    assert found.plan.value == pytest.approx(
        best_plan(wide).value if oracle is None else oracle, abs=1e-9
    )
    assert np.all(found.plan.spent <= menu.limits + 1e-9)


def test_a_floor_costs_what_the_best_plan_without_it_brings_more() -> None:
    """Calls lose one each; two at least are asked for, of four customers."""
    menu = Menu(
        value=np.array([[0.0] * 4, [-1.0, -2.0, -3.0, -4.0], [5.0] * 4]),
        use=np.array([[[0.0] * 4, [1.0] * 4, [0.0] * 4]]),
        limits=np.array([4.0]),
        order=np.arange(4, dtype=np.uint64),
        least=np.array([2.0]),
    )

    found = plan_with_floors(menu)

    assert found.conflicts == ()
    assert found.plan.choice.tolist() == [1, 1, 2, 2]
    assert (found.plan.value, found.cost.tolist()) == (7.0, [13.0])
    assert found.plan.shadow_price[0] < 0


def test_a_floor_above_the_budget_names_the_budget_and_chooses_nobody_for_it() -> None:
    """Five calls at 10 each are asked for and the budget is 20: two can be made at most."""
    menu = Menu(
        value=np.array([[0.0] * 6, [-1.0] * 6]),
        use=np.array([[[0.0] * 6, [10.0] * 6], [[0.0] * 6, [1.0] * 6]]),
        limits=np.array([20.0, 50.0]),
        order=np.arange(6, dtype=np.uint64),
        least=np.array([0.0, 5.0]),
    )

    found = plan_with_floors(menu)
    few = plan_with_floors(replace(menu, least=np.array([0.0, 9.0])))

    (conflict,) = found.conflicts
    assert (conflict.scarce, conflict.least, conflict.reachable) == (1, 5.0, 2.0)
    assert (conflict.against, conflict.is_for_want_of_rows) == ((0,), False)
    assert found.plan.choice.tolist() == [0] * 6
    assert few.conflicts[0].is_for_want_of_rows


def test_several_periods_have_capacities_of_their_own() -> None:
    """TOP-15: an action has one limit in each period; a week's free hours are no other week's."""
    week = np.array([0, 0, 0, 1, 1, 1])
    use = np.zeros((2, 2, 6))
    for period in range(2):
        use[period, 1, week == period] = 1.0
    value = np.array([[0.0] * 6, [9.0, 8.0, 7.0, 3.0, 2.0, 1.0]])
    menu = Menu(value, use, np.array([1.0, 2.0]), np.arange(6, dtype=np.uint64))

    plan = best_plan(menu)

    assert plan.choice.tolist() == [1, 0, 0, 1, 1, 0]
    assert plan.spent.tolist() == [1.0, 2.0]
    assert 7.0 <= plan.shadow_price[0] <= 9.0


def test_floors_of_twenty_thousand_rows_are_reached_within_the_proven_gap() -> None:
    market = a_market(seed=4, rows=20_000, calls=2)
    loose = best_plan(market)
    market = replace(market, limits=np.array([market.limits[0], 3_000.0, market.limits[2]]))
    menu = with_floor(market, float(loose.spent[1]) + 800)

    found = plan_with_floors(menu)

    assert found.conflicts == ()
    assert found.plan.spent[1] >= menu.least[1] - 1e-6
    assert np.all(found.plan.spent <= menu.limits * (1 + 1e-9))
    assert found.plan.gap <= 5e-4


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 200), apart=st.floats(0, 0.3))
def test_no_two_equals_are_offered_prices_too_far_apart(seed: int, rows: int, apart: float) -> None:
    """R-P-002: whatever the predictions say, those equal in what is published stay near."""
    menu = a_market(seed=seed, rows=rows)
    chance = np.random.default_rng(seed)
    depth = np.repeat(np.array([0.0, 0.0, 0.1, 0.2, 0.3])[:, None], rows, axis=1)
    group = np.unique(chance.integers(0, 8, rows), return_inverse=True)[1].astype(np.int64)
    equals = Equals(group, depth, apart)

    fair = fair_plan(menu, equals)

    assert not breaches(fair.kept.plan.choice, equals).any()
    assert np.all(fair.kept.plan.spent <= menu.limits + 1e-9)
    assert fair.kept.plan.value <= fair.kept.plan.bound + 1e-9
    assert fair.cost >= 0


def test_equals_take_together_the_price_that_is_worth_most_to_all_of_them() -> None:
    """Two equals would be offered 10 % and 30 %; together 30 % brings 9 and 10 % brings 8."""
    menu = Menu(
        value=np.array([[0.0, 0.0], [6.0, 2.0], [1.0, 8.0]]),
        use=np.zeros((1, 3, 2)),
        limits=np.array([1.0]),
        order=np.arange(2, dtype=np.uint64),
    )
    depth = np.array([[0.0, 0.0], [0.1, 0.1], [0.3, 0.3]])
    equals = Equals(np.zeros(2, dtype=np.int64), depth, 0.1)

    fair = fair_plan(menu, equals)

    assert best_plan(menu).choice.tolist() == [1, 2]
    assert fair.kept.plan.choice.tolist() == [2, 2]
    assert (fair.kept.plan.value, fair.cost) == (9.0, 5.0)
