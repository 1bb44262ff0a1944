"""Note what was paid, or was not. The same external id is one payment, however often it is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.rules import LEADS_TO, PAYMENT, PaymentVerb
from tenure.records.billing.states import Origin, PaymentState
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
        assert receipt.state in LEADS_TO, "a payment never becomes pending again"
        step = Step(Origin.IMPORT, on=receipt.paid_on, at=at, by=by)
        changes = {}
        if receipt.state == PaymentState.REFUNDED:
            changes = {"refunded_minor": payment.amount_minor}
        move_payment(payment, LEADS_TO[receipt.state], step=step, **changes)
    return payment


def record_payments(receipts: Iterable[Receipt], *, at: datetime, by: str) -> int:
    """Note many attempts at once; those that are known stay as they are. How many were new."""
    noted = list(receipts)
    added = insert_rows(Payment, (one.row(at) for one in noted), columns=COLUMNS)
    append_many((one.fact() for one in noted), at=at, by=by)
    return added


@dataclass(frozen=True, slots=True)
class Step:
    """Who says that a payment moves, on which day of the business, and what else they said."""

    origin: Origin
    on: date
    at: datetime
    by: str
    told: Mapping[str, Any] = field(default_factory=dict)


# A payment may pass these more than once.
_PASSING = (PaymentState.PENDING, PaymentState.UNKNOWN, PaymentState.PARTIALLY_REFUNDED)


def move_payment(payment: Payment, verb: PaymentVerb, *, step: Step, **changes: Any) -> Payment:
    """Move a payment, whose row is locked; its history and the journal hear of it (R-Y-010).

    Args:
        changes: columns that change with the move, such as `paid_at`.
    Raises:
        IllegalMove: the payment is not where this can happen; nothing changed.
    """
    before = PaymentState(payment.state)
    payment.state = PAYMENT.after(before, verb)
    for name, value in changes.items():
        setattr(payment, name, value)
    payment.save(update_fields=["state", *changes])
    PaymentStep.objects.create(
        payment=payment,
        at=step.at,
        from_state=before,
        to_state=payment.state,
        origin=step.origin,
        actor=step.by,
        told=dict(step.told),
    )
    append(_moved(payment, step=step), at=step.at, by=step.by)
    return payment


def _moved(payment: Payment, *, step: Step) -> Fact:
    key = f"payment:{payment.source}:{payment.external_id}:{payment.state}"
    return Fact(
        f"payment.{payment.state}",
        on=step.on,
        account_id=payment.account_id,
        term_id=payment.term_id,
        content={"amount_minor": payment.amount_minor, "currency": payment.currency, **step.told},
        once_key=None if payment.state in _PASSING else key,
    )
