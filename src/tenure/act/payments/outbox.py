"""Plan what follows from a payment, in the transaction that lets it follow."""

from datetime import datetime
from typing import Final

from tenure.act.payments.models import Effect
from tenure.records.billing.models import Payment
from tenure.records.rows import insert_rows

FULFIL: Final = "fulfil"  # give what was bought
RECEIPT: Final = "receipt"
INVOICE: Final = "invoice"
POINTS: Final = "points"
# What follows once it was given.
PAPERS: Final = (RECEIPT, INVOICE, POINTS)


def plan(payment: Payment, *kinds: str, at: datetime) -> int:
    """Plan effects of a payment; what is planned already stays. How many were new."""
    rows = [(payment.pk, kind, at, at) for kind in kinds]
    return insert_rows(Effect, rows, columns=("payment_id", "kind", "planned_at", "due_at"))
