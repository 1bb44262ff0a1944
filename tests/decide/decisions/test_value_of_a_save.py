"""B4: a choice counts what a saved customer brings from there on, and writes down on what."""

from datetime import timedelta

import numpy as np
import pytest

from tenure.decide.decisions.evaluation import facing_of
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.queries import why
from tenure.decide.decisions.recorded import KEYS, points_of
from tenure.decide.decisions.replaying import replay_all
from tenure.records.strategies.queries import current
from tenure.understand.value.models import SurvivalCurve
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import (
    a_customer,
    alternative,
    change_strategy,
    decide,
    the_decision,
)
from tests.understand.warehouses import Warehouse

# The published cohort of regular customers (Fader and Hardie 2007).
ALPHA, BETA = 0.704, 1.182


def a_curve(decided: int = 1_000, *, days_ago: int = 3, plan: str = "home_300") -> SurvivalCurve:
    return SurvivalCurve.objects.create(
        as_of=AS_OF - timedelta(days=days_ago),
        plan=plan,
        cycle_months=12,
        decided=decided,
        renewed=decided * 7 // 10,
        oldest=5,
        alpha=ALPHA,
        beta=BETA,
    )


def terms_at(renewal: int, *, annual: float) -> float:
    """DERL as its definition says it: each later renewal, if all before it happened."""
    total, reached = 0.0, 1.0
    for t in range(renewal, renewal + 2_000):
        reached *= (BETA + t - 1) / (ALPHA + BETA + t - 1)
        total += reached / (1 + annual) ** (t - renewal)
    return total


def test_b4_the_shipped_strategies_count_margin_times_change_times_terms_less_cost(
    broadband: Warehouse,
) -> None:
    """A call of 12.00 lifts 0.6 to 0.680368; a year leaves 432.00, before the second renewal."""
    a_curve()
    one = a_customer(p_lapse=0.4, marketing_consent=0, term_number=2)

    decide(broadband, one)

    decision, terms = the_decision(one), round(terms_at(2, annual=0.08), 4)
    assert decision.action == "care_call"
    assert terms == 4.6243
    assert decision.inputs["expected_terms"] == terms
    assert decision.inputs["margin_per_term_minor"] == 43_200
    assert decision.margin_minor == pytest.approx(43_200 * 0.080368 * terms - 1_200, abs=1)
    assert decision.term_margin_minor == 2_272
    assert alternative(decision, "care_call")["term_margin_minor"] == 2_272
    assert decision.cost_minor == 1_200


def test_b4_the_terms_are_of_this_customer_s_renewal_and_never_beyond_five_years(
    broadband: Warehouse,
) -> None:
    a_curve()
    customers = [a_customer(term_number=number) for number in (1, 2, 9)]

    decide(broadband, *customers)

    counted = [the_decision(one).inputs["expected_terms"] for one in customers]
    assert counted == [round(terms_at(1, annual=0.08), 4), round(terms_at(2, annual=0.08), 4), 5.0]


@pytest.mark.parametrize("decided", [0, 199])
def test_where_too_few_renewals_are_known_the_term_counts_and_the_log_says_so(
    broadband: Warehouse, decided: int
) -> None:
    if decided:
        a_curve(decided)
    one = a_customer(p_lapse=0.4, marketing_consent=0)

    decide(broadband, one)

    decision = the_decision(one)
    assert (decision.margin_minor, decision.term_margin_minor) == (2_272, 2_272)
    assert decision.inputs["expected_terms"] is None
    stake = why(decision).stake
    assert stake is not None
    assert stake.expected_terms is None
    assert "本次订期" in stake.told.zh
    assert "only the term at stake" in stake.told.en


def test_a_strategy_of_the_term_counts_the_term_and_logs_nothing_more(
    broadband: Warehouse,
) -> None:
    a_curve()
    change_strategy({"economics.toml": {"value_of_a_save": "term"}})
    one = a_customer(p_lapse=0.4, marketing_consent=0)

    decide(broadband, one)

    decision = the_decision(one)
    assert (decision.margin_minor, decision.term_margin_minor) == (2_272, None)
    assert "expected_terms" not in decision.inputs
    assert all("term_margin_minor" not in one for one in decision.alternatives)
    assert why(decision).stake is None


def test_a_choice_is_made_again_on_the_terms_that_it_was_made_on(broadband: Warehouse) -> None:
    """A newer curve, whenever it came, changes nothing of the past."""
    a_curve()
    customers = [a_customer(p_lapse=p, term_number=2) for p in (0.2, 0.4, 0.6)]
    decide(broadband, *customers)
    SurvivalCurve.objects.update(alpha=5.0, beta=1.0)

    found = replay_all(Choosing.objects.get(as_of=AS_OF, at=AT))

    assert [one.is_same for one in found] == [True, True, True]


def test_what_effects_are_learned_for_is_what_each_choice_was_logged_with(
    broadband: Warehouse,
) -> None:
    """A choice of before that knew no further terms counts its term alone, beside newer ones."""
    a_curve()
    decide(broadband, a_customer(term_number=2))
    [row] = Decision.objects.values(*KEYS, "inputs")
    before = {name: one for name, one in row["inputs"].items() if name != "expected_terms"}
    strategy = current().at(AS_OF)

    points = points_of([row, {**row, "inputs": before}], strategy=strategy, places=[0, 0])
    facing = facing_of(points, strategy)

    assert facing.expected_terms is not None
    assert facing.beyond(np.ones(2)).tolist() == pytest.approx([3.6243, 0.0])


def test_budget_and_floor_bind_a_lifetime_as_they_bind_a_term(broadband: Warehouse) -> None:
    """GRD-01: five years of loyalty open no offer that leaves too little of the price, nor one
    for which there is no money."""
    customers = [a_customer(p_lapse=0.5, term_number=9) for _ in range(3)]
    a_curve()
    change_strategy({"guardrails.toml": {"floor_margin": "52 %", "monthly_budget": "0.00 CNY"}})

    decide(broadband, *customers)

    for one in customers:
        decision = the_decision(one)
        assert alternative(decision, "term_2y")["refused_by"] in {"floor_margin", "below_cost"}
        assert decision.kind in {"nothing", "reminder", "value_recap"}


def test_a_person_reads_what_keeping_this_customer_is_worth(broadband: Warehouse) -> None:
    """Value of keeping = margin of a term × terms expected; change and cost stand beside it."""
    a_curve()
    one = a_customer(p_lapse=0.4, marketing_consent=0, term_number=2)
    decide(broadband, one)

    stake = why(the_decision(one)).stake

    assert stake is not None
    worth = round(43_200 * round(terms_at(2, annual=0.08), 4))
    assert (stake.margin_minor, stake.worth_minor) == (43_200, worth)
    assert stake.told.zh == (
        f"留住这位客户值 {worth / 100:.2f} CNY：每期毛利 432.00 CNY × 预计还有 4.6 期；"
        f"动作把续费概率改变 +8.0 个百分点，花费 12.00 CNY"
    )
    assert stake.told.en == (
        f"keeping this customer is worth {worth / 100:.2f} CNY: 432.00 CNY a term × 4.6 terms "
        "still expected; the action changes the chance of renewing by +8.0 points and costs "
        "12.00 CNY"
    )
