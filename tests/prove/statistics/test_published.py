"""Published vectors of the comparison: G15, the dossier's experiments, and laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.prove.statistics.groups import (
    Group,
    difference,
    one_each,
    pooled_test,
    relative_difference,
    yes_or_no,
)
from tenure.prove.statistics.sample_ratio import (
    SampleRatio,
    chi_squared_tail,
    sample_ratio,
    sample_ratio_level,
)
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.sizes import needed_in_total, needed_per_arm

REVENUE_A = one_each(3407, total=1396.87, squares=52377.9767)
REVENUE_B = one_each(3461, total=2422.7, squares=134698.29)


def test_g15_incremental_effect_against_a_holdout() -> None:
    """ROI-01, R-M-014, G15: 412 of 1,000 treated and 180 of 500 held out renewed."""
    treated, control = yes_or_no(1000, yes=412), yes_or_no(500, yes=180)

    found = difference(treated, control)
    test = pooled_test(treated, control)

    assert f"{treated.mean:.6f}" == "0.412000"
    assert f"{control.mean:.6f}" == "0.360000"
    assert f"{found.effect:.6f}" == "0.052000"
    assert [f"{found.low:.6f}", f"{found.high:.6f}"] == ["0.000031", "0.103969"]
    assert f"{test.z:.4f}" == "1.9424"
    assert f"{test.p_value:.4f}" == "0.0521"
    assert found.times(1000).effect == pytest.approx(52)


def test_g15_the_flag_follows_the_test_and_not_the_interval() -> None:
    treated, control = yes_or_no(1000, yes=412), yes_or_no(500, yes=180)

    assert difference(treated, control).low > 0
    assert not pooled_test(treated, control).is_significant()


def test_means_absolute_and_relative_by_the_delta_method() -> None:
    """F1: the source uses t with 5,842 degrees, 1e-5 and a half wider than the normal."""
    absolute = difference(REVENUE_B, REVENUE_A)
    relative = relative_difference(REVENUE_B, REVENUE_A)

    assert absolute.effect == pytest.approx(0.29, abs=1e-5)
    assert absolute.deviation == pytest.approx(0.12478, abs=1e-5)
    assert relative.effect == pytest.approx(0.70732, abs=1e-5)
    assert relative.deviation == pytest.approx(0.37879, abs=1e-5)
    assert relative.low == pytest.approx(-0.03526, abs=2e-4)
    assert relative.high == pytest.approx(1.44989, abs=2e-4)


def test_rates_relative_by_the_delta_method() -> None:
    relative = relative_difference(yes_or_no(30, yes=16), yes_or_no(28, yes=14))

    assert relative.effect == pytest.approx(0.06667, abs=1e-5)
    assert relative.deviation == pytest.approx(0.2717, abs=1e-5)


def test_the_always_valid_interval_of_means() -> None:
    """TOP-04: the interval that may be looked at every day."""
    smaller = one_each(3000, total=1396.87, squares=52377.9767)
    relative = relative_difference(REVENUE_B, smaller)

    shown = always_valid(relative, accounts=6461, tuning=1000)

    assert shown.effect == pytest.approx(0.50336, abs=1e-5)
    assert shown.deviation == pytest.approx(0.33341, abs=1e-5)
    assert [shown.low, shown.high] == pytest.approx([-0.55844, 1.56516], abs=1e-5)


def test_the_always_valid_interval_of_rates() -> None:
    relative = relative_difference(yes_or_no(3461, yes=2422), yes_or_no(3000, yes=1396))

    shown = always_valid(relative, accounts=6461, tuning=5000)

    assert shown.effect == pytest.approx(0.50386, abs=1e-5)
    assert shown.deviation == pytest.approx(0.03386, abs=1e-5)
    assert [shown.low, shown.high] == pytest.approx([0.40098, 0.60675], abs=1e-5)


@pytest.mark.parametrize(
    ("counts", "p_value", "level"),
    [
        ((50_250, 49_750), 0.1138, SampleRatio.FINE),
        ((50_500, 49_500), 0.00157, SampleRatio.AMBER),
        ((821_588, 815_482), 1.82e-6, SampleRatio.ALARM),
        ((44_700, 45_489), 0.0086, SampleRatio.AMBER),  # Cookie Cats
    ],
)
def test_the_sample_ratio_check(
    counts: tuple[int, int], p_value: float, level: SampleRatio
) -> None:
    """EXP-01, TOP-04: published vectors; alarm below 0.001, amber below 0.01."""
    found = sample_ratio(dict(zip("ab", counts, strict=True)), {"a": 1, "b": 1})

    assert found == pytest.approx(p_value, rel=5e-3)
    assert sample_ratio_level(found) is level


def test_the_sample_ratio_counts_an_arm_that_nobody_is_in() -> None:
    assert sample_ratio({"treated": 1_000}, {"treated": 95, "holdout": 5}) < 1e-12
    assert sample_ratio({}, {"treated": 95, "holdout": 5}) == 1.0


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8, 9])
def test_the_chi_squared_tail_is_that_of_scipy(freedom: int) -> None:
    from scipy.stats import chi2

    for statistic in (0.0, 0.3, 3.3, 20.0):
        expected = chi2.sf(statistic, freedom)
        assert chi_squared_tail(statistic, freedom=freedom) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("base", "changed", "needs"),
    [
        (0.10, 0.12, 3_841),
        (0.80, 0.82, 6_039),
        (0.80, 0.83, 2_629),
        (0.80, 0.85, 906),
        (0.70, 0.73, 3_554),
        (0.60, 0.63, 4_129),
    ],
)
def test_customers_needed_in_each_of_two_equal_arms(
    base: float, changed: float, needs: int
) -> None:
    """F4: the sizes of statsmodels, one more or less."""
    assert abs(needed_per_arm(base, changed) - needs) <= 1


@pytest.mark.parametrize(("changed", "needs"), [(0.82, 34_613), (0.83, 15_321), (0.85, 5_468)])
def test_customers_needed_in_all_with_a_tenth_held_out(changed: float, needs: int) -> None:
    assert abs(needed_in_total(0.80, changed, control_share=0.1) - needs) <= 1


def test_accounts_with_several_terms_count_once_as_chance() -> None:
    """Ten accounts whose twelve terms all renew or all do not say as much as ten, not 120."""
    alike = Group(10, 120, 60, squares=5 * 144, products=5 * 144, term_squares=10 * 144)
    apart = yes_or_no(10, yes=5)

    assert alike.mean == apart.mean == 0.5
    # (y − r·n)² is 36 in each account: 360 ⁄ 120² with one degree of freedom spent.
    assert alike.variance == pytest.approx(360 / 120**2 * 10 / 9)
    assert alike.variance == pytest.approx(apart.variance * 10 / 9)


@given(
    yes_a=st.integers(0, 300),
    yes_b=st.integers(0, 200),
    more=st.integers(1, 50),
)
def test_more_renewals_never_lower_the_effect(yes_a: int, yes_b: int, more: int) -> None:
    control = yes_or_no(200, yes=yes_b)
    before = difference(yes_or_no(400, yes=yes_a), control)
    after = difference(yes_or_no(400, yes=min(400, yes_a + more)), control)

    assert after.effect > before.effect
    assert before.low <= before.effect <= before.high


@given(yes_a=st.integers(1, 99), yes_b=st.integers(1, 99), days=st.integers(1, 40))
def test_looking_every_day_costs_width(yes_a: int, yes_b: int, days: int) -> None:
    plain = difference(yes_or_no(100, yes=yes_a), yes_or_no(100, yes=yes_b))

    shown = always_valid(plain, accounts=200, tuning=200 * days)

    assert shown.low < plain.low
    assert shown.high > plain.high


def test_two_arms_without_any_difference_in_outcome_prove_nothing() -> None:
    assert pooled_test(yes_or_no(10, yes=10), yes_or_no(5, yes=5)).p_value == 1.0
