"""Note that a right to withdraw was given up, and say whether it was (R-A-053)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.cancellations.models import WithdrawalWaiver
from tenure.records.journal.actions import Fact, append


@dataclass(frozen=True, slots=True)
class Waived:
    """The text that was ticked, word for word, and where it was ticked."""

    text_version: str
    disclosure: str
    language: str
    ip: str = ""
    user_agent: str = ""
    stamps: Sequence[str] = ()


@transaction.atomic
def waive(order: Order, given: Waived, *, on: date, at: datetime, by: str) -> WithdrawalWaiver:
    """Keep a waiver with the order it was given for; the same order has one, the first."""
    sha256 = hashlib.sha256(given.disclosure.encode()).hexdigest()
    row, is_new = WithdrawalWaiver.objects.get_or_create(
        order=order,
        defaults={
            "account_id": order.account_id,
            "text_version": given.text_version,
            "disclosure": given.disclosure,
            "disclosure_sha256": sha256,
            "language": given.language,
            "given_at": at,
            "ip": given.ip,
            "user_agent": given.user_agent[:300],
            "stamps": list(given.stamps),
        },
    )
    if is_new:
        content = {
            "order": order.public_id,
            "text_version": given.text_version,
            "sha256": sha256,
            "stamps": list(given.stamps),
        }
        fact = Fact("withdrawal.waived", on=on, account_id=order.account_id, content=content)
        append(fact, at=at, by=by)
    return row


def has_waived(term_id: int) -> bool:
    """Whether the right to withdraw from what this term was bought by was given up."""
    orders = Payment.objects.filter(term_id=term_id, order__isnull=False).values("order_id")
    return WithdrawalWaiver.objects.filter(order_id__in=orders).exists()
