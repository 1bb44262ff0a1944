"""Risks of several terms at once, and the mean of those on the same plan."""

import pytest

from tenure.kernel.periods import day_number
from tenure.understand.churn.peers import mean_of_plan, risks_of_terms
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF
from tests.understand.warehouses import Warehouse

SCORED = [(1, "home_100", 0.1, 2), (2, "home_100", 0.3, 3), (3, "home_300", 0.7, 4)]


@pytest.fixture
def scored(broadband: Warehouse) -> Warehouse:
    broadband.put(RISKS, *({"term_id": t, "p_lapse": p, "band": b} for t, _, p, b in SCORED))
    broadband.put(FEATURES, *({"term_id": t, "plan_code": plan} for t, plan, _, _ in SCORED))
    return broadband


def test_terms_are_looked_up_together(scored: Warehouse) -> None:
    assert risks_of_terms({1, 3, 9}, on=AS_OF) == {1: (2, 0.1), 3: (4, 0.7)}


def test_nobody_is_looked_up_without_asking(scored: Warehouse) -> None:
    assert risks_of_terms([], on=AS_OF) == {}


def test_the_mean_is_that_of_the_plan(scored: Warehouse) -> None:
    day = day_number(AS_OF)
    (risks,) = current_store().paths(RISKS, from_day=day, to_day=day)
    (features,) = current_store().paths(FEATURES, from_day=day, to_day=day)

    mean, count = mean_of_plan("home_100", risks=risks, features=features) or (0.0, 0)
    assert (round(mean, 12), count) == (0.2, 2)
    assert mean_of_plan("home_1000", risks=risks, features=features) is None
