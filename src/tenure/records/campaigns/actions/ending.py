"""Stop a campaign, end it with its last day, and close it with what was learned."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.records.campaigns.actions.moving import locked, move_campaign
from tenure.records.campaigns.models import Campaign, CampaignMember
from tenure.records.campaigns.refusals import NoLessons
from tenure.records.campaigns.rules import CampaignVerb, name_in_journal
from tenure.records.campaigns.states import CampaignState
from tenure.records.experiments.models import Experiment


@transaction.atomic
def stop(key: str, why: str, *, on: date, at: datetime, by: str) -> Campaign:
    """End it at once: no more offers go out. Who has one keeps it. Told again, nothing changes."""
    campaign = locked(key)
    if campaign.state == CampaignState.STOPPED:
        return campaign
    return _end(campaign, CampaignVerb.STOP, on=on, at=at, by=by, stop_reason=why.strip()[:200])


@transaction.atomic
def end_over(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """End the campaigns whose last day is over; how many."""
    over = Campaign.objects.filter(state=CampaignState.RUNNING, ends_on__lt=as_of)
    keys = list(over.order_by("pk").values_list("key", flat=True))
    for key in keys:
        _end(locked(key), CampaignVerb.END, on=as_of, at=at, by=by)
    return len(keys)


def _end(
    campaign: Campaign, verb: CampaignVerb, *, on: date, at: datetime, by: str, **changes: Any
) -> Campaign:
    """Its customers are free for another campaign; their arms stay, to be looked at later."""
    ended = move_campaign(campaign, verb, on=on, at=at, by=by, over_at=at, **changes)
    CampaignMember.objects.filter(campaign=campaign, is_live=True).update(is_live=False)
    Experiment.objects.filter(key=name_in_journal(campaign.key)).update(ended_on=on)
    return ended


@dataclass(frozen=True, slots=True)
class Learned:
    """What a campaign taught, and what follows from it."""

    lessons: str
    next_action: str


@transaction.atomic
def close(key: str, learned: Learned, *, on: date, at: datetime, by: str) -> Campaign:
    """Write down what was learned and what follows; told again, nothing changes.

    Raises:
        NoLessons: one of the two is empty.
        IllegalMove: it still runs.
    """
    campaign = locked(key)
    if campaign.state == CampaignState.CLOSED:
        return campaign
    if not learned.lessons.strip() or not learned.next_action.strip():
        raise NoLessons()
    return move_campaign(
        campaign, CampaignVerb.CLOSE, on=on, at=at, by=by, closed_at=at,
        lessons=learned.lessons.strip(), next_action=learned.next_action.strip(),
    )  # fmt: skip


@transaction.atomic
def drop(key: str, *, on: date, at: datetime, by: str) -> Campaign:
    """Take a draft away; told again, nothing changes.

    Raises:
        IllegalMove: it was launched.
    """
    campaign = locked(key)
    if campaign.state == CampaignState.DROPPED:
        return campaign
    return move_campaign(campaign, CampaignVerb.DROP, on=on, at=at, by=by)
