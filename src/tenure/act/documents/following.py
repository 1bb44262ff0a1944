"""What the journal says about money, followed with papers: once each, and never a stop for others.

A paper that cannot be issued is told in the journal and leaves the rest alone; whoever mends the
cause issues it by hand, under the same key.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from tenure.act.documents import invoices, receipts
from tenure.act.documents.receipts import Refunded
from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.records.documents.queries import receipt_of
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry


def paper_payments(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> None:
    """An order was paid and given: the receipt of its payment.

    Payments that were only imported have receipts where they come from.
    """
    for entry in entries:
        issue = partial(receipts.issue, entry.content["payment"], at=at, by=by)
        _tried(issue, entry=entry, at=at, by=by)


def paper_refunds(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> None:
    """Money went back: the credit note of its receipt, then the red letter of its invoice.

    A payment without a receipt, such as one that came twice and was returned, needs neither.
    """
    for entry in entries:
        payment_id = entry.content["payment"]
        if receipt_of(payment_id) is None:
            continue
        amount = Money(entry.content["amount_minor"], entry.content["currency"])
        refunded = Refunded(payment_id, amount, str(entry.content["refund"]), entry.on)
        _tried(partial(_give_back, refunded, at=at, by=by), entry=entry, at=at, by=by)


@transaction.atomic
def _give_back(refunded: Refunded, *, at: datetime, by: str) -> None:
    receipts.credit(refunded, at=at, by=by)
    invoices.red_letter(refunded, at=at, by=by)


def _tried(issue: Callable[[], object], *, entry: Entry, at: datetime, by: str) -> None:
    try:
        issue()
    except Refusal as refusal:
        told = Fact(
            "document.withheld",
            on=entry.on,
            account_id=entry.account_id,
            term_id=entry.term_id,
            content={"after": entry.kind, "entry": entry.pk, **refusal.as_problem()},
            once_key=f"document.withheld:{entry.pk}",
        )
        append(told, at=at, by=by)
