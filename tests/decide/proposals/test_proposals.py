"""Personal plans: proposed offline with their inputs, changed and approved by people (AI-01)."""

from datetime import timedelta

import pytest

from tenure.act.care.routing import route_due
from tenure.act.proposals.telling import tell_plans
from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.decide.proposals.actions import Change, approve, change, drop, propose
from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.queries import told
from tenure.decide.proposals.rules import ActionRefused, ChannelClosed, OutsideTerm
from tenure.decide.proposals.whom import fields_of
from tenure.kernel.failures import Refusal
from tenure.kernel.lifecycle import IllegalMove
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.stock.models import Promise, Stock
from tenure.records.strategies.queries import current
from tenure.records.success.models import ToDo
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import Customer, a_customer, change_strategy, put_tables
from tests.decide.decisions.test_promises import offering
from tests.understand.warehouses import Warehouse

TODAY = AS_OF + timedelta(days=1)


def a_plan(warehouse: Warehouse, one: Customer) -> Proposal:
    put_tables(warehouse, [one])
    return propose(one.term.pk, as_of=AS_OF, at=AT, by="user:1")


def test_a_plan_is_proposed_with_its_inputs_and_nothing_happens_before_a_person_agrees(
    broadband: Warehouse,
) -> None:
    """Offer, channel, time and message; asked for twice it is one plan."""
    plan = a_plan(broadband, a_customer(p_lapse=0.4, marketing_consent=0))
    again = propose(plan.term_id, as_of=AS_OF, at=AT, by="user:2")

    assert again.pk == plan.pk
    assert (plan.action, plan.channel, plan.state) == ("care_call", "phone", "proposed")
    assert plan.message == "call_script"
    assert plan.inputs["p_lapse"] == pytest.approx(0.4)
    assert told(plan).why.inputs
    assert tell_plans(as_of=AS_OF, at=AT).due == 0
    assert not Decision.objects.exists()
    assert [one.kind for one in Entry.objects.filter(kind__startswith="proposal")] == [
        "proposal.made"
    ]


def test_a_changed_plan_that_is_approved_is_a_choice_in_the_log_and_is_told_once(
    broadband_anywhere: Warehouse,
) -> None:
    plan = a_plan(broadband_anywhere, a_customer(p_lapse=0.4, marketing_consent=0))
    change(plan.pk, Change("reminder", plan.send_on), at=AT, by="user:1")

    approved = approve(plan.pk, as_of=AS_OF, at=AT, by="user:1")
    approve(plan.pk, as_of=AS_OF, at=AT, by="user:1")
    first = tell_plans(as_of=AS_OF, at=AT)
    second = tell_plans(as_of=AS_OF, at=AT)

    assert (approved.state, approved.is_changed, approved.decided_by) == (
        "approved",
        True,
        "user:1",
    )
    decision = Decision.objects.get()
    assert (decision.journey, decision.action, decision.reason, decision.propensity) == (
        f"plan-{plan.pk}",
        "reminder",
        "approved",
        1.0,
    )
    assert (first.messages, second.messages) == (1, 0)
    message = Message.objects.get()
    assert (message.channel, message.decision_id) == (approved.channel, decision.pk)
    with pytest.raises(IllegalMove):
        drop(plan.pk, at=AT, by="user:1")


def test_an_approved_call_is_work_with_a_script_and_paid_from_the_budget(
    broadband: Warehouse,
) -> None:
    plan = a_plan(broadband, a_customer(p_lapse=0.4, marketing_consent=0))

    approve(plan.pk, as_of=AS_OF, at=AT, by="user:1")
    counts = [tell_plans(as_of=AS_OF, at=AT).calls for _ in range(2)]

    assert counts == [1, 0]
    todo = ToDo.objects.get()
    assert (todo.kind, todo.template, todo.decision_id) == (
        "call",
        "call_script",
        Decision.objects.get().pk,
    )
    assert BudgetEntry.objects.get().amount_minor == Decision.objects.get().cost_minor


def test_what_a_rule_refuses_no_person_can_plan(broadband: Warehouse) -> None:
    """TOP-09: the refusal names the rule; the plan stays as it was."""
    plan = a_plan(broadband, a_customer(p_lapse=0.4, marketing_consent=0))

    with pytest.raises(ActionRefused) as refused:
        change(plan.pk, Change("term_1y", plan.send_on), at=AT, by="user:1")
    with pytest.raises(ChannelClosed):
        change(plan.pk, Change("reminder", plan.send_on, channel="push"), at=AT, by="user:1")
    with pytest.raises(OutsideTerm):
        change(plan.pk, Change("reminder", AS_OF - timedelta(days=9)), at=AT, by="user:1")

    assert "One year, 10 % off" in refused.value.sentence("en")
    plan.refresh_from_db()
    assert (plan.action, plan.is_changed) == ("care_call", False)


def test_high_risk_and_high_value_become_one_call_with_reasons(
    broadband: Warehouse,
) -> None:
    """PRD-04: of four customers only the one with both; the holdout and the called are left."""
    change_strategy({"routing.toml": {"risk": "45 %", "value_per_year": "700.00 CNY"}})
    both = a_customer(p_lapse=0.6)
    risky = a_customer(p_lapse=0.6, term={"price_minor": 30_000})
    valuable = a_customer(p_lapse=0.1)
    put_tables(broadband, [both, risky, valuable])

    counts = [route_due(as_of=AS_OF, at=AT)["calls"] for _ in range(2)]

    assert counts == [1, 0]
    todo = ToDo.objects.get()
    assert todo.term_id == both.term.pk
    assert todo.reasons[0]["en"].startswith(
        "high risk and high value: 60 % not to renew, 828.00 CNY a year"
    )
    routing = current().at(AS_OF).routing
    assert routing is not None
    fields = fields_of(AS_OF, routing=routing)
    assert fields is not None
    assert [one.terms for one in fields.four] == [1, 1, 1, 0]


def test_an_approved_plan_takes_from_the_stock_and_none_is_promised_twice(
    broadband: Warehouse,
) -> None:
    """OFR-15, OFR-19: a person's plan reserves what is scarce as every other choice does."""
    offering(engineer_hour={"prior_logit_lift": 2.0, "capacity_per_day": 9,
                            "handed": {"stock": 1}})  # fmt: skip
    first, second = a_customer(p_lapse=0.4), a_customer(p_lapse=0.4)
    put_tables(broadband, [first, second])
    plans = [propose(one.term.pk, as_of=AS_OF, at=AT, by="user:1") for one in (first, second)]
    assert [one.action for one in plans] == ["engineer_hour"] * 2

    for _ in range(2):
        approve(plans[0].pk, as_of=AS_OF, at=AT, by="user:1")
    with pytest.raises(Refusal) as refused:
        approve(plans[1].pk, as_of=AS_OF, at=AT, by="user:1")

    [made] = Promise.objects.all()
    assert (made.term_id, made.state, made.decision_id) == (
        first.term.pk,
        "held",
        Decision.objects.get().pk,
    )
    assert Stock.objects.get().taken == 1
    assert refused.value.code in {"action_refused", "not_proposable"}
    plans[1].refresh_from_db()
    assert plans[1].state == "proposed"
