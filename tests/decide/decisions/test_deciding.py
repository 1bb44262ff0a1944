"""Everybody due is chosen or withheld with a reason, once, and the log says why."""

from datetime import timedelta

import pytest

from tenure.decide.decisions.actions import decide_due
from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.decide.decisions.tables import NotComputed
from tenure.records.journal.models import Entry
from tenure.records.stores.models import StoreContract
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import close_overdue
from tenure.strategy.features import ALL
from tests.builders import AS_OF, AT, a_ticket, at_on, day
from tests.decide.decisions.deciding import (
    a_customer,
    alternative,
    change_strategy,
    decide,
    put_tables,
    the_decision,
)
from tests.understand.warehouses import Warehouse


def test_everybody_due_is_chosen_or_withheld_with_a_reason(broadband_anywhere: Warehouse) -> None:
    """TOP-02, TOP-09: one decision for each term and step; nobody else gets one."""
    broadband = broadband_anywhere
    due = [a_customer(p_lapse=p) for p in (0.02, 0.3, 0.6)]
    held = a_customer(account={"in_holdout": True})
    a_customer(days_left=31)
    far = a_customer(days_left=60)

    counts = decide(broadband, *due, held, far)

    assert counts["due"] == counts["chosen"] + counts["withheld"] == 4
    assert Decision.objects.count() == 4
    assert set(Decision.objects.values_list("term_id", flat=True)) == {
        one.term.pk for one in (*due, held)
    }
    assert not Decision.objects.filter(reason="").exists()
    for decision in Decision.objects.all():
        assert (decision.journey, decision.step) == ("annual_renewal", "t30")
        assert decision.strategy_hash == current().hash
        assert len(decision.alternatives) == len(current().offers)
        assert decision.inputs["days_left"] == 30


def test_what_a_store_renews_is_offered_nothing(broadband: Warehouse) -> None:
    """R-A-070: no choice is made, so that no budget is booked and no promise given."""
    ours, theirs = a_customer(p_lapse=0.6), a_customer(p_lapse=0.6)
    StoreContract.objects.create(
        subscription=theirs.term.subscription, store="apple", standing="active", told_at=AT
    )

    counts = decide(broadband, ours, theirs)

    assert counts["due"] == 1
    assert list(Decision.objects.values_list("term_id", flat=True)) == [ours.term.pk]


def test_the_holdout_gets_nothing_and_the_reason_is_the_holdout(broadband: Warehouse) -> None:
    """TOP-04."""
    held = a_customer(p_lapse=0.6, account={"in_holdout": True})

    decide(broadband, held)

    decision = the_decision(held)
    assert (decision.outcome, decision.action) == ("withheld", "nothing")
    assert decision.reason == "holdout"
    refused = {one["action"]: one["refused_by"] for one in decision.alternatives}
    assert refused.pop("nothing") == ""
    assert set(refused.values()) == {"holdout"}


def test_deciding_twice_decides_once(broadband: Warehouse) -> None:
    customers = [a_customer(p_lapse=p) for p in (0.3, 0.6)]
    decide(broadband, *customers)
    before = list(Decision.objects.order_by("pk").values())
    entries = Entry.objects.count()

    again = decide_due(as_of=AS_OF, at=AT + timedelta(hours=1))
    put_tables(broadband, customers, as_of=day(1), at=AT + timedelta(days=1))
    next_day = decide_due(as_of=day(1), at=AT + timedelta(days=1))

    assert again == next_day == {"due": 0, "chosen": 0, "withheld": 0, "explored": 0}
    assert list(Decision.objects.order_by("pk").values()) == before
    assert Entry.objects.count() == entries


def test_an_outage_shorter_than_the_window_loses_no_choice(broadband: Warehouse) -> None:
    """Six days late the step is still open, seven days late it is gone."""
    late, gone = a_customer(days_left=24), a_customer(days_left=23)

    counts = decide(broadband, late, gone)

    assert counts["due"] == 1
    assert the_decision(late).inputs["days_left"] == 24


def test_the_best_expected_margin_is_chosen_and_stands_beside_its_alternatives(
    broadband: Warehouse,
) -> None:
    """TOP-09: p 0.6 and a call of 12.00 that lifts the log-odds by 0.35.

    p with the call is σ(ln 1.5 + 0.35) = 0.680368, so it brings 432.00 × 0.080368 − 12.00.
    """
    one = a_customer(p_lapse=0.4, marketing_consent=0)

    decide(broadband, one)

    decision = the_decision(one)
    assert (decision.action, decision.kind, decision.reason) == ("care_call", "call", "best_margin")
    assert decision.p_without == pytest.approx(0.6)
    assert decision.p_with == pytest.approx(0.680368, abs=1e-6)
    assert decision.margin_minor == 2_272
    assert decision.cost_minor == 1_200
    assert decision.propensity == 1.0
    assert decision.estimator_id == 7
    margins = [row["margin_minor"] for row in decision.alternatives if row["eligible"]]
    assert max(margins) == decision.margin_minor
    assert alternative(decision, "value_recap")["refused_by"] == "not_for_them"
    assert alternative(decision, "reminder")["refused_by"] == "lower_margin"


def test_two_years_go_to_who_is_at_risk_with_price_and_last_day(broadband: Warehouse) -> None:
    """OFR-01: 69.00 × 24 less a fifth; valid 30 days, and never past the term."""
    one = a_customer(p_lapse=0.5, days_left=30)

    decide(broadband, one)

    decision = the_decision(one)
    assert (decision.action, decision.kind) == ("term_2y", "term_discount")
    assert (decision.months, decision.list_price_minor, decision.price_minor) == (
        24,
        165_600,
        132_480,
    )
    assert decision.discount_minor == 33_120
    assert decision.valid_until == day(29)
    bounds = [decision.margin_low_minor, decision.margin_minor, decision.margin_high_minor]
    assert bounds == sorted(one for one in bounds if one is not None)


def test_a_discount_that_only_gives_money_away_is_not_chosen(broadband: Warehouse) -> None:
    """GRD-01, ROI-01: at 0.96 nobody gets a discount, whatever it might lift."""
    sure, likely = a_customer(p_lapse=0.04), a_customer(p_lapse=0.1)

    decide(broadband, sure, likely)

    refused = alternative(the_decision(sure), "term_1y")
    assert (refused["refused_by"], refused["refused_value"]) == ("sure_to_renew", 0.96)
    given = alternative(the_decision(likely), "term_1y")
    assert (given["eligible"], given["refused_by"]) == (True, "not_worth_it")
    assert given["margin_minor"] < 0


def test_an_open_fault_stops_offers_and_not_the_call(broadband: Warehouse) -> None:
    """GRD-01, R-N-020."""
    broken = a_customer(p_lapse=0.4)
    a_ticket(account=broken.term.account, kind="fault", opened_at=at_on(day(-1)))

    decide(broadband, broken)

    decision = the_decision(broken)
    assert alternative(decision, "term_1y")["refused_by"] == "service_issue"
    assert decision.action == "care_call"
    assert decision.inputs["open_fault"] == 1


def test_without_consent_nothing_of_marketing_is_eligible(broadband: Warehouse) -> None:
    silent = a_customer(marketing_consent=0)

    decide(broadband, silent)

    refused = {one["action"]: one["refused_by"] for one in the_decision(silent).alternatives}
    assert refused["term_1y"] == refused["coupon_30"] == refused["extra_week"] == "no_consent"


def test_personalisation_switched_off_leaves_the_plain_reminder(broadband: Warehouse) -> None:
    """R-P-003: no choice by score or behaviour."""
    plain = a_customer(account={"personalised": False})

    decide(broadband, plain)

    assert the_decision(plain).action == "reminder"
    assert alternative(the_decision(plain), "care_call")["refused_by"] == "not_personalised"


def test_who_was_not_scored_gets_a_reminder_and_no_estimate(broadband: Warehouse) -> None:
    new = a_customer(p_lapse=None)

    decide(broadband, new)

    decision = the_decision(new)
    assert (decision.action, decision.reason) == ("reminder", "not_scored")
    assert (decision.p_without, decision.margin_minor, decision.estimator_id) == (None, None, None)


def test_a_capacity_of_one_call_goes_to_the_highest_margin(broadband: Warehouse) -> None:
    """PRD-04: high risk and high value come first; the others hear why not."""
    offers = [dict(one) for one in current().document["files"]["offers.toml"]["offer"]]  # type: ignore[index]
    for one in offers:
        if one["id"] == "care_call":
            one["capacity_per_day"] = 1
    change_strategy({"offers.toml": {"offer": offers}})
    customers = [a_customer(p_lapse=p, marketing_consent=0) for p in (0.3, 0.45, 0.35)]

    decide(broadband, *customers)

    actions = [the_decision(one).action for one in customers]
    assert actions.count("care_call") == 1
    assert actions[1] == "care_call"
    assert alternative(the_decision(customers[0]), "care_call")["refused_by"] == "capacity"


def test_every_choice_leaves_one_entry_and_withheld_ones_none(broadband: Warehouse) -> None:
    chosen = a_customer(marketing_consent=0)
    held = a_customer(account={"in_holdout": True})

    decide(broadband, chosen, held)

    entry = Entry.objects.get(kind="decision.made")
    assert (entry.term_id, entry.on, entry.actor) == (chosen.term.pk, AS_OF, "loop")
    assert entry.content["action"] == "care_call"
    assert entry.once_key == f"decision:{chosen.term.pk}:annual_renewal:t30"


def test_where_nothing_pays_leaving_alone_is_the_choice(broadband: Warehouse) -> None:
    """At 0.999 even a letter of 0.05 costs more than it brings; nothing is withheld."""
    asleep = a_customer(p_lapse=0.001)

    counts = decide(broadband, asleep)

    decision = the_decision(asleep)
    assert (decision.outcome, decision.kind) == ("chosen", "nothing")
    assert decision.reason == "not_worth_it"
    assert counts == {"due": 1, "chosen": 1, "withheld": 0, "explored": 0}
    assert Entry.objects.filter(kind="decision.made").count() == 0


def test_list_prices_know_nothing_of_who_pays_them(broadband: Warehouse) -> None:
    """R-P-002: equal in plan and cycle, as unlike as can be in score, tenure and use."""
    one = a_customer(p_lapse=0.9, tenure_days=30, usage_gb_30=1.0)
    other = a_customer(p_lapse=0.1, tenure_days=3000, usage_gb_30=900.0)

    decide(broadband, one, other)

    prices = [
        {row["action"]: row["price_minor"] for row in the_decision(each).alternatives}
        for each in (one, other)
    ]
    assert prices[0] == prices[1]
    assert prices[0]["term_2y"] == 132_480


def test_a_day_without_features_is_refused_and_not_decided(broadband: Warehouse) -> None:
    with pytest.raises(NotComputed) as refused:
        decide_due(as_of=AS_OF, at=AT)

    assert refused.value.code == "not_computed"
    assert Decision.objects.count() == 0


def test_nobody_due_is_nobody_decided(broadband: Warehouse) -> None:
    counts = decide(broadband, a_customer(days_left=100))

    assert counts == {"due": 0, "chosen": 0, "withheld": 0, "explored": 0}
    assert BudgetEntry.objects.count() == 0


def test_every_score_that_is_used_keeps_its_reasons_and_ends_nothing(broadband: Warehouse) -> None:
    """R-P-004: reason codes with words in both languages; a score alone never ends a contract."""
    one = a_customer(p_lapse=0.99)

    decide(broadband, one)
    close_overdue(as_of=AS_OF, at=AT)

    inputs = the_decision(one).inputs
    assert inputs["p_lapse"] == 0.99
    assert inputs["reason_1"] == "slow_evenings_30"
    words = ALL[inputs["reason_1"]].name
    assert words.zh
    assert words.en
    one.term.refresh_from_db()
    assert one.term.state == "running"
    assert not Entry.objects.filter(kind__in=("term.cancelled", "term.lapsed")).exists()
