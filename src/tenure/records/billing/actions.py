"""Note what was paid, or was not. The same external id is one payment, however often it is told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from tenure.records.billing.models import Payment
from tenure.records.billing.rules import LEADS_TO, PAYMENT
from tenure.records.billing.states import PaymentState
from tenure.records.journal.actions import Fact, append, append_many
from tenure.records.rows import insert_rows

COLUMNS = (
    "account_id", "term_id", "source", "external_id", "method", "amount_minor", "currency",
    "paid_on", "state", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """One attempt to pay, as its source tells it; `paid_on` is the day in the business's zone."""

    account_id: int
    source: str
    external_id: str
    amount_minor: int
    currency: str
    paid_on: date
    term_id: int | None = None
    method: str = ""
    state: PaymentState = PaymentState.SUCCEEDED

    def row(self, at: datetime) -> tuple[object, ...]:
        """The values of `COLUMNS`."""
        named = (self.account_id, self.term_id, self.source, self.external_id, self.method)
        return (*named, self.amount_minor, self.currency, self.paid_on, self.state, at)

    def fact(self) -> Fact:
        """What the journal says of it."""
        return Fact(
            f"payment.{self.state}",
            on=self.paid_on,
            account_id=self.account_id,
            term_id=self.term_id,
            content={"amount_minor": self.amount_minor, "currency": self.currency},
            once_key=f"payment:{self.source}:{self.external_id}",
        )


@transaction.atomic
def record_payment(receipt: Receipt, *, at: datetime, by: str) -> Payment:
    """Note one attempt to pay, or what became of one that is known.

    Raises:
        IllegalMove: the payment cannot come from where it is to where the source says it is.
    """
    if insert_rows(Payment, [receipt.row(at)], columns=COLUMNS):
        append(receipt.fact(), at=at, by=by)
    payment = Payment.objects.select_for_update().get(
        source=receipt.source, external_id=receipt.external_id
    )
    if payment.state != receipt.state:
        _settle(payment, receipt.state)
        key = f"payment:{receipt.source}:{receipt.external_id}:{receipt.state}"
        append(replace(receipt.fact(), once_key=key), at=at, by=by)
    return payment


def record_payments(receipts: Iterable[Receipt], *, at: datetime, by: str) -> int:
    """Note many attempts at once; those that are known stay as they are. How many were new."""
    noted = list(receipts)
    added = insert_rows(Payment, (one.row(at) for one in noted), columns=COLUMNS)
    append_many((one.fact() for one in noted), at=at, by=by)
    return added


def _settle(payment: Payment, state: PaymentState) -> None:
    assert state in LEADS_TO, "a payment never becomes pending again"
    payment.state = PAYMENT.after(PaymentState(payment.state), LEADS_TO[state])
    payment.save(update_fields=["state"])
