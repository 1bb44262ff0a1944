"""MET-03: contracts and purchases of any table, by three models each under its name, with doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.value.contracts import value_of_contracts
from tenure.understand.value.estimator.refusals import (
    NothingWasLost,
    SurvivorsRise,
    TooFewBuyers,
    TooFewPeriods,
)
from tenure.understand.value.histories import Bought, histories_of, places_of
from tenure.understand.value.purchases import value_of_purchases

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


def test_a_cohort_is_valued_by_curve_hazard_and_the_plain_formula() -> None:
    """B1: α 0.704, β 1.182, DEL 3.695; 3,600 decisions of which 759 left: 1 ÷ (759 ÷ 3,358)."""
    found = value_of_contracts(REGULAR, discount=0.1)

    low, middle, high = found.lifetime
    assert (found.alpha, found.beta) == pytest.approx((0.704, 1.182), abs=0.0005)
    assert low < middle < high
    assert middle == pytest.approx(3.695, abs=0.0005)
    assert found.residuals == pytest.approx([2.964, 4.103, 4.870, 5.442, 5.894], abs=0.0005)
    assert found.plain == pytest.approx(sum(REGULAR[:-1]) / 759)


def test_the_discrete_hazard_is_each_renewal_s_own_and_then_the_last() -> None:
    """100, 60, 45 at 10 %: who passed both is worth 1 ÷ (1 − 0.75 ÷ 1.1) = 3.142857 terms, a
    newcomer 1 + 0.6 ÷ 1.1 × (1 + 0.75 ÷ 1.1 × 3.142857) = 2.714286.
    """
    found = value_of_contracts([100, 60, 45], discount=0.1)

    assert found.hazards == pytest.approx((0.4, 0.25))
    assert found.by_hazard == pytest.approx(2.714286, abs=1e-6)
    assert found.plain == pytest.approx(160 / 55)


def test_a_cohort_that_says_nothing_or_grows_is_refused() -> None:
    with pytest.raises(SurvivorsRise, match="After renewal 2 more are left"):
        value_of_contracts([100, 60, 70], discount=0.1)
    with pytest.raises(TooFewPeriods):
        value_of_contracts([100, 60], discount=0.1)
    with pytest.raises(NothingWasLost):
        value_of_contracts([100, 100, 100], discount=0.1)


def test_a_history_counts_days_and_not_lines() -> None:
    """Twice on the first day is once; 20 and 40 after it are two of 30; weeks from the first."""
    places, names = places_of(["a", "a", "b", "a", "a", "a"])
    bought = Bought(places, np.array([0, 0, 14, 7, 21, 30]), np.array([10.0, 5, 3, 20, 40, 99]))

    found = histories_of(bought, until=28)

    assert names == ["a", "b"]
    assert found.repeats.tolist() == [2, 0]
    assert found.last_at.tolist() == [3, 0]
    assert found.seen_for.tolist() == [4, 2]
    assert found.mean_amount[0] == 30
    assert np.isnan(found.mean_amount[1])


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_lines_says_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    bought = Bought(
        rng.integers(0, 9, 60), rng.integers(0, 99, 60), rng.integers(1, 9, 60).astype(np.float64)
    )
    mixed = rng.permutation(60)
    again = Bought(bought.customer[mixed], bought.day[mixed], bought.amount[mixed])

    one, other = (histories_of(each, until=80) for each in (bought, again))

    for name in ("customer", "repeats", "last_at", "seen_for", "mean_amount"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def a_shop(customers: int = 600, *, seed: int = 5) -> Bought:
    """Everybody buys at a rate of their own for a year, half of them leave after some purchase."""
    rng = np.random.default_rng(seed)
    whose, when = [], []
    for one in range(customers):
        day, rate = float(rng.integers(0, 90)), rng.gamma(0.8, 0.05) + 0.002
        while day <= 365:
            whose.append(one)
            when.append(int(day))
            if rng.random() < 0.25:
                break
            day += rng.exponential(1 / rate) + 1
    return Bought(np.array(whose), np.array(when), rng.gamma(4.0, 10.0, len(whose)))


def test_purchases_are_forecast_with_an_interval_and_held_against_what_came() -> None:
    found, each = value_of_purchases(a_shop(), until=365, weeks=26.0)

    low, middle, high = found.purchases
    assert low < middle < high
    assert each.purchases.sum() == pytest.approx(middle)
    assert ((each.p_alive >= 0) & (each.p_alive <= 1)).all()
    assert found.value is not None
    assert found.value == pytest.approx(each.value.sum())
    assert found.checked is not None
    assert abs(found.checked.bias) < 0.3


def test_without_amounts_no_amount_is_claimed() -> None:
    shop = a_shop()

    found, each = value_of_purchases(
        Bought(shop.customer, shop.day, np.zeros(len(shop.day))), until=365, weeks=26.0
    )

    assert (found.spend, found.value, found.correlation) == (None, None, None)
    assert np.isnan(each.value).all()


def test_too_few_customers_are_refused_with_what_is_needed() -> None:
    with pytest.raises(TooFewBuyers, match="at least 100 are needed, 20 of whom"):
        value_of_purchases(a_shop(50), until=365, weeks=26.0)
