"""Place and lift legal holds (R-I-012)."""

from datetime import date, datetime

from django.db import transaction

from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append
from tenure.records.retention.models import LegalHold, RetentionNight
from tenure.records.retention.rules import LONGEST_REASON, NoReason


@transaction.atomic
def place_hold(account_id: int, reason: str, *, on: date, at: datetime, by: str) -> LegalHold:
    """Keep everything of an account; placed again, the hold that stands.

    Raises:
        NoReason: nothing says why.
    """
    account, why = Account.objects.select_for_update().get(pk=account_id), reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise NoReason(longest=LONGEST_REASON)
    before = LegalHold.objects.filter(account=account, lifted_at__isnull=True).first()
    if before is not None:
        return before
    hold = LegalHold.objects.create(account=account, reason=why, placed_by=by, placed_at=at)
    append(Fact("hold.placed", on=on, account_id=account_id, content={"reason": why}), at=at, by=by)
    return hold


@transaction.atomic
def lift_hold(hold_id: int, *, on: date, at: datetime, by: str) -> LegalHold:
    """Let the account's records go when their time is over; lifted again, nothing changes."""
    hold = LegalHold.objects.select_for_update().get(pk=hold_id)
    if hold.lifted_at is not None:
        return hold
    hold.lifted_by, hold.lifted_at = by, at
    hold.save(update_fields=["lifted_by", "lifted_at"])
    # What a night passed by is looked at once more.
    last = RetentionNight.objects.order_by("-as_of").values("pk")[:1]
    RetentionNight.objects.filter(pk__in=last).update(places={})
    append(Fact("hold.lifted", on=on, account_id=hold.account_id), at=at, by=by)
    return hold
