"""The published vectors of experiment statistics (science dossier §6), and oracles for the rest."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.prove.statistics.bayes import Prior, posterior
from tenure.prove.statistics.groups import (
    difference,
    one_each,
    relative_difference,
    students,
    yes_or_no,
)
from tenure.prove.statistics.many import holm, is_not_worse
from tenure.prove.statistics.sample_ratio import always_valid_ratio
from tenure.prove.statistics.sequential import (
    obrien_fleming,
    pocock,
    spending_lines,
    stopping_chances,
)
from tenure.prove.statistics.sizes import (
    NoChange,
    Ongoing,
    Way,
    duration,
    per_arm,
    per_arm_of_means,
    times_more,
)
from tenure.prove.statistics.survival import Curve, Stays, log_rank, longer_stay

REVENUE_A = one_each(3407, total=1396.87, squares=52377.9767)
REVENUE_B = one_each(3461, total=2422.7, squares=134698.29)


def test_means_by_students_t() -> None:
    """EXP-02: GrowthBook's revenue vectors, relative and absolute, to their printed digits."""
    relative = relative_difference(REVENUE_B, REVENUE_A)
    absolute = difference(REVENUE_B, REVENUE_A)

    found = students(REVENUE_B, REVENUE_A, one=relative)
    plain = students(REVENUE_B, REVENUE_A, one=absolute)

    assert found.freedom == pytest.approx(5841.74, abs=5e-3)
    assert [found.low, found.high] == pytest.approx([-0.03526, 1.44989], abs=1e-5)
    assert found.p_value == pytest.approx(0.06191, abs=1e-5)
    assert [plain.low, plain.high] == pytest.approx([0.04538, 0.53462], abs=1e-5)
    assert plain.p_value == pytest.approx(0.02016, abs=1e-5)


def test_rates_by_students_t() -> None:
    treated, control = yes_or_no(30, yes=16), yes_or_no(28, yes=14)

    found = students(treated, control, one=relative_difference(treated, control))

    assert [found.low, found.high] == pytest.approx([-0.47767, 0.61101], abs=1e-5)
    assert found.p_value == pytest.approx(0.80707, abs=1e-5)


def test_two_arms_without_any_spread_are_told_apart_only_by_their_means() -> None:
    same, other = one_each(5, total=5, squares=5), one_each(5, total=10, squares=20)

    assert students(same, same, one=difference(same, same)).p_value == 1.0
    assert students(other, same, one=difference(other, same)).p_value == 0.0


@pytest.mark.parametrize(
    ("prior", "effect", "deviation", "wins", "risks"),
    [
        (None, 0.05, 0.03572, 0.91923, (0.05131, 0.00131)),
        (Prior(0.1, 0.1), 0.05063, 0.03549, 0.92315, None),
    ],
)
def test_the_readout_that_speaks_of_chances(
    prior: Prior | None,
    effect: float,
    deviation: float,
    wins: float,
    risks: tuple[float, float] | None,
) -> None:
    """TOP-04: GrowthBook's Bayesian vectors of means, with and without a prior."""
    treated = one_each(10, total=105, squares=1111.5)
    control = one_each(10, total=100, squares=1002.25)

    found = posterior(relative_difference(treated, control), prior=prior)

    assert found is not None
    assert found.effect == pytest.approx(effect, abs=1e-5)
    assert found.deviation == pytest.approx(deviation, abs=1e-5)
    assert found.wins == pytest.approx(wins, abs=1e-5)
    if risks is not None:
        assert [found.risk_of_control, found.risk_of_treated] == pytest.approx(risks, abs=1e-5)


def test_chances_of_rates_under_a_flat_prior() -> None:
    found = posterior(relative_difference(yes_or_no(100, yes=51), yes_or_no(100, yes=49)))

    assert found is not None
    assert [found.low, found.high] == pytest.approx([-0.24779, 0.32943], abs=1e-5)
    assert found.wins == pytest.approx(0.60918, abs=1e-5)
    assert [found.risk_of_control, found.risk_of_treated] == pytest.approx(
        [0.0814, 0.0406], abs=5e-5
    )
    assert posterior(difference(yes_or_no(5, yes=5), yes_or_no(5, yes=5))) is None


@pytest.mark.parametrize(
    ("tuning", "prior", "times"),
    [(None, None, 25.45703), (5000, None, 55.66797), (None, (0.05, 0.001), 13.94043)],
)
def test_what_is_still_to_come_until_a_change_is_found(
    tuning: int | None, prior: tuple[float, float] | None, times: float
) -> None:
    """The source halves an interval to 1 / 1,024; this solves to the end."""
    control = one_each(500, total=500, squares=1500)
    treated = one_each(500, total=525, squares=1551.25)
    one = relative_difference(treated, control)
    ongoing = Ongoing(one, 1000, tuning=tuning, prior=prior)

    found = times_more(ongoing, change=0.05)

    assert found == pytest.approx(times, abs=2e-3)
    assert ongoing.power(1 + times, change=0.05) == pytest.approx(0.8, abs=1e-4)


def test_enough_already_and_never_enough() -> None:
    one = difference(yes_or_no(900, yes=700), yes_or_no(900, yes=400))

    assert times_more(Ongoing(one, 1800), change=0.3) == 0.0
    assert times_more(Ongoing(one, 1800), change=1e-9) is None


@pytest.mark.parametrize(
    ("looks", "weights", "p_values"),
    [
        ([(500, 500)], (1, 1), [1.0]),
        ([(100, 900)], (1, 1), [2.368e-13]),
        ([(500, 600)], (1, 1), [0.671451]),
        ([(250, 300), (250, 300)], (1, 1), [0.912357, 0.671451]),
        ([(5000, 5300)] * 3, (1, 1), [0.155221, 0.00487469, 1.01145e-4]),
        ([(44_700, 45_489)], (1, 1), [0.14163]),
    ],
)
def test_the_sample_ratio_looked_at_every_day(
    looks: list[tuple[int, int]], weights: tuple[int, int], p_values: list[float]
) -> None:
    assert always_valid_ratio(looks, weights=weights) == pytest.approx(p_values, rel=1e-3)


def test_lines_for_five_planned_looks() -> None:
    """Pocock 2.413 and O'Brien-Fleming 2.040, as published; both spend 5 % in all."""
    flat, falling = pocock(5), obrien_fleming(5)

    assert flat == pytest.approx([2.413] * 5, abs=1e-3)
    assert falling[-1] == pytest.approx(2.040, abs=1e-3)
    assert falling[0] == pytest.approx(2.040 * sqrt(5), abs=3e-3)
    fractions = [0.2, 0.4, 0.6, 0.8, 1.0]
    for lines in (flat, falling, spending_lines(fractions)):
        assert sum(stopping_chances(lines, fractions=fractions)) == pytest.approx(0.05, abs=1e-6)


def test_lines_follow_looks_wherever_they_come() -> None:
    """One look is the plain test; Lan and DeMets's lines for five even looks are published."""
    assert spending_lines([1.0]) == pytest.approx([1.95996], abs=1e-4)
    published = [4.877, 3.357, 2.680, 2.290, 2.031]
    assert spending_lines([0.2, 0.4, 0.6, 0.8, 1.0]) == pytest.approx(published, abs=2e-3)


def test_sizes_by_other_approximations() -> None:
    assert per_arm(0.10, 0.12, way=Way.UNPOOLED) == pytest.approx(3838, abs=1)
    assert per_arm(0.10, 0.12, way=Way.ARCSINE) == pytest.approx(3834.6, abs=0.1)
    assert per_arm(0.10, 0.12, way=Way.POOLED) == 3841
    assert per_arm_of_means(0.5) == pytest.approx(63.77, abs=0.01)
    assert per_arm_of_means(0.2) == pytest.approx(393.41, abs=0.01)


@pytest.mark.parametrize(("base", "changed"), [(0.0, 0.1), (0.5, 0.5), (0.9, 1.0)])
def test_no_size_for_what_cannot_be_found(base: float, changed: float) -> None:
    with pytest.raises(NoChange, match="between 0 and 1"):
        per_arm(base, changed, way=Way.ARCSINE)


def test_how_long_it_takes() -> None:
    """2,000 a week, 10 % held out, 2 points at 80 %: 18 weeks of customers, then 9 to ripen."""
    found = duration(34_613, per_week=2000, ripening_days=60)

    assert (found.weeks_entering, found.weeks_ripening, found.weeks) == (18, 9, 27)


def test_holm_is_that_of_statsmodels() -> None:
    """0.01 × 4, 0.02 × 3, 0.04 × 2, then never below the one before."""
    assert holm([0.04, 0.01, 0.5, 0.02]) == pytest.approx([0.08, 0.04, 0.5, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_adjusting_never_makes_a_p_value_smaller(p_values: list[float]) -> None:
    found = holm(p_values)

    assert all(was <= now <= 1 for was, now in zip(p_values, found, strict=True))


def test_a_guardrail_holds_only_where_the_harm_is_ruled_out() -> None:
    level = difference(yes_or_no(4000, yes=3200), yes_or_no(4000, yes=3200))

    assert is_not_worse(level, margin=0.02)
    assert not is_not_worse(level, margin=0.01)


# Freireich's leukaemia trial (1963), weeks of remission: the textbook case of survival.
TREATED = Stays(
    np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35.0]),
    np.arange(21) < 9,
)
PLACEBO = Stays(
    np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23.0]),
    np.ones(21, bool),
)


def test_staying_at_equal_age() -> None:
    """EXP-03: Kaplan-Meier 0.857, 0.690, 0.448 and the log-rank chi-squared 16.79 are published."""
    curve = Curve.of(TREATED)

    assert [curve.at(week) for week in (5, 6, 13, 30)] == pytest.approx(
        [1.0, 0.857143, 0.690196, 0.448179], abs=1e-6
    )
    assert log_rank(TREATED, PLACEBO).z ** 2 == pytest.approx(16.7929, abs=1e-3)
    assert log_rank(PLACEBO, PLACEBO).z == 0.0


def test_a_longer_stay_is_an_area_between_curves() -> None:
    """Without anybody lost from sight it is the difference of plain means, cut at the horizon."""
    everyone = Stays(TREATED.seen, np.ones(21, bool))

    found = longer_stay(everyone, PLACEBO, horizon=20)

    capped = [np.minimum(one.seen, 20) for one in (everyone, PLACEBO)]
    assert found.effect == pytest.approx(capped[0].mean() - capped[1].mean())
    expected = sqrt(sum(one.var() / len(one) for one in capped))
    assert found.deviation == pytest.approx(expected)


def test_nobody_left_proves_nothing() -> None:
    stays = Stays(np.array([3.0, 4.0]), np.zeros(2, bool))

    assert log_rank(stays, stays).p_value == 1.0
    assert Curve.of(stays).mean_until(4) == (4.0, 0.0)
