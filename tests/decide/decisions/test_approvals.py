"""GRD-01: a day's choices above a limit wait for a second person before anything leaves."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.act.promises.approving import approve
from tenure.act.promises.fulfilling import fulfil_due
from tenure.decide.decisions.approvals.actions import expire_due, reject
from tenure.decide.decisions.approvals.models import Approval
from tenure.decide.decisions.approvals.rules import SecondPersonNeeded, TooLate
from tenure.decide.decisions.biting import Bites, bites_between
from tenure.decide.decisions.budget import budget_of
from tenure.decide.decisions.models import Decision
from tenure.kernel.lifecycle import IllegalMove
from tenure.records.journal.models import Entry
from tenure.records.stock.models import Promise, Stock
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, day
from tests.decide.decisions.deciding import Customer, change_strategy, decide
from tests.decide.decisions.test_promises import customers, offering
from tests.understand.warehouses import Warehouse

SECOND: dict[str, Any] = {"on": AS_OF, "at": AT, "by": "user:2"}


def a_day_above_the_limit(warehouse: Warehouse) -> list[Customer]:
    """Three hours of 45.05 are 135.15, and one person commits 100.00."""
    offering(engineer_hour={"prior_logit_lift": 2.0, "capacity_per_day": 9, "handed": {"stock": 5}})
    change_strategy({"guardrails.toml": {"second_person_above": "100.00 CNY"}})
    three = customers(3)
    decide(warehouse, *three)
    return three


def outcomes() -> list[str]:
    return list(Decision.objects.order_by("pk").values_list("outcome", flat=True))


def used() -> int:
    return budget_of(day(9), current().at(AS_OF).guardrails).used_minor


def test_a_day_above_the_limit_waits_and_reaches_nobody(broadband_anywhere: Warehouse) -> None:
    """The reach is known, stock and budget are set aside, and no work is opened."""
    a_day_above_the_limit(broadband_anywhere)

    one = Approval.objects.get()
    assert (one.state, one.cost_minor, one.limit_minor) == ("waiting", 13_515, 10_000)
    assert one.reach == {
        "customers": 3, "terms": 3, "cost_minor": 13_515, "most_minor": 13_515,
        "actions": {"engineer_hour": {"count": 3, "cost_minor": 13_515, "most_minor": 13_515}},
    }  # fmt: skip
    assert outcomes() == ["waiting"] * 3
    assert (used(), Stock.objects.get().taken) == (13_515, 3)
    assert fulfil_due(as_of=AS_OF, at=AT) == {"released": 0, "owed": 0}
    with pytest.raises(SecondPersonNeeded):
        approve(one.pk, on=AS_OF, at=AT, by="test")

    approve(one.pk, **SECOND)
    approve(one.pk, **SECOND)

    assert outcomes() == ["chosen"] * 3
    assert set(Promise.objects.values_list("state", flat=True)) == {"owed"}
    with pytest.raises(IllegalMove):
        reject(one.pk, **SECOND)
    kinds = Entry.objects.filter(kind__startswith="choices.").order_by("pk")
    assert [each.kind for each in kinds] == ["choices.held_back", "choices.approved"]


@pytest.mark.parametrize("how", ["rejected", "expired"])
def test_what_nobody_agrees_to_never_leaves_and_frees_budget_and_stock(
    broadband: Warehouse, how: str
) -> None:
    a_day_above_the_limit(broadband)
    one, late = Approval.objects.get(), AS_OF + timedelta(days=3)

    if how == "rejected":
        reject(one.pk, **SECOND)
    else:
        with pytest.raises(TooLate):
            approve(one.pk, on=late, at=AT, by="user:2")
        assert expire_due(as_of=day(2), at=AT) == 0
        assert expire_due(as_of=late, at=AT) == 1

    one.refresh_from_db()
    assert one.state == how
    assert outcomes() == ["rejected"] * 3
    assert (used(), Stock.objects.get().taken) == (0, 0)
    assert set(Promise.objects.values_list("why", flat=True)) == {"not_approved"}


def test_each_line_counts_how_often_it_bit(broadband: Warehouse) -> None:
    """GRD-01, TOP-06: one of three renews with 70 %, which 69 % refuses; nothing is done."""
    offering(wifi_point={"prior_logit_lift": 2.0})
    change_strategy({"guardrails.toml": {"no_discount_above_p_renew": "69 %"}})
    decide(broadband, *customers(3))

    assert bites_between(AS_OF, AS_OF)["sure_to_renew"] == Bites(refused=1, left_alone=1, days=1)
    assert bites_between(day(1), day(9)) == {}
