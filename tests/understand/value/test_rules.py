"""MET-03, MET-04: the plain formulas of lifetime value and acquisition cost (G10, G11)."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tenure.understand.value.estimator.sbg import ShiftedBetaGeometric
from tenure.understand.value.rules import (
    Acquisition,
    Economics,
    NoChurn,
    cash_payback_month,
    finite_value,
    monthly_discount,
    payback_months,
    perpetuity_value,
    simple_value,
    value_to_cost,
)
from tests.understand.metrics.golden import expected_of, rows_of


def an_economy(row: dict[str, Any]) -> Economics:
    return Economics(
        int(row["arpa_minor"]), Fraction(row["gross_margin"]), Fraction(row["monthly_churn"])
    )


def test_g10_every_variant_of_lifetime_value_has_its_own_name() -> None:
    """R-M-009: simple, perpetuity paid before and after, and of so many months."""
    (row,), expected = rows_of("G10"), expected_of("G10")
    month, rate = an_economy(row), monthly_discount(Decimal(str(row["annual_discount"])))

    assert simple_value(month) == expected["simple_clv_minor"]
    assert f"{rate:.6f}" == expected["monthly_discount_rate"]
    start, end = (
        perpetuity_value(month, monthly_discount=rate, is_prepaid=one) for one in (True, False)
    )
    assert start == expected["perpetuity_start_of_period_minor"]
    assert end == expected["perpetuity_end_of_period_minor"]
    months = int(str(row["horizon_months"]))
    assert finite_value(month, months=months) == expected["finite_36_months_minor"]


def test_g10_the_survival_curve_is_the_published_one() -> None:
    (row,), expected = rows_of("G10"), expected_of("G10")
    model = ShiftedBetaGeometric(float(str(row["sbg_alpha"])), float(str(row["sbg_beta"])))

    survival = {
        one: f"{model.survival(np.array([float(one)]))[0]:.6f}" for one in expected["sbg_survival"]
    }
    retention = {one: f"{model.retention(int(one)):.6f}" for one in expected["sbg_retention"]}

    assert survival == expected["sbg_survival"]
    assert retention == expected["sbg_retention"]
    lifetime = model.expected_lifetime(discount_per_period=0.1)
    residual = model.expected_residual(5, discount_per_period=0.1)
    assert f"{lifetime:.6f}" == expected["sbg_DEL_periods"]
    assert f"{residual:.6f}" == expected["sbg_DERL_after_5_periods"]


def test_without_churn_the_plain_formula_refuses() -> None:
    with pytest.raises(NoChurn):
        simple_value(Economics(8_800, Fraction(7, 10), Fraction(0)))


def test_g11_payback_by_margin_and_by_cash() -> None:
    """R-M-010: a year paid ahead is back in cash long before its margin has paid it back."""
    rows, expected = rows_of("G11"), expected_of("G11")
    for row in rows:
        spent = Acquisition(
            spend_minor=int(str(row["sales_marketing_spend"])),
            new_customers=int(str(row["new_customers"])),
            monthly_arpa_minor=int(str(row["monthly_arpa"])),
            gross_margin=Fraction(int(str(row["gross_margin_percent"])), 100),
            prepaid_months=12 if row["billing"] == "annual_prepaid" else 1,
        )
        wanted = expected[str(row["segment"])]

        if wanted.get("cac_minor") is None:
            assert spent.cost_minor is None
            assert (payback_months(spent), cash_payback_month(spent)) == (None, None)
            assert value_to_cost(1, spent) is None
            continue
        assert spent.cost_minor == wanted["cac_minor"]
        assert payback_months(spent) == Fraction(wanted["payback_months_exact"])
        assert cash_payback_month(spent) == wanted["cash_payback_month"]


def test_a_service_that_costs_what_it_brings_never_pays_back() -> None:
    spent = Acquisition(1_000, 1, 5_000, Fraction(0))

    assert (payback_months(spent), cash_payback_month(spent)) == (None, None)
