"""A plan of a campaign with everything that it needs, and a dry run that finds nothing red."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tenure.kernel.money import Money
from tenure.records.campaigns import actions
from tenure.records.campaigns.actions import Dry, NewCampaign, NewLine
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.plan import Goal, Stage, Task, TaskKind
from tenure.records.campaigns.queries import plan_of
from tenure.records.campaigns.rules import Meant, Reach, readiness
from tenure.records.campaigns.states import CampaignKind
from tests.builders import AS_OF, AT

LIMIT = Money(1_000_000, "CNY")
WHO: Mapping[str, Any] = {"on": AS_OF, "at": AT, "by": "user:1"}


def a_goal(stage: Stage = Stage.SHORT, **given: Any) -> Goal:
    known = {
        "metric": "renewal_rate",
        "stage": stage,
        "baseline": Decimal("0.80"),
        "target": Decimal("0.84"),
        "due_on": AS_OF + timedelta(days=30),
        "owner": "何静",
    }
    return Goal(**{**known, **given})


def a_task(id: int = 1, kind: TaskKind = TaskKind.REACH, **given: Any) -> Task:
    known = {
        "name": f"task {id}",
        "owner": "何静",
        "starts_on": AS_OF,
        "ends_on": AS_OF + timedelta(days=30),
        "after": (),
    }
    return Task(id=id, kind=kind, **{**known, **given})


def a_plan(
    *,
    key: str = "spring",
    offers: Mapping[str, int] | None = None,
    control_share: int = 2_000,
    audiences: Sequence[str] = ("yearly",),
    kind: CampaignKind = CampaignKind.PLAIN,
    starts_on: date = AS_OF,
) -> Campaign:
    """A draft whose plan is whole; `offers` are offer → the cap of its line, minor units."""
    new = NewCampaign(
        "春季焕新", starts_on, starts_on + timedelta(days=45), "CNY",
        audiences=audiences, owner="何静", control_share=control_share, kind=kind,
    )  # fmt: skip
    actions.draft(new, key=key, **WHO)
    actions.set_goals(key, [a_goal(), a_goal(Stage.LONG)], **WHO)
    actions.set_tasks(key, [a_task(starts_on=starts_on, ends_on=new.ends_on)], **WHO)
    for offer, cap in (offers or {"coupon_30": 300_000}).items():
        actions.set_line(key, NewLine(offer, Money(cap, "CNY"), offer), **WHO)
    for code in ("texts", "hands"):
        actions.tick(key, code, **WHO)
    return Campaign.objects.get(key=key)


def the_line(campaign: Campaign) -> CampaignLine:
    return CampaignLine.objects.get(campaign=campaign)


def a_dry_run(
    campaign: Campaign, *people: tuple[int, int, str], cost_minor: int = 1_000, **reach: Any
) -> Dry:
    """What a dry run would say of these people: (account, term, arm), all of one audience."""
    treated = sum(arm == "treated" for _, _, arm in people)
    found = Reach(100, 10, {}, treated, len(people) - treated, cost_minor)
    found = replace(found, **reach)
    lines = list(CampaignLine.objects.filter(campaign=campaign))
    checks = readiness(plan_of(Campaign.objects.get(pk=campaign.pk), lines), found, on=AS_OF)
    meant = [Meant(*one, audience="yearly") for one in people]
    return Dry(found, checks, meant, 15, LIMIT)
