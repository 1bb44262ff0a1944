"""Lock a campaign, and the one writer of its state."""

from datetime import date, datetime
from typing import Any

from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.refusals import NotEditable
from tenure.records.campaigns.rules import CAMPAIGN, CampaignVerb
from tenure.records.campaigns.states import CampaignState
from tenure.records.journal.actions import Fact, append

_KINDS = {
    CampaignVerb.ASK: "campaign.asked",
    CampaignVerb.LAUNCH: "campaign.launched",
    CampaignVerb.APPROVE: "campaign.launched",
    CampaignVerb.REJECT: "campaign.sent_back",
    CampaignVerb.STOP: "campaign.stopped",
    CampaignVerb.END: "campaign.ended",
    CampaignVerb.CLOSE: "campaign.closed",
    CampaignVerb.DROP: "campaign.dropped",
}


def locked(key: str) -> Campaign:
    """The campaign, with its row locked until the transaction ends."""
    return Campaign.objects.select_for_update().get(key=key)


def editable(key: str) -> Campaign:
    """The locked campaign, while its plan may change.

    Raises:
        NotEditable: it is no draft any more.
    """
    campaign = locked(key)
    if campaign.state != CampaignState.DRAFT:
        raise NotEditable(name=campaign.name, state=campaign.state)
    return campaign


def move_campaign(
    campaign: Campaign, verb: CampaignVerb, *, on: date, at: datetime, by: str, **changes: Any
) -> Campaign:
    """Move a locked campaign; the journal hears of it.

    Raises:
        IllegalMove: the campaign is not where this can happen.
    """
    campaign.state = CAMPAIGN.after(CampaignState(campaign.state), verb)
    for name, value in changes.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=["state", *changes])
    content = {"campaign": campaign.key, "name": campaign.name, **_told(changes)}
    append(Fact(_KINDS[verb], on=on, content=content), at=at, by=by)
    return campaign


def _told(changes: dict[str, Any]) -> dict[str, Any]:
    told = ("blast", "stop_reason", "lessons", "next_action", "needs_second")
    return {name: changes[name] for name in told if name in changes}
