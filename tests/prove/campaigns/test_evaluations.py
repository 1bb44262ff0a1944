"""CMP-06: a campaign's page says nothing before it may, and what it says comes from the rows."""

import pytest

from tenure.prove.campaigns.actions import read_campaigns
from tenure.prove.campaigns.queries import evaluation
from tenure.prove.readouts.queries import course
from tenure.prove.telling.verdicts import Verdict
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import NewSpend
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.queries import joined, names
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, a_plan, a_plan_version, a_term, day
from tests.decide.decisions.deciding import change_strategy
from tests.records.campaigns.planning import WHO, a_dry_run
from tests.records.campaigns.planning import a_plan as a_campaign

STRATEGY = preset("broadband")


def live_through(*, treated: int, control: int, renewed: tuple[int, int]) -> Campaign:
    """Terms that end ten days after the launch, of which so many of each arm are renewed."""
    version = a_plan_version(plan=a_plan(), cost_minor_per_month=1_000)
    campaign = a_campaign(starts_on=AS_OF)
    terms = [a_term(plan_version=version, days_left=10) for _ in range(treated + control)]
    arms = ["treated"] * treated + ["control"] * control
    people = [(one.account_id, one.pk, arm) for one, arm in zip(terms, arms, strict=True)]
    actions.launch("spring", a_dry_run(campaign, *people), **WHO)
    line = CampaignLine.objects.get()
    wanted = [NewSpend(f"k{one.pk}", 505, 5, one.pk) for one in terms[:treated]]
    actions.reserve(line.pk, wanted, on=AS_OF, at=AT)
    for one in (*terms[: renewed[0]], *terms[treated : treated + renewed[1]]):
        one.state, one.renewed_on = "renewed", day(5)
        one.save()
        a_term(
            subscription=one.subscription, number=one.number + 1, starts_on=one.ends_on,
            plan_version=version,
        )  # fmt: skip
    return Campaign.objects.get()


@pytest.mark.django_db
def test_it_is_honest_while_the_groups_are_small() -> None:
    campaign = live_through(treated=8, control=4, renewed=(8, 1))

    early = evaluation(campaign, joined(campaign), strategy=STRATEGY, as_of=day(11))
    few = evaluation(campaign, joined(campaign), strategy=STRATEGY, as_of=day(60))

    assert (early.finding.verdict, early.returned) == (Verdict.TOO_EARLY, None)
    assert (few.finding.verdict, few.returned) == (Verdict.TOO_FEW, None)
    assert (few.treated.terms, few.treated.total, few.control.total) == (8, 8, 1)
    # Each part of the customers says the same, and nothing before anything is known.
    assert early.parts == ()
    assert {one.segment for one in few.parts} == {"plan", "cycle", "years", "audience"}
    assert {one.shown for one in few.parts} == {None}
    assert sum(one.customers for one in few.parts if one.segment == "plan") == 12


@pytest.mark.django_db
def test_its_return_is_written_down_each_night_once() -> None:
    """ROI-01, EXP-04: all eight treated renewed, none of the four others.

    The margin of a term is its price less twelve months at 10.00; 5.00 of the 5.05 spent on it
    was given away.
    """
    apply_strategy(STRATEGY, by="test", at=AT.replace(year=2025))
    change_strategy({"experiments.toml": {"least_per_arm": 3}})
    campaign = live_through(treated=8, control=4, renewed=(8, 0))

    for _ in range(2):
        for place in (60, 61):
            counts = read_campaigns(as_of=day(place), at=AT)
    early = read_campaigns(as_of=day(-1), at=AT)

    assert (counts, early) == ({"campaigns": 1}, {"campaigns": 0})
    first, second = course("campaign-spring", "treated", until=day(61))
    assert [first.as_of, second.as_of] == [day(60), day(61)]
    assert (second.verdict, second.diff, second.needs) == ("helps", 1.0, second.needs)
    assert second.arms["control"] == {
        "assigned": 4, "accounts": 4, "terms": 4, "renewed": 0, "rate": 0.0,
    }  # fmt: skip
    spent = second.offer_cost_minor + second.channel_cost_minor
    assert (spent, second.offer_cost_minor) == (8 * 505, 8 * 500)
    [price] = set(Term.objects.filter(number=2).values_list("price_minor", flat=True))
    assert second.margin_minor == 8 * (price - 12_000) + 8 * 500 - spent
    assert second.margin_low_minor == second.margin_minor
    # L3: what must not get worse stands beside what it brought.
    assert second.guards["complaints"] == {"treated": [8, 0], "control": [4, 0]}
    assert set(second.guards) == {"complaints", "opt_outs", "regrets"}
    assert names() == {"campaign-spring": campaign.name}
