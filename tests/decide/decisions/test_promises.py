"""What is handed over beside the price: weighed at its cost, within its stock, promised once."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.decide.decisions.limited import choosings_on
from tenure.decide.decisions.models import BudgetEntry, Choosing, Decision
from tenure.decide.decisions.queries import made_on
from tenure.decide.decisions.replaying import replay_all
from tenure.decide.decisions.reviewing import day_of
from tenure.decide.decisions.worth import worth_of
from tenure.kernel.periods import day_number
from tenure.records.experiments.models import Assignment
from tenure.records.stock.models import Promise, Stock, Withdrawal
from tenure.records.strategies.queries import current
from tenure.warehouse.tables.events import EVENTS
from tests.builders import AS_OF, AT, day
from tests.decide.decisions.deciding import (
    Customer,
    a_customer,
    alternative,
    change_strategy,
    decide,
    the_decision,
)
from tests.understand.warehouses import Warehouse

# More than anybody needs: here nothing is refused for a reason of its own.
_WITHDRAWN = {"if_withdrawn", "replaced_by"}
FREE = {"cooling_off_days": 0, "sure_to_pay": "50 %", "floor_margin": "0 %"}


def offering(**changes: dict[str, Any]) -> None:
    """Offer nothing but these, each with some keys set anew and for everybody."""
    files = current().document["files"]
    offers = []
    for one in files["offers.toml"]["offer"]:  # type: ignore[index]
        if one["id"] == "nothing":
            offers.append(one)
        if one["id"] in changes:
            edits = dict(changes[one["id"]])
            handed = {**one.get("handed", {}), **edits.pop("handed", {})}
            handed = {name: handed[name] for name in handed.keys() - _WITHDRAWN}
            plain = {name: value for name, value in one.items() if name != "eligible"}
            new = {**plain, "prior_logit_sd": 0.0, **edits}
            offers.append({**new, "handed": handed} if handed else new)
    segments = [
        {name: value for name, value in one.items() if name != "gets"}
        for one in files["segments.toml"]["segment"]  # type: ignore[index]
    ]
    change_strategy(
        {
            "offers.toml": {"offer": offers},
            "segments.toml": {"segment": segments},
            "guardrails.toml": FREE,
            "limits.toml": {"limit": []},
        }
    )


def customers(number: int, **features: Any) -> list[Customer]:
    return [a_customer(p_lapse=0.3 + 0.02 * place, **features) for place in range(number)]


def test_scarce_stock_goes_where_it_brings_most_and_is_never_oversold(
    broadband_anywhere: Warehouse,
) -> None:
    """OFR-15, OFR-19, TOP-15: two hours for four customers; each promise names its choice."""
    offering(engineer_hour={"prior_logit_lift": 2.0, "capacity_per_day": 9,
                            "handed": {"stock": 2}})  # fmt: skip
    four = customers(4)

    decide(broadband_anywhere, *four)

    made = [the_decision(one).action for one in four]
    assert made == ["nothing", "nothing", "engineer_hour", "engineer_hour"]
    stock, promises = Stock.objects.get(), list(Promise.objects.order_by("pk"))
    assert (stock.total, stock.taken, len(promises)) == (2, 2, 2)
    first = the_decision(four[2])
    assert promises[0].decision_id == first.pk
    assert (promises[0].state, promises[0].cost_minor) == ("held", 4_500)
    assert promises[0].expires_on == first.valid_until == day(21)
    # At once means for everybody who gets it, also those who leave.
    assert (first.contact_cost_minor, first.cost_minor) == (5, 4_505)
    assert BudgetEntry.objects.count() == 2
    withheld = alternative(the_decision(four[0]), "engineer_hour")
    assert withheld["refused_by"] == "capacity"
    assert all(one.is_same for one in replay_all(Choosing.objects.get()))


def test_a_thing_on_renewal_costs_only_where_the_term_is_renewed(broadband: Warehouse) -> None:
    """OFR-15: 0.7 on the log-odds of 60 % is 75.1 %; a point of 55.00 costs 41.33 and 5 cents."""
    offering(wifi_point={"prior_logit_lift": 0.7})
    one = a_customer(p_lapse=0.4)

    decide(broadband, one)

    made = the_decision(one)
    assert made.action == "wifi_point"
    assert made.p_with is not None
    assert made.cost_minor == round(5 + made.p_with * 5_500)
    assert made.price_minor == made.list_price_minor
    # TOP-06: of what is handed over, the part of those who would renew anyway is told.
    told = next(each for each in made_on(AS_OF).chosen if each.action == "wifi_point")
    assert told.given_minor == made.cost_minor - 5
    assert made.p_without is not None
    assert told.subsidy_minor == round((made.cost_minor - 5) * made.p_without / made.p_with)


def test_an_hour_competes_with_a_coupon_for_the_same_money(broadband: Warehouse) -> None:
    """TOP-15: whichever brings more for what it costs; the other is told as worth less."""
    offering(engineer_hour={"prior_logit_lift": 2.0},
             coupon_30={"prior_logit_lift": 0.8})  # fmt: skip
    one = a_customer(p_lapse=0.5)

    decide(broadband, one)

    made = the_decision(one)
    assert made.action == "engineer_hour"
    assert alternative(made, "coupon_30")["refused_by"] == "lower_margin"


def test_nobody_is_given_what_they_have_or_a_second_promise(broadband: Warehouse) -> None:
    """OFR-15: compatible with what the customer has; not beside a promise that stands."""
    offering(wifi_point={"prior_logit_lift": 2.0, "uses_per_term": 9, "uses_per_year": 9})
    one = a_customer(days_left=30, p_lapse=0.4)
    decide(broadband, one)
    assert the_decision(one).action == "wifi_point"
    Decision.objects.update(valid_until=day(29))

    soon = AS_OF + timedelta(days=27)
    decide(broadband, one, as_of=soon, at=AT + timedelta(days=27))

    made = Decision.objects.get(as_of=soon)
    assert alternative(made, "wifi_point")["refused_by"] == "not_beside_another"
    assert Promise.objects.count() == 1


def test_an_offer_goes_to_those_whose_most_used_module_it_belongs_to(broadband: Warehouse) -> None:
    """OFR-13, OFR-12: three uses of four are the games; nobody gets what the plan has already."""
    offering(
        remote_lane={"prior_logit_lift": 2.0,
                     "handed": {"module": "remote_desktop", "module_share": "60 %"}}
    )  # fmt: skip
    one, other, both = customers(3)
    used = [(one, "remote_desktop", 3), (one, "album", 1), (other, "album", 2),
            (both, "album", 1), (both, "remote_desktop", 1)]  # fmt: skip
    broadband.put(
        EVENTS,
        *(
            {
                "account_id": who.term.account_id,
                "name": "Feature Used",
                "feature": feature,
                "day": day_number(AS_OF),
                "message_id": f"{who.term.pk}{feature}{n}",
            }
            for who, feature, times in used
            for n in range(times)
        ),
        on=day_number(AS_OF),
    )

    decide(broadband, one, other, both)

    assert the_decision(one).action == "remote_lane"
    refused = [alternative(the_decision(each), "remote_lane") for each in (other, both)]
    assert [(each["refused_by"], each["refused_value"]) for each in refused] == [
        ("other_module", "album"), ("other_module", "album"),
    ]  # fmt: skip


def test_nobody_is_given_a_right_that_they_have(broadband: Warehouse) -> None:
    """OFR-15: compatible with what the customer has, by the plan."""
    codes = current().at(AS_OF).catalog.plans["home_300"].entitlements
    ent = [{"id": codes[0].code, "name": {"zh": "已有", "en": "had"}, "kind": "value_added"}]
    offering(remote_lane={"prior_logit_lift": 2.0, "handed": {"entitlement": ent}})
    one = a_customer()

    decide(broadband, one)

    assert the_decision(one).reason == "has_it_already"


def test_a_withdrawn_offer_is_not_made_and_names_why(broadband: Warehouse) -> None:
    """An offer withdrawn: new ones stop, nothing is the safe choice."""
    offering(wifi_point={"prior_logit_lift": 2.0})
    Withdrawal.objects.create(
        offer_id="wifi_point", reason="out of stock", withdrawn_on=AS_OF, withdrawn_by="ops",
        recorded_at=AT,
    )  # fmt: skip
    one = a_customer()

    decide(broadband, one)

    made = the_decision(one)
    assert (made.outcome, made.action, made.reason) == ("withheld", "nothing", "withdrawn")
    assert not Promise.objects.exists()


def test_whoever_might_get_either_of_two_offers_gets_the_one_of_their_arm(
    broadband: Warehouse,
) -> None:
    """OFR-05: coupon or double points for those who use little; the choice stands as an arm."""
    offering(
        coupon_30={"prior_logit_lift": 1.0},
        bill_credit={"prior_logit_lift": 1.5},
    )
    arm = [{"id": "coupon_30", "weight": 1}, {"id": "bill_credit", "weight": 1}]
    change_strategy({"experiments.toml": {"exploration": "0 %", "between": [
        {"id": "less_or_points", "name": {"zh": "甲", "en": "a"}, "salt": "s", "arm": arm,
         "starts_on": str(AS_OF), "planned_on": str(day(400))},
    ]}})  # fmt: skip
    eight = customers(8)

    decide(broadband, *eight)

    entered = dict(Assignment.objects.values_list("term_id", "arm"))
    assert set(entered.values()) == {"coupon_30", "bill_credit"}
    for one in eight:
        made = the_decision(one)
        other = ({"coupon_30", "bill_credit"} - {entered[one.term.pk]}).pop()
        assert made.action == entered[one.term.pk]
        assert alternative(made, other)["refused_by"] == "other_arm"
    assert all(one.is_same for one in replay_all(Choosing.objects.get()))


def test_the_frontier_of_a_day_promises_no_more_than_the_stock(broadband: Warehouse) -> None:
    """TOP-06: 'spend so much' is computed from what there is: two hours, not one for each."""
    offering(engineer_hour={"prior_logit_lift": 2.0, "capacity_per_day": 9,
                            "handed": {"stock": 2}})  # fmt: skip
    four = customers(4)
    decide(broadband, *four)

    day_ = day_of(AS_OF, chosen=choosings_on(AS_OF), strategy=current().at(AS_OF))
    assert day_ is not None
    found = worth_of(day_)

    assert day_.capacities == {"engineer_hour": 2.0}
    assert found is not None
    costs = [alternative(the_decision(one), "engineer_hour")["cost_minor"] for one in four]
    assert found.needed == pytest.approx(sum(sorted(costs)[-2:]), rel=0.05)
    assert found.needed < sum(sorted(costs)[:3])
