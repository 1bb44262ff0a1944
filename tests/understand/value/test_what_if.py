"""Calculators and lifetimes: arithmetic in the open, curves with their intervals."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.value.estimator.refusals import NothingWasLost, TooFewPeriods
from tenure.understand.value.estimator.sbg import fit_sbg, fit_sbg_decisions
from tenure.understand.value.what_if import (
    Business,
    NotAShare,
    Use,
    allocate,
    profit_of,
    retention_to_profit,
)

SHOP = Business(
    customers=1_000,
    revenue_per_customer=100_000,
    gross_margin=Fraction(6, 10),
    retention=Fraction(8, 10),
    new_customers=200,
    cost_per_new=30_000,
    fixed_cost=30_000_000,
)
# Survivors of the cohort High End of Fader and Hardie (2007).
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def test_retention_to_profit_is_arithmetic_in_the_open() -> None:
    """MET-11: 1,000 stay 1,000; 600.00 of margin each, less 60,000.00 and 300,000.00."""
    found = retention_to_profit(SHOP, added=Fraction(1, 10))

    assert found.before == 1_000 * 60_000 - 6_000_000 - 30_000_000
    assert found.after == (1_000 + 1_080) // 2 * 60_000 - 36_000_000
    assert found.change == Fraction(1, 10)
    assert retention_to_profit(replace(SHOP, fixed_cost=10**9), added=Fraction(1)).change is None
    with pytest.raises(NotAShare):
        replace(SHOP, retention=Fraction(11, 10))


@given(st.fractions(0, 1), st.integers(1, 5))
def test_more_retention_is_never_less_profit(added: Fraction, years: int) -> None:
    found = retention_to_profit(SHOP, added=added, years=years)

    assert found.after >= found.before == profit_of(SHOP, years=years)


@given(st.integers(0, 200_000), st.integers(1, 400_000), st.integers(1, 400_000))
def test_no_other_split_of_the_budget_brings_more(budget: int, win: int, keep: int) -> None:
    """BUD-01: spend where the next unit brings most; what pays nothing is left over."""
    uses = [Use("win", win, 50_000), Use("keep", keep, 40_000)]

    shares = allocate(uses, budget=budget)

    spent = [one.amount for one in shares]
    gained = sum(one.brought(part) for one, part in zip(uses, spent, strict=True)) - sum(spent)
    for first in range(0, budget + 1, max(1, budget // 10)):
        other = uses[0].brought(first) + uses[1].brought(budget - first) - budget
        assert gained >= other - budget / 100 - 10
    assert sum(spent) <= budget


def test_decisions_of_one_cohort_give_the_published_curve() -> None:
    """MET-03: High End 0.668, 3.806 (Fader and Hardie 2007), and an interval that holds it."""
    decided = np.array(HIGH_END[:-1], dtype=float)
    renewed = np.array(HIGH_END[1:], dtype=float)

    model, draws = fit_sbg_decisions(decided, renewed, draws=200)

    assert (round(model.alpha, 3), round(model.beta, 3)) == (0.668, 3.806)
    assert model.alpha == pytest.approx(fit_sbg(HIGH_END).alpha, rel=1e-3)
    values = sorted(one.expected_lifetime(discount_per_period=0.1) for one in draws)
    exact = model.expected_lifetime(discount_per_period=0.1)
    assert values[10] < exact < values[-10]


def test_a_curve_without_losses_or_time_is_refused() -> None:
    with pytest.raises(NothingWasLost):
        fit_sbg_decisions(np.array([9.0, 5.0]), np.array([9.0, 5.0]))
    with pytest.raises(TooFewPeriods):
        fit_sbg_decisions(np.array([9.0]), np.array([5.0]))
