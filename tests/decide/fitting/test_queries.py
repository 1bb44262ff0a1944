"""CAT-02: the recommended plan on a customer's page."""

from tenure.decide.fitting.queries import plan_of
from tests.builders import AS_OF
from tests.decide.decisions.conftest import broadband
from tests.decide.decisions.deciding import a_customer, put_tables
from tests.understand.warehouses import Warehouse

__all__ = ["broadband"]


def test_a_heavy_user_is_told_of_the_next_plan(broadband: Warehouse) -> None:
    heavy = a_customer(usage_gb_30=400.0, slow_evenings_30=0)
    put_tables(broadband, [heavy])

    found = plan_of(heavy.term.pk, as_of=AS_OF)

    assert found is not None
    assert (found.fit, found.plan) == ("too_small", "home_1000")
    assert plan_of(heavy.term.pk + 1, as_of=AS_OF) is None
