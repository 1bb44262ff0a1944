"""Note what was used, a set at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows, update_rows
from tenure.records.subscriptions.models import Subscription
from tenure.records.subscriptions.usage.models import UsageDay


@dataclass(frozen=True, slots=True)
class Used:
    """What one subscription used of one meter on one day, all of it."""

    subscription_id: int
    meter: str
    on: date
    units: int


@transaction.atomic
def note_usage(found: Iterable[Used], *, on: date, at: datetime, by: str) -> int:
    """Write the use of days; a day told again takes the newer number. How many rows changed.

    Args:
        on: the day of noting, in the business's zone.
    """
    told = {(one.subscription_id, one.meter, one.on): one.units for one in found}
    chains = {subscription_id for subscription_id, _, _ in told}
    accounts = dict(Subscription.objects.filter(pk__in=chains).values_list("pk", "account_id"))
    known = {
        (one.subscription_id, one.meter, one.on): one
        for one in UsageDay.objects.filter(subscription_id__in=chains)
    }
    fresh = [
        (accounts[subscription_id], subscription_id, meter, day, units, at)
        for (subscription_id, meter, day), units in told.items()
        if (subscription_id, meter, day) not in known
    ]
    columns = ("account_id", "subscription_id", "meter", "on", "units", "recorded_at")
    changed = insert_rows(UsageDay, fresh, columns=columns)
    corrected = [
        (units, known[key].pk)
        for key, units in told.items()
        if key in known and known[key].units != units
    ]
    changed += update_rows(UsageDay, corrected, columns=("units",))
    if changed:
        append(Fact("usage.noted", on=on, content={"rows": changed}), at=at, by=by)
    return changed
