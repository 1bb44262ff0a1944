"""Note how much a customer has stored with us, as the operator's own system measures it."""

from datetime import date, datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Subscription


@transaction.atomic
def note_stored(
    subscription_id: int, stored_bytes: int, *, on: date, at: datetime, by: str
) -> Subscription:
    """Note the amount and when it was measured; an older measurement changes nothing."""
    assert stored_bytes >= 0, "an amount is not negative"
    subscription = Subscription.objects.select_for_update().get(pk=subscription_id)
    before = subscription.attributes.get("stored_at")
    if before is not None and datetime.fromisoformat(before) >= at:
        return subscription
    measured = {"stored_bytes": stored_bytes, "stored_at": at.isoformat()}
    subscription.attributes = {**subscription.attributes, **measured}
    subscription.save(update_fields=["attributes"])
    content = {"subscription": subscription.pk, "stored_bytes": stored_bytes}
    fact = Fact("storage.measured", on=on, account_id=subscription.account_id, content=content)
    append(fact, at=at, by=by)
    return subscription
