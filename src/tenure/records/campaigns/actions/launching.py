"""Launch a campaign: its list green, its reach known, and a second person where it may be dear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.money import Money
from tenure.records.campaigns.actions.moving import locked, move_campaign
from tenure.records.campaigns.models import Campaign, CampaignMember
from tenure.records.campaigns.refusals import (
    AudienceChanged,
    NotReady,
    SecondPersonNeeded,
)
from tenure.records.campaigns.rules import (
    CAMPAIGN,
    CampaignVerb,
    Check,
    Meant,
    Reach,
    name_in_journal,
    red,
)
from tenure.records.campaigns.states import CampaignState
from tenure.records.experiments.models import Assignment, Experiment
from tenure.records.rows import insert_rows

# So much larger a reach than the one that was approved is still the same campaign.
GROWTH_SHARE = 10  # a tenth


@dataclass(frozen=True, slots=True)
class Dry:
    """A dry run: what it would reach, the list, and everybody who is meant."""

    reach: Reach
    checks: Sequence[Check]
    members: Sequence[Meant]
    outcome_days: int
    limit: Money  # above it a second person must agree

    def blast(self, currency: str) -> dict[str, Any]:
        """The blast radius as it is stored, and as the approver sees it."""
        return {
            "audience": self.reach.audience,
            "treated": self.reach.treated,
            "control": self.reach.control,
            "left_out": dict(self.reach.left_out),
            "cost_minor": self.reach.cost_minor,
            "currency": currency,
        }


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done, on which day of the business, and by whom."""

    on: date
    at: datetime
    by: str


@transaction.atomic
def launch(key: str, dry: Dry, *, on: date, at: datetime, by: str) -> Campaign:
    """Begin, or ask a second person where more than the limit may be spent; again, the same.

    Raises:
        NotReady: something on the list is red; each names what to do.
        IllegalMove: it is no draft any more.
    """
    campaign = locked(key)
    if campaign.state in (CampaignState.ASKED, CampaignState.RUNNING):
        return campaign
    CAMPAIGN.after(CampaignState(campaign.state), CampaignVerb.LAUNCH)
    _check_ready(dry)
    blast = dry.blast(campaign.currency)
    asked: dict[str, Any] = {"blast": blast, "asked_by": by, "asked_at": at}
    if dry.reach.cost_minor > dry.limit.amount_minor:
        return move_campaign(
            campaign, CampaignVerb.ASK, on=on, at=at, by=by, needs_second=True, **asked
        )
    return _begin(campaign, CampaignVerb.LAUNCH, dry=dry, moment=Moment(on, at, by), **asked)


@transaction.atomic
def approve(key: str, dry: Dry, *, on: date, at: datetime, by: str) -> Campaign:
    """A second person agrees, and the campaign begins; agreeing again changes nothing.

    Raises:
        SecondPersonNeeded: it is the person who asked.
        AudienceChanged: it would reach or cost much more than what was asked for.
        NotReady: something on the list became red meanwhile.
    """
    campaign = locked(key)
    if campaign.state == CampaignState.RUNNING and campaign.approved_by == by:
        return campaign
    if campaign.state == CampaignState.ASKED and campaign.asked_by == by:
        raise SecondPersonNeeded(name=campaign.name, limit=dry.limit)
    CAMPAIGN.after(CampaignState(campaign.state), CampaignVerb.APPROVE)
    _check_ready(dry)
    _check_same(campaign, dry)
    blast = dry.blast(campaign.currency)
    return _begin(
        campaign, CampaignVerb.APPROVE, dry=dry, moment=Moment(on, at, by), approved_by=by,
        blast=blast,
    )  # fmt: skip


@transaction.atomic
def reject(key: str, why: str, *, on: date, at: datetime, by: str) -> Campaign:
    """A person sends the plan back; it is a draft again. Told again, nothing changes."""
    campaign = locked(key)
    if campaign.state == CampaignState.DRAFT:
        return campaign
    return move_campaign(
        campaign, CampaignVerb.REJECT, on=on, at=at, by=by, asked_by="", asked_at=None,
        needs_second=False, stop_reason=why.strip()[:200],
    )  # fmt: skip


def _check_ready(dry: Dry) -> None:
    missing = red(dry.checks)
    if missing:
        raise NotReady(missing=[one.todo for one in missing])


def _check_same(campaign: Campaign, dry: Dry) -> None:
    """Refuse a reach that grew by more than a tenth since somebody asked for it."""
    asked = campaign.blast
    before = (asked.get("treated", 0), asked.get("cost_minor", 0))
    after = (dry.reach.treated, dry.reach.cost_minor)
    if any(now > then + then // GROWTH_SHARE for then, now in zip(before, after, strict=True)):
        raise AudienceChanged(
            before=before[0],
            after=after[0],
            cost_before=Money(before[1], campaign.currency),
            cost_after=Money(after[1], campaign.currency),
        )


def _begin(
    campaign: Campaign, verb: CampaignVerb, *, dry: Dry, moment: Moment, **changes: Any
) -> Campaign:
    """Give everybody meant an arm, once and for good, and run."""
    on = moment.on
    rows = ((campaign.pk, *one, on) for one in dry.members)
    columns = ("campaign_id", "account_id", "term_id", "arm", "audience", "joined_on")
    insert_rows(CampaignMember, rows, columns=columns)
    experiment = Experiment.objects.create(
        key=name_in_journal(campaign.key),
        kind="campaign",
        salt=campaign.key,
        arms={"treated": 10_000 - campaign.control_share, "control": campaign.control_share},
        started_on=on,
        outcome_days=dry.outcome_days,
    )
    # Whoever another campaign took in the same moment is in that one, and in no arm of this.
    joined = CampaignMember.objects.filter(campaign=campaign).order_by("pk")
    arms = (
        (experiment.pk, *one, on)
        for one in joined.values_list("account_id", "term_id", "arm").iterator(5_000)
    )
    assigned = ("experiment_id", "account_id", "term_id", "arm", "assigned_on")
    insert_rows(Assignment, arms, columns=assigned)
    return move_campaign(
        campaign, verb, on=on, at=moment.at, by=moment.by, launched_at=moment.at,
        launched_on=on, **changes,
    )  # fmt: skip
