"""PRD-05: who is worth most from here on, by arithmetic that a page can show."""

import pytest

from tenure.understand.value.ranking import most_valued
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.tables.facts import TERMS
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF, AT
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse


@pytest.fixture
def two(broadband: Warehouse) -> None:
    """1: 120.00 a month, 73 days left, surely leaving; 2: 60.00 a month, surely staying."""
    broadband.put(
        RISKS,
        {"term_id": 1, "account_id": 1, "days_left": 73, "p_lapse": 1.0},
        {"term_id": 2, "account_id": 2, "days_left": -3, "p_lapse": 0.0},
    )
    broadband.put(
        TERMS,
        *(
            {"term_id": n, "account_id": n, "plan_code": "home", "cycle_months": 12,
             "price_minor": price, "cost_minor_per_month": 1_000, "currency": "CNY"}
            for n, price in ((1, 156_000), (2, 84_000))
        ),
    )  # fmt: skip
    complete(Filled(RISKS.name, TODAY, "1"), row_count=2, at=AT)


def test_value_is_margin_of_what_is_left_and_of_what_follows(two: None) -> None:
    """The plan's mean lapse is 0.5: further terms 1 ÷ (1 − 0.5 ÷ 1.08) = 1.8621."""
    found = most_valued(as_of=AS_OF, currency="CNY")

    assert found is not None
    assert (found.of, [one.account_id for one in found.rows]) == (2, [2, 1])
    stays, leaves = found.rows
    assert stays.further_terms == pytest.approx(1 / (1 - 0.5 / 1.08))
    assert stays.value == pytest.approx(6_000 * 12 * stays.further_terms)
    assert leaves.value == pytest.approx(12_000 * 73 / (365 / 12))
    assert (leaves.p_renew, stays.months_left) == (0.0, 0.0)


def test_nobody_is_ranked_before_anybody_was_scored(broadband: Warehouse) -> None:
    assert most_valued(as_of=AS_OF, currency="CNY") is None
