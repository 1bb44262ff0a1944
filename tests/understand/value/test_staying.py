"""B4: what keeping a customer is worth is counted at their own renewal, from decided renewals."""

import itertools
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tenure.kernel.periods import day_number
from tenure.understand.value.actions import fill
from tenure.understand.value.estimator.sbg import ShiftedBetaGeometric, fit_sbg
from tenure.understand.value.models import SurvivalCurve
from tenure.understand.value.queries import curves_as_of
from tenure.understand.value.staying import ALL_PLANS, Curve, Looking, curves_of, expected_terms
from tests.builders import AS_OF, AT
from tests.understand.warehouses import Warehouse, with_strategy

# Survivors of 1,000 after 0 to 7 renewals (Fader and Hardie 2007): its DERL is published.
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
FAR = Looking(discount_per_year=0.1, most_years=30, least_decided=200)


def decided(plan: str = "a", months: int = 12, survivors: list[int] = REGULAR) -> list[Any]:
    return [
        {
            "plan": plan,
            "cycle_months": months,
            "number": number,
            "decided": before,
            "renewed": after,
        }
        for number, (before, after) in enumerate(itertools.pairwise(survivors), start=1)
    ]


def terms_of(curves: list[Curve], *whom: tuple[str, int, float], far: Looking = FAR) -> list[float]:
    plan, months, number = zip(*whom, strict=True)
    found: list[float] = expected_terms(
        curves,
        plan=np.array(plan, dtype=object),
        cycle_months=np.array(months),
        number=np.array(number, dtype=float),
        looking=far,
    ).tolist()
    return found


def test_b4_the_published_residual_lifetime_is_found_from_decided_renewals() -> None:
    """DERL before the 1st to 5th renewal at 10 %: 2.964 4.103 4.870 5.442 5.894, and not DEL."""
    curves = curves_of(decided())

    found = terms_of(curves, *(("a", 12, number) for number in range(1, 6)))

    assert found == pytest.approx([2.964, 4.103, 4.870, 5.442, 5.894], abs=0.002)


def test_a_plan_of_which_too_little_is_known_is_read_from_all_plans_of_its_length() -> None:
    few = [{**one, "decided": one["decided"] // 100, "renewed": 1} for one in decided("b")]
    curves = curves_of([*decided("a"), *few])
    whole = next(one for one in curves if (one.plan, one.cycle_months) == (ALL_PLANS, 12))

    [found, monthly] = terms_of(curves, ("b", 12, 2), ("b", 1, 2))

    assert whole.model is not None
    assert found == pytest.approx(whole.model.expected_residual(2, discount_per_period=0.1))
    assert np.isnan(monthly)


def test_where_too_few_renewals_were_decided_nothing_is_said() -> None:
    curves = curves_of(decided(survivors=[100, 63, 47]))

    assert np.isnan(terms_of(curves, ("a", 12, 1))).all()


def test_nobody_stays_longer_than_is_looked() -> None:
    """Five years are five terms of a year and sixty of a month; one term always counts."""
    near = Looking(discount_per_year=0.1, most_years=5, least_decided=200)
    loyal = [1_000_000, 999_999, 999_998, 999_997]
    curves = curves_of(
        [*decided("a", 12, loyal), *decided("a", 1, loyal), *decided("a", 84, loyal)]
    )

    assert terms_of(curves, ("a", 12, 1), ("a", 1, 1), ("a", 84, 1), far=near) == [5.0, 60.0, 1.0]


def test_a_curve_that_cannot_be_fitted_says_what_is_missing() -> None:
    found = curves_of([*decided("a", 12, [400, 400, 400]), *decided("b", 1, [500, 300])])

    why = {(one.plan, one.cycle_months): one.why for one in found}
    assert why == {
        ("a", 12): "nothing_was_lost",
        ("", 12): "nothing_was_lost",
        ("b", 1): "too_few_periods",
        ("", 1): "too_few_periods",
    }
    assert np.isnan(terms_of(found, ("a", 12, 1), ("b", 1, 1), ("a", 12, np.nan))).all()


def test_b1_large_parameters_do_not_overflow() -> None:
    """The closed form is not a number here; the sum of 0.5^t at 10 % is 0.5 ÷ (1 − 0.5 ÷ 1.1)."""
    even = ShiftedBetaGeometric(1e5, 1e5)

    found = even.expected_residuals(np.array([1.0, 2.0]), discount_per_period=0.1)

    assert found == pytest.approx([0.5 / (1 - 0.5 / 1.1)] * 2, rel=1e-4)


@pytest.fixture
def broadband(db: None, settings: Any, tmp_path: Any) -> Warehouse:
    settings.TENURE_HOME = tmp_path
    return with_strategy()


def _terms(survivors: list[int]) -> list[dict[str, Any]]:
    """Terms of a year that are over, each decided at its end."""
    today = day_number(AS_OF)
    rows: list[dict[str, Any]] = []
    for number, (before, after) in enumerate(itertools.pairwise(survivors), start=1):
        for one in range(before):
            ends = today - 100
            rows.append(
                {
                    "term_id": len(rows) + 1,
                    "account_id": one + 1,
                    "subscription_id": one + 1,
                    "number": number,
                    "plan_code": "home_300",
                    "cycle_months": 12,
                    "starts_day": ends - 365,
                    "ends_day": ends,
                    "renewed_day": ends - 3 if one < after else None,
                    "closed_day": None if one < after else ends,
                }
            )
    return rows


def test_curves_are_kept_once_a_week_for_who_counts_on_them(broadband: Warehouse) -> None:
    broadband.write(on=day_number(AS_OF), terms=_terms([200, 126, 94, 76]))

    first = fill(as_of=AS_OF, at=AT)
    again = fill(as_of=AS_OF + timedelta(days=6), at=AT)
    later = fill(as_of=AS_OF + timedelta(days=7), at=AT)

    assert (first, again, later) == (2, 0, 2)
    stored = SurvivalCurve.objects.get(as_of=AS_OF, plan="home_300")
    assert (stored.decided, stored.renewed, stored.oldest) == (420, 296, 3)
    cohort = fit_sbg([200, 126, 94, 76])
    assert (stored.alpha, stored.beta) == pytest.approx((cohort.alpha, cohort.beta), rel=1e-3)
    assert [one.plan for one in curves_as_of(AS_OF)] == ["", "home_300"]
    assert curves_as_of(AS_OF - timedelta(days=1)) == []
