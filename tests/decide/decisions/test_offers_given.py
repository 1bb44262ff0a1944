"""Coupons, extensions and discounts on the way through the year of one customer."""

from datetime import timedelta

import pytest

from tenure.decide.decisions.actions import decide_due
from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tests.builders import AS_OF, AT, a_term, day
from tests.decide.decisions.deciding import (
    a_customer,
    alternative,
    change_strategy,
    decide,
    put_tables,
    the_decision,
)
from tests.understand.warehouses import Warehouse


def only(*actions: str, **lifts: float) -> None:
    """Offer nothing but these actions, with what we believe of them made as strong as asked."""
    files = current().document["files"]
    offers = [
        {**one, "prior_logit_lift": lifts.get(one["id"], one["prior_logit_lift"])}
        for one in files["offers.toml"]["offer"]  # type: ignore[index]
        if one["id"] in ("nothing", *actions)
    ]
    # A segment that recommends one of the others would name what is not there.
    segments = [
        {name: value for name, value in one.items() if name != "gets"}
        for one in files["segments.toml"]["segment"]  # type: ignore[index]
    ]
    edits = {"offers.toml": {"offer": offers}, "segments.toml": {"segment": segments}}
    change_strategy({**edits, "limits.toml": {"limit": []}})


def test_a_coupon_has_a_code_of_its_own_and_a_last_day(broadband: Warehouse) -> None:
    """OFR-02: for the silent, 14 days at most, never past the term."""
    only("coupon_30", coupon_30=1.0)
    silent = [a_customer(days_left=30, days_since_login=40) for _ in range(2)]
    awake = a_customer(days_left=30, days_since_login=1)

    decide(broadband, *silent, awake)

    first, second = (the_decision(one) for one in silent)
    assert (first.action, first.kind) == ("coupon_30", "coupon")
    assert (first.list_price_minor, first.price_minor) == (82_800, 79_800)
    assert first.valid_until == day(14)
    assert first.coupon_code
    assert first.coupon_code != second.coupon_code
    assert alternative(the_decision(awake), "coupon_30")["refused_by"] == "not_for_them"
    assert the_decision(awake).coupon_code is None


def test_a_customer_gets_a_coupon_once_a_term(broadband: Warehouse) -> None:
    """OFR-02, GRD-01: at T−3 the first coupon is still held, and is not given again."""
    only("coupon_30", coupon_30=1.0)
    one = a_customer(days_left=30, days_since_login=40)
    decide(broadband, one)
    later = AS_OF + timedelta(days=27)

    decide(broadband, one, as_of=later, at=AT + timedelta(days=27))

    again = Decision.objects.get(term=one.term, step="t3")
    assert (again.outcome, again.reason) == ("withheld", "used_up")


def test_free_days_are_given_once_a_term(broadband: Warehouse) -> None:
    """OFR-08: a term that was extended before is not extended again."""
    only("extra_week", extra_week=1.5)
    hesitant = a_customer(p_lapse=0.5, days_left=3)
    extended = a_customer(p_lapse=0.5, days_left=3, term={"extended_days": 7})

    decide(broadband, hesitant, extended)

    given = the_decision(hesitant)
    assert (given.action, given.extension_days) == ("extra_week", 7)
    refused = alternative(the_decision(extended), "extra_week")
    assert (refused["refused_by"], refused["refused_value"]) == ("extended_before", 7)


def test_one_discount_within_a_year_is_the_most(broadband: Warehouse) -> None:
    """GRD-01: who began a discounted term eight months ago pays the list price now."""
    lucky = a_customer()
    a_term(
        account=lucky.term.account,
        plan_version=lucky.term.plan_version,
        days_left=120,
        price_minor=74_520,
        list_price_minor=82_800,
    )

    decide(broadband, lucky)

    refused = alternative(the_decision(lucky), "term_1y")
    assert (refused["refused_by"], refused["refused_value"]) == ("discounts_in_year", 1)


def test_no_offer_is_dearer_than_what_the_customer_pays_now(broadband: Warehouse) -> None:
    """GRD-01: 60.00 a month now against 62.10 with a tenth off the list price."""
    cheap = a_customer(term={"price_minor": 72_000, "list_price_minor": 72_000})

    decide(broadband, cheap)

    refused = alternative(the_decision(cheap), "term_1y")
    assert refused["refused_by"] == "dearer_than_now"
    assert refused["refused_value"] == pytest.approx(210)


def test_a_discount_given_lately_cools_off(broadband: Warehouse) -> None:
    """GRD-01: 27 days after the last offer, of the 60 that lie between two."""
    one = a_customer(p_lapse=0.5, days_left=30)
    decide(broadband, one)
    assert the_decision(one).action == "term_2y"
    later = AS_OF + timedelta(days=27)

    decide(broadband, one, as_of=later, at=AT + timedelta(days=27))

    refused = alternative(Decision.objects.get(step="t3"), "term_1y")
    assert refused["refused_by"] in ("better_offer_held", "cooling_off")


def test_the_budget_of_a_day_holds_and_the_rest_hears_of_it(broadband: Warehouse) -> None:
    """GRD-01: half a month with 480.00 left gives 60.00 a day: five calls of 12.00."""
    change_strategy({"guardrails.toml": {"monthly_budget": "480.00 CNY"}})
    only("care_call")
    customers = [a_customer(p_lapse=0.4, marketing_consent=0) for _ in range(8)]

    counts = decide(broadband, *customers)

    assert counts["chosen"] == 5
    held = Decision.objects.filter(outcome="withheld")
    assert set(held.values_list("reason", flat=True)) == {"budget"}
    assert sum(BudgetEntry.objects.values_list("amount_minor", flat=True)) == 6_000


def test_a_run_that_dies_leaves_nothing_half_written(
    broadband: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the log and the journal; the next run writes both, once."""
    customers = [a_customer(p_lapse=p) for p in (0.3, 0.5)]
    put_tables(broadband, customers)
    monkeypatch.setattr("tenure.decide.decisions.actions.append_many", _dies)
    with pytest.raises(KeyboardInterrupt):
        decide_due(as_of=AS_OF, at=AT)
    monkeypatch.undo()
    assert Decision.objects.count() == BudgetEntry.objects.count() == 0

    counts = decide_due(as_of=AS_OF, at=AT)

    assert counts["due"] == Decision.objects.count() == 2
    assert Entry.objects.filter(kind="decision.made").count() == counts["chosen"]


def _dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_share_explores_with_its_propensity_in_the_log(broadband: Warehouse) -> None:
    """TOP-09: half explore here; every action that chance may draw has a logged probability."""
    change_strategy({"experiments.toml": {"exploration": "50 %"}})
    customers = [a_customer(p_lapse=0.4) for _ in range(40)]

    counts = decide(broadband, *customers)

    explored = Decision.objects.filter(explored=True)
    assert counts["explored"] == explored.count()
    assert 10 <= explored.count() <= 30
    for decision in explored:
        drawn_from = decision.drawn_from.split()
        assert decision.action in drawn_from
        assert decision.reason == "explored"
        for action in drawn_from:
            least = 0.5 / len(drawn_from)
            assert alternative(decision, action)["propensity"] >= least - 1e-6
    for decision in Decision.objects.all():
        total = sum(one["propensity"] for one in decision.alternatives)
        assert total == pytest.approx(1, abs=1e-5)
        assert decision.propensity > 0
