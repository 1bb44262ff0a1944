"""What waits to be done about those who leave: a few small reads for the worker."""

from datetime import datetime

from django.db.models import Q

from tenure.records.cancellations.declaring import TRIES_AT_MOST
from tenure.records.cancellations.models import Declaration
from tenure.records.cancellations.queries import waiting_since
from tenure.records.strategies.queries import NoStrategy, current


def owes_receipts(at: datetime) -> bool:
    """Whether a declaration waits for its receipt, which is due within a minute (R-A-056)."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    owed = Declaration.objects.filter(free, receipt_sent_at=None, receipt_tries__lt=TRIES_AT_MOST)
    return owed.exists()


def waits_to_be_abandoned(at: datetime) -> bool:
    """Whether somebody left a cancellation open for too long."""
    if not waiting_since(at, hours=1).exists():
        return False
    try:
        hours = current().saves.abandoned_after_hours
    except NoStrategy:
        return False
    return waiting_since(at, hours=hours).exists()
