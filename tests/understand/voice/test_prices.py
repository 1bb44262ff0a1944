"""What a price does: science.md G2 and G3, PRC-01."""

import math

import numpy as np
import pytest

from tenure.understand.voice.estimator.prices import (
    NotRandomised,
    SurveyedPrices,
    TooFewAtAPrice,
    TooFewSurveyed,
    UnevenPrices,
    check_balance,
    price_test,
    van_westendorp,
)

MEANS = np.array([20.0, 30.0, 45.0, 60.0])


def test_four_normals_cross_where_arithmetic_says() -> None:
    """G2: equal spreads cross half way: PMC 32.5, OPP 40, IDP 37.5, PME 45, each within 0.5."""
    rng = np.random.default_rng(0)
    given = MEANS + 12 * rng.standard_normal((4_000, 4))

    found = van_westendorp(SurveyedPrices(*given.T.tolist()))

    for (point, low, high), middle in zip(
        (found.pmc, found.opp, found.idp, found.pme), (32.5, 40, 37.5, 45), strict=True
    ):
        assert point == pytest.approx(middle, abs=0.5)
        assert low < middle < high
        assert high - low < 3


def test_answers_that_contradict_themselves_are_counted_and_may_be_left_out() -> None:
    rising = [[10.0, 20.0, 30.0, 40.0]] * 30
    given = [*rising, [40.0, 30.0, 20.0, 10.0], [math.nan, 1.0, 2.0, 3.0]]
    columns = SurveyedPrices(*(list(one) for one in zip(*given, strict=True)))

    assert (van_westendorp(columns).answers, van_westendorp(columns).contradictory) == (31, 1)
    assert van_westendorp(columns, only_rising=True).answers == 30
    with pytest.raises(TooFewSurveyed):
        van_westendorp(SurveyedPrices([1.0], [2.0], [3.0], [4.0]))


def a_test(*, slope: float, seed: int, people: int = 3_000) -> tuple[list[float], list[bool]]:
    """Three prices by lot, and buyers whose log odds fall by `slope` for each log of the price."""
    rng = np.random.default_rng(seed)
    price = rng.choice([80.0, 100.0, 125.0], people)
    share = 1 / (1 + np.exp(-(0.2 - slope * np.log(price / 100))))
    return price.tolist(), (rng.random(people) < share).tolist()


def test_the_interval_of_an_elasticity_covers_the_truth_as_often_as_it_says() -> None:
    """G3: 92 to 98 of 100; the truth is the slope times the share that does not buy."""
    truth = -2.0 * (1 - 1 / (1 + math.exp(-0.2)))
    covered = 0
    for seed in range(200):
        found = price_test(*a_test(slope=2.0, seed=seed), is_randomised=True)
        covered += found.low <= truth <= found.high

    assert 0.92 <= covered / 200 <= 0.985


def test_two_prices_give_the_elasticity_of_hand_arithmetic() -> None:
    """60 of 100 buy at 100, 50 of 100 at 110: slope (ln(50/50) − ln(60/40)) / ln 1.1."""
    price = [100.0] * 100 + [110.0] * 100
    bought = [n < 60 for n in range(100)] + [n < 50 for n in range(100)]

    found = price_test(price, bought, is_randomised=True)

    assert found.elasticity == pytest.approx(-math.log(1.5) / math.log(1.1) * 0.45, rel=1e-6)
    assert found.best == 100.0
    assert found.falls
    assert [one.revenue_per_person for one in found.prices] == [60.0, 55.0]


def test_what_no_lot_gave_has_no_elasticity() -> None:
    price, bought = a_test(slope=1.0, seed=1)

    with pytest.raises(NotRandomised):
        price_test(price, bought, is_randomised=False)
    with pytest.raises(UnevenPrices, match="tenure_months"):
        check_balance(price, [one * 2 for one in price], column="tenure_months")
    check_balance(price, list(np.random.default_rng(2).random(len(price))), column="age")


@pytest.mark.parametrize(
    ("price", "bought"),
    [
        ([100.0] * 60, [True] * 30 + [False] * 30),
        ([100.0] * 30 + [110.0] * 29, [True, False] * 29 + [True]),
        ([100.0] * 30 + [110.0] * 30, [True] * 60),
        ([], []),
    ],
)
def test_too_little_is_refused_with_what_there_is(price: list[float], bought: list[bool]) -> None:
    with pytest.raises(TooFewAtAPrice):
        price_test(price, bought, is_randomised=True)
