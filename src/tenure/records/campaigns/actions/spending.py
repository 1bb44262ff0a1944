"""Spend from the lines of a campaign; the database keeps each within its cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F, Sum

from tenure.kernel.money import Money
from tenure.records.campaigns.models import Campaign, CampaignLine, CampaignSpend
from tenure.records.campaigns.refusals import LineSpent, NegativeAmount, NotRunning
from tenure.records.campaigns.states import CampaignState
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows, run_statement

GIVE_BACK = Path(__file__).with_name("give_back.sql")
_COLUMNS = (
    "line_id", "term_id", "amount_minor", "contact_minor", "on", "note", "once_key", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewSpend:
    """What one thing may cost at most, of which `contact_minor` is gone whatever follows."""

    once_key: str
    amount_minor: int
    contact_minor: int = 0
    term_id: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """What a person paid from a line, and for what; the same key is the same payment."""

    amount: Money
    note: str
    once_key: str


@transaction.atomic
def spend(line_id: int, paid: Payment, *, on: date, at: datetime, by: str) -> CampaignSpend:
    """A person pays something from a line; the same key again is the same payment (CMP-05).

    Raises:
        NegativeAmount: nothing is given back by hand.
        LineSpent: the line does not hold so much any more.
        NotRunning: the campaign does not run.
    """
    line = CampaignLine.objects.select_for_update().select_related("campaign").get(pk=line_id)
    known = CampaignSpend.objects.filter(once_key=paid.once_key).first()
    if known is not None:
        return known
    amount = paid.amount
    if amount <= Money.zero(amount.currency):
        raise NegativeAmount(what=line.name, amount=amount)
    _check_running(line.campaign)
    room = CampaignLine.objects.filter(
        pk=line_id, used_minor__lte=F("planned_minor") - amount.amount_minor
    )
    if not room.update(used_minor=F("used_minor") + amount.amount_minor):
        left = Money(line.left_minor, amount.currency)
        raise LineSpent(line=line.name, left=left, asked=amount)
    row = CampaignSpend.objects.create(
        line=line,
        amount_minor=amount.amount_minor,
        contact_minor=amount.amount_minor,
        on=on,
        note=paid.note.strip()[:200],
        once_key=paid.once_key,
        recorded_at=at,
    )
    content = {
        "campaign": line.campaign.key, "line": line.name, "amount_minor": amount.amount_minor,
        "note": row.note,
    }  # fmt: skip
    append(Fact("campaign.spent", on=on, content=content), at=at, by=by)
    return row


@transaction.atomic
def reserve(
    line_id: int, wanted: Sequence[NewSpend], *, on: date, at: datetime, by: str = "loop"
) -> set[str]:
    """Set aside what offers may cost at most, in the order given, as far as the line goes.

    Returns:
        The keys that are paid for, those of earlier calls included. What does not fit is left
        out, and smaller ones behind it still get in.
    """
    line = CampaignLine.objects.select_for_update().select_related("campaign").get(pk=line_id)
    if line.campaign.state != CampaignState.RUNNING:
        return set()
    keys = [one.once_key for one in wanted]
    paid = set(
        CampaignSpend.objects.filter(line=line, once_key__in=keys).values_list(
            "once_key", flat=True
        )
    )
    left, fresh = line.left_minor, []
    for one in wanted:
        if one.once_key in paid or not 0 <= one.amount_minor <= left:
            continue
        left -= one.amount_minor
        fresh.append(one)
    if not fresh:
        return paid
    rows = [
        (line_id, one.term_id, one.amount_minor, one.contact_minor, on, "", one.once_key, at)
        for one in fresh
    ]
    added = insert_rows(CampaignSpend, rows, columns=_COLUMNS)
    assert added == len(fresh), "the line's lock keeps every other writer out"
    total = sum(one.amount_minor for one in fresh)
    CampaignLine.objects.filter(pk=line_id).update(used_minor=F("used_minor") + total)
    content = {
        "campaign": line.campaign.key, "line": line.name, "amount_minor": total,
        "offers": len(fresh),
    }  # fmt: skip
    append(Fact("campaign.reserved", on=on, content=content), at=at, by=by)
    return paid | {one.once_key for one in fresh}


@transaction.atomic
def give_back(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Give back what offers did not use, once their terms are over; how many movements.

    What stays is the contact and what was really taken off the price.
    """
    live = Campaign.objects.filter(launched_at__isnull=False)
    lines = CampaignLine.objects.select_for_update().filter(campaign__in=live, used_minor__gt=0)
    ids = list(lines.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    count = run_statement(GIVE_BACK, {"as_of": as_of, "at": at})
    if not count:
        return 0
    spent = (
        CampaignSpend.objects.filter(line__in=ids)
        .values("line")
        .annotate(total=Sum("amount_minor"))
    )
    for row in spent.order_by("line"):
        CampaignLine.objects.filter(pk=row["line"]).update(used_minor=row["total"])
    content = {"count": count}
    append(Fact("campaign.given_back", on=as_of, content=content), at=at, by=by)
    return count


def _check_running(campaign: Campaign) -> None:
    if campaign.state != CampaignState.RUNNING:
        raise NotRunning(name=campaign.name, state=campaign.state)
