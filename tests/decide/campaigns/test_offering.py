"""CMP-03, CMP-05, GRD-01: a campaign's offers are weighed, guarded and paid like every choice."""

from collections import Counter
from typing import Any

from tenure.act.campaigns.launching import approve, launch, look
from tenure.act.campaigns.telling import tell_due
from tenure.decide.campaigns.actions import offer_due
from tenure.decide.campaigns.audience import arm_of
from tenure.decide.decisions.models import BudgetEntry, Decision
from tenure.kernel.money import Money
from tenure.kernel.periods import day_number
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import NewLine
from tenure.records.campaigns.models import Campaign, CampaignLine, CampaignMember
from tenure.records.contacts.models import Message
from tenure.records.experiments.models import Assignment, Experiment
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.actions import fill
from tenure.warehouse.fills import Filled, complete
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import Customer, a_customer, change_strategy, put_tables
from tests.records.campaigns.planning import WHO, a_plan
from tests.understand.warehouses import Warehouse

# Quiet for so long that a coupon may be given, and likely enough to leave that it pays.
SILENT: dict[str, Any] = {"p_lapse": 0.5, "days_since_login": 40}


def counted(warehouse: Warehouse, *customers: Customer) -> None:
    """The day's tables and segments, as after a night's run."""
    put_tables(warehouse, customers)
    complete(Filled(FEATURES.name, day_number(AS_OF), version="x"), row_count=1, at=AT)
    fill(as_of=AS_OF, at=AT)


def believed() -> None:
    """A coupon of whose effect the business is sure."""
    files: Any = current().document["files"]
    offers = files["offers.toml"]["offer"]
    sure = [
        {**one, "prior_logit_lift": 0.9, "prior_logit_sd": 0.02}
        if one["id"] == "coupon_30"
        else one
        for one in offers
    ]
    change_strategy({"offers.toml": {"offer": sure}})


def several(number: int, **given: Any) -> list[Customer]:
    return [a_customer(**{**SILENT, **given}) for _ in range(number)]


def test_it_offers_to_the_treated_only_and_stops_at_the_cap(
    broadband_anywhere: Warehouse,
) -> None:
    """CMP-05, TOP-04, TOP-06: two coupons fit; the third customer waits for more money."""
    believed()
    everyone = several(12)
    lonely = a_customer(**SILENT, term={"cycle_months": 3})
    counted(broadband_anywhere, *everyone, lonely)
    a_plan(offers={"coupon_30": 6_050}, control_share=4_000)

    campaign = launch("spring", on=AS_OF, at=AT, by="user:1")
    found = [offer_due(as_of=AS_OF, at=AT) for _ in range(2)]

    assert campaign.state == "running"
    arms = Counter(CampaignMember.objects.values_list("arm", flat=True))
    assert arms == Counter(str(arm_of(campaign, one.term.account_id)) for one in everyone)
    chosen = Decision.objects.filter(journey="campaign-spring", outcome="chosen")
    treated = CampaignMember.objects.filter(arm="treated").values_list("term", flat=True)
    assert (chosen.count(), {one.action for one in chosen}) == (2, {"coupon_30"})
    assert {one.term_id for one in chosen} <= set(treated)
    assert found == [{"chosen": 2, "withheld": 0}, {"chosen": 0, "withheld": 0}]
    line = CampaignLine.objects.get()
    assert (line.used_minor, line.left_minor) == (6_010, 40)
    assert not BudgetEntry.objects.exists()
    assert Entry.objects.filter(kind="campaign.offered").count() == 1

    actions.set_line("spring", NewLine("coupon_30", Money(9_050, "CNY")), **WHO)
    assert offer_due(as_of=AS_OF, at=AT) == {"chosen": 1, "withheld": 0}


def test_it_tells_each_customer_once(broadband: Warehouse) -> None:
    """TOP-02: the message names the term and the choice; a control hears nothing."""
    believed()
    counted(broadband, *several(10), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(control_share=4_000)
    launch("spring", on=AS_OF, at=AT, by="user:1")
    offer_due(as_of=AS_OF, at=AT)

    told = [tell_due(as_of=AS_OF, at=AT).messages for _ in range(2)]

    chosen = Decision.objects.filter(journey="campaign-spring", outcome="chosen")
    assert told == [chosen.count(), 0]
    assert set(Message.objects.values_list("decision_id", "term_id")) == set(
        chosen.values_list("pk", "term_id")
    )
    assert {one.message_class for one in Message.objects.all()} == {"marketing"}


def test_the_dry_run_writes_nothing_and_is_what_then_happens(broadband: Warehouse) -> None:
    """CMP-03: the blast radius, with why some get nothing."""
    believed()
    customers = [*several(8), *several(3, marketing_consent=0)]
    counted(broadband, *customers, a_customer(**SILENT, term={"cycle_months": 3}))
    campaign = a_plan(control_share=3_000)

    dry = look("spring", on=AS_OF, at=AT)

    assert Decision.objects.count() == CampaignMember.objects.count() == 0
    assert (dry.audience.everyone, dry.audience.size) == (12, 11)
    assert dry.offered.chosen.total() + dry.offered.withheld.total() == dry.dry.reach.treated
    treated_without = [
        one for one in customers[8:] if arm_of(campaign, one.term.account_id) == "treated"
    ]
    assert dry.offered.withheld["no_consent"] == len(treated_without)
    assert dry.dry.reach.cost_minor == dry.offered.chosen["coupon_30"] * 3_005
    launch("spring", on=AS_OF, at=AT, by="user:1")
    assert offer_due(as_of=AS_OF, at=AT)["chosen"] == dry.offered.chosen.total()
    refused = Decision.objects.filter(journey="campaign-spring", outcome="withheld")
    assert {one.reason for one in refused} <= {"no_consent"}


def test_a_dear_campaign_needs_another_person(broadband: Warehouse) -> None:
    """GRD-01: the limit of the strategy decides, by what could be spent at most."""
    believed()
    change_strategy({"guardrails.toml": {"second_person_above": "50.00 CNY"}})
    counted(broadband, *several(10), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(control_share=3_000)

    asked = launch("spring", on=AS_OF, at=AT, by="user:1")
    assert (asked.state, offer_due(as_of=AS_OF, at=AT)["chosen"]) == ("asked", 0)

    assert approve("spring", on=AS_OF, at=AT, by="user:2").state == "running"


def test_the_holdout_and_whoever_is_in_an_experiment_are_left_out(broadband: Warehouse) -> None:
    """TOP-04: no campaign reaches the holdout; two experiments on one customer are refused."""
    held = a_customer(**SILENT, account={"in_holdout": True})
    tried, free = a_customer(**SILENT), several(5)
    experiment = Experiment.objects.create(
        key="scripts", kind="arms", salt="s", arms={}, started_on=AS_OF
    )
    Assignment.objects.create(
        experiment=experiment, account=tried.term.account, term=tried.term, arm="a",
        assigned_on=AS_OF,
    )  # fmt: skip
    counted(broadband, held, tried, *free, a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(control_share=3_000)

    found = look("spring", on=AS_OF, at=AT).audience

    assert {name: n for name, n in found.left_out.items() if n} == {
        "holdout": 1, "in_experiment": 1,
    }  # fmt: skip
    assert {one.account_id for one in found.people} == {one.term.account_id for one in free}


def test_a_stopped_campaign_offers_nothing_more_and_what_was_given_stays(
    broadband: Warehouse,
) -> None:
    believed()
    counted(broadband, *several(8), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(offers={"coupon_30": 3_010}, control_share=3_000)
    launch("spring", on=AS_OF, at=AT, by="user:1")
    offer_due(as_of=AS_OF, at=AT)

    actions.stop("spring", "缺货", **WHO)
    actions_then = offer_due(as_of=AS_OF, at=AT)

    assert actions_then == {"chosen": 0, "withheld": 0}
    given = Decision.objects.get(journey="campaign-spring", outcome="chosen")
    assert given.valid_until is not None
    assert Campaign.objects.get().state == "stopped"


def test_a_campaign_keeps_the_limits_of_the_day(broadband: Warehouse) -> None:
    """limits.toml binds campaigns as it binds the night: two coupons a day, whoever gives them."""
    believed()
    coupons = {"id": "coupons", "name": {"zh": "券", "en": "coupons"}, "actions": ["coupon_30"],
               "per": "day", "at_most": 2, "at_least": 1}  # fmt: skip
    change_strategy({"limits.toml": {"limit": [coupons]}})
    counted(broadband, *several(12), a_customer(**SILENT, term={"cycle_months": 3}))
    a_plan(control_share=2_000)
    launch("spring", on=AS_OF, at=AT, by="user:1")

    found = [offer_due(as_of=AS_OF, at=AT) for _ in range(2)]

    assert [one["chosen"] for one in found] == [2, 0]
    assert Decision.objects.filter(outcome="chosen", action="coupon_30").count() == 2
