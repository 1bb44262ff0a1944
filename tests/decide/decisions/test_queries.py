"""Why, what next, and what the day came to, in both languages."""

from datetime import timedelta

import pytest

from tenure.decide.decisions.budget import budget_on
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.queries import (
    Why,
    capacities_on,
    chosen_on,
    latest_of,
    why,
    withheld_on,
)
from tenure.decide.decisions.suggesting import next_best
from tests.builders import AS_OF, AT, a_ticket, at_on, day
from tests.decide.decisions.deciding import (
    a_customer,
    change_strategy,
    decide,
    put_tables,
    the_decision,
)
from tests.understand.warehouses import Warehouse


def reasons(told: Why) -> dict[str, str]:
    return {one.action: one.why_not.en if one.why_not else "" for one in told.alternatives}


def test_why_names_the_choice_its_rivals_and_its_inputs(broadband: Warehouse) -> None:
    """TOP-09: score, refusals and inputs in sentences, with the version of rules and model."""
    one = a_customer(p_lapse=0.4, marketing_consent=0)
    decide(broadband, one)

    told = why(the_decision(one))

    assert (told.name.zh, told.name.en) == ("专席电话关怀", "Call by a specialist")
    assert told.reason.en == "it brings the highest expected margin within budget and capacity"
    assert told.alternatives[0].is_chosen
    assert reasons(told)["reminder"] == "another action is expected to bring more"
    assert reasons(told)["term_1y"] == "there is no consent to marketing"
    assert reasons(told)["value_recap"] == (
        "the condition does not hold: active days in 30 days is at least 8 days"
    )
    inputs = {name.en: value for name, value in told.inputs}
    assert inputs["time until the end of the term"].zh == "30 天"
    assert inputs["probability of not renewing"].en == "40.0 %"
    assert inputs["strongest sign of risk"].zh == "近 30 天晚间卡顿"
    assert inputs["belongs to the holdout"].zh == "否"
    assert told.strategy_hash == the_decision(one).strategy_hash
    assert told.estimator_id == 7


def test_a_refusal_tells_its_numbers(broadband: Warehouse) -> None:
    """GRD-01, TOP-09."""
    sure = a_customer(p_lapse=0.04)
    decide(broadband, sure)

    told = why(the_decision(sure))

    assert reasons(told)["term_1y"] == (
        "renews with a probability of 96.0 %, 95.0 % or more: a gift would change nothing"
    )
    zh = {one.action: one.why_not.zh for one in told.alternatives if one.why_not}
    assert zh["term_1y"] == "续费概率 96.0 % 已不低于 95.0 %，优惠只会白送"


def test_every_code_in_the_log_has_a_sentence(broadband: Warehouse) -> None:
    """TOP-09: over customers of many kinds, nothing in the log is without words."""
    customers = [
        a_customer(p_lapse=p, marketing_consent=consent, active_days_30=days)
        for p in (None, 0.03, 0.2, 0.5, 0.8)
        for consent in (0, 1)
        for days in (0, 20)
    ]
    a_ticket(account=customers[-1].term.account, kind="complaint", opened_at=at_on(day(-1)))
    decide(broadband, *customers, a_customer(account={"in_holdout": True}))

    for decision in Decision.objects.all():
        told = why(decision)
        assert told.reason.zh
        assert told.reason.en
        for one in told.alternatives:
            assert one.is_chosen or one.why_not is not None or one.action == "nothing"


def test_the_next_best_action_needs_no_step_to_be_due(broadband: Warehouse) -> None:
    """TOP-09, design 02: the suggestion on a customer's page, and nothing is decided by it."""
    early = a_customer(p_lapse=0.5, days_left=100)
    put_tables(broadband, [early])

    told = next_best(early.term.pk, as_of=AS_OF, at=AT)

    assert told is not None
    assert told.action == "term_2y"
    best, runner_up = told.alternatives[:2]
    assert best.margin_minor is not None
    assert runner_up.margin_minor is not None
    assert best.margin_minor > runner_up.margin_minor
    assert told.decision is None
    assert Decision.objects.count() == 0
    assert next_best(early.term.pk + 1, as_of=AS_OF, at=AT) is None


def test_the_next_best_action_of_the_holdout_is_nothing(broadband: Warehouse) -> None:
    """TOP-04: also where somebody asks by hand."""
    held = a_customer(account={"in_holdout": True})
    decide(broadband, held)

    told = next_best(held.term.pk, as_of=AS_OF, at=AT)

    assert told is not None
    assert (told.action, told.reason.zh) == ("nothing", "属于长期对照组：只收法定告知与回执")


def test_the_day_by_action_with_expected_renewals_and_by_reason(broadband: Warehouse) -> None:
    callers = [a_customer(p_lapse=0.4, marketing_consent=0) for _ in range(3)]
    held = [a_customer(account={"in_holdout": True}) for _ in range(2)]
    decide(broadband, *callers, *held)

    (calls,) = chosen_on(AS_OF)
    (left,) = withheld_on(AS_OF)

    assert (calls.action, calls.count, calls.explored) == ("care_call", 3, 0)
    assert calls.renewals == pytest.approx(3 * 0.080368, abs=1e-4)
    assert calls.renewals_low < calls.renewals < calls.renewals_high
    assert (calls.cost_minor, calls.margin_minor) == (3 * 1_200, 3 * 2_272)
    assert (left.code, left.count) == ("holdout", 2)
    assert left.reason.en.startswith("belongs to the permanent holdout")


def test_the_budget_its_pace_and_the_capacity(broadband: Warehouse) -> None:
    """Design 01: half of June has gone, so the month comes to twice what was committed."""
    callers = [a_customer(p_lapse=0.4, marketing_consent=0) for _ in range(3)]
    decide(broadband, *callers)

    use = budget_on(AS_OF)
    (calls,) = capacities_on(AS_OF)

    assert (use.budget.planned_minor, use.budget.used_minor) == (4_000_000, 3_600)
    assert (use.pace_minor, use.over_minor) == (7_200, 0)
    assert (calls.action, calls.used, calls.limit) == ("care_call", 3, 60)


def test_the_last_decision_about_a_term(broadband: Warehouse) -> None:
    one = a_customer(p_lapse=0.3, days_left=30)
    decide(broadband, one)
    later = AS_OF + timedelta(days=27)
    decide(broadband, one, as_of=later, at=AT + timedelta(days=27))

    first, last = latest_of(one.term.pk, as_of=AS_OF), latest_of(one.term.pk, as_of=later)

    assert first is not None
    assert last is not None
    assert (first.step, last.step) == ("t30", "t3")


def test_an_old_decision_is_told_by_the_strategy_that_made_it(broadband: Warehouse) -> None:
    """TOP-18: a new floor changes nothing that was said before."""
    sure = a_customer(p_lapse=0.04)
    decide(broadband, sure)
    before = reasons(why(the_decision(sure)))

    change_strategy({"guardrails.toml": {"no_discount_above_p_renew": "90 %"}})

    assert reasons(why(the_decision(sure))) == before
