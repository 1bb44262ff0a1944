"""Enter what numbers are held against, and what was spent to win customers."""

from datetime import datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.planning.models import Spending, Yardstick
from tenure.records.planning.rules import Held, Spent, check_source, check_spending


@transaction.atomic
def hold_against(held: Held, *, at: datetime, by: str) -> Yardstick:
    """Enter a target or a benchmark; entered again on the same day, it takes the newer value.

    Raises:
        NoSource: nobody says where it comes from.
    """
    check_source(held.source)
    row, _ = Yardstick.objects.update_or_create(
        kind=held.kind,
        metric=held.metric,
        slice_by=held.slice_by,
        slice_value=held.slice_value,
        source=held.source,
        said_on=held.said_on,
        defaults={"value": held.value, "n": held.n, "recorded_at": at, "recorded_by": by},
    )
    content = {"kind": held.kind, "metric": held.metric, "value": str(held.value)}
    append(Fact("yardstick.entered", on=held.said_on, content=content), at=at, by=by)
    return row


@transaction.atomic
def note_spending(spent: Spent, *, at: datetime, by: str) -> Spending:
    """Enter what a channel took in a month; entered again, it takes the newer amount.

    Raises:
        NegativeSpending: the amount is below nothing.
    """
    check_spending(spent.amount)
    row, _ = Spending.objects.update_or_create(
        channel=spent.channel,
        month=spent.month.replace(day=1),
        defaults={
            "amount_minor": spent.amount.amount_minor,
            "currency": spent.amount.currency,
            "source": spent.source,
            "recorded_at": at,
            "recorded_by": by,
        },
    )
    content = {"channel": row.channel, "amount": str(spent.amount)}
    append(Fact("spending.entered", on=row.month, content=content), at=at, by=by)
    return row
