"""Which campaigns there are, who is in them, and what their lines hold."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import batched
from typing import Final

from django.db.models import Count

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.campaigns.models import Campaign, CampaignLine, CampaignMember
from tenure.records.campaigns.plan import Goal, Task
from tenure.records.campaigns.rules import Plan, name_in_journal
from tenure.records.campaigns.states import Arm, CampaignKind, CampaignState

_BATCH: Final = 5_000


class NoSuchCampaign(Refusal):
    """There is none of this key."""

    code = "no_such_campaign"
    said = Sentence(zh="没有编号为“{key}”的活动。", en="There is no campaign “{key}”.")


def find(key: str) -> Campaign:
    """One campaign.

    Raises:
        NoSuchCampaign.
    """
    found = Campaign.objects.filter(key=key).first()
    if found is None:
        raise NoSuchCampaign(key=key)
    return found


def every() -> list[Campaign]:
    """All campaigns that were not dropped, those that run first, then by their first day."""
    order = list(CampaignState)
    found = Campaign.objects.exclude(state=CampaignState.DROPPED).prefetch_related("lines")
    return sorted(
        found,
        key=lambda one: (
            one.state != CampaignState.RUNNING,
            -one.starts_on.toordinal(),
            order.index(CampaignState(one.state)),
            one.pk,
        ),
    )


def names() -> dict[str, str]:
    """The experiment of each launched campaign, by its key → how people call the campaign."""
    found = Campaign.objects.filter(launched_at__isnull=False).values_list("key", "name")
    return {name_in_journal(key): name for key, name in found}


def running() -> list[Campaign]:
    """The campaigns that run, the oldest first."""
    found = Campaign.objects.filter(state=CampaignState.RUNNING).prefetch_related("lines")
    return list(found.order_by("pk"))


def plan_of(campaign: Campaign, lines: Collection[CampaignLine]) -> Plan:
    """What the list of checks looks at."""
    return Plan(
        kind=CampaignKind(campaign.kind),
        owner=campaign.owner,
        audiences=list(campaign.audiences),
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        control_share=campaign.control_share,
        goals=goals_of(campaign),
        tasks=tasks_of(campaign),
        offers=[one.offer_id for one in lines if one.offer_id],
        budget_minor=sum(one.planned_minor for one in lines if one.offer_id),
        looked_at=set(campaign.checks),
    )


def goals_of(campaign: Campaign) -> list[Goal]:
    """The goals, in their order."""
    return [Goal.of(one) for one in campaign.goals]


def tasks_of(campaign: Campaign) -> list[Task]:
    """The tasks, in their order."""
    return [Task.of(one) for one in campaign.tasks]


@dataclass(frozen=True, slots=True)
class Joined:
    """How many customers of a campaign are in each arm, and of each audience treated, control."""

    treated: int
    control: int
    of_audience: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def joined(campaign: Campaign) -> Joined:
    """How many people are in each arm of a campaign."""
    rows = CampaignMember.objects.filter(campaign=campaign).values_list("audience", "arm")
    counts = {(audience, arm): n for audience, arm, n in rows.annotate(Count("pk")).order_by()}
    each = {
        audience: (counts.get((audience, Arm.TREATED), 0), counts.get((audience, Arm.CONTROL), 0))
        for audience, _ in counts
    }
    return Joined(
        sum(treated for treated, _ in each.values()),
        sum(control for _, control in each.values()),
        each,
    )


def busy(account_ids: Collection[int]) -> Mapping[int, str]:
    """Account → the running campaign that it is in, of these accounts."""
    found: dict[int, str] = {}
    for part in batched(account_ids, _BATCH):
        live = CampaignMember.objects.filter(is_live=True, account_id__in=part)
        found.update(live.values_list("account_id", "campaign__key"))
    return found


def lines_of(campaign: Campaign) -> list[CampaignLine]:
    """The budget lines, in the order in which they were added."""
    return list(CampaignLine.objects.filter(campaign=campaign).order_by("pk"))


def is_open(campaign: Campaign, on: date) -> bool:
    """Whether a day is one of the campaign's."""
    return campaign.starts_on <= on <= campaign.ends_on
