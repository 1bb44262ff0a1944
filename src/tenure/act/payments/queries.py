"""Read the side of money: what is due now, and the queues that people work on."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet

from tenure.act.payments.models import Effect, ProviderEvent
from tenure.act.payments.reconciliation.models import ReconciliationRow
from tenure.records.billing.ledger.models import Booking
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds import queries as refunds
from tenure.records.billing.states import PaymentState
from tenure.records.rows import select_rows

HAS_DUE = Path(__file__).with_name("has_due.sql")


def has_due(at: datetime) -> bool:
    """Whether anything about money is to be done now; one small read."""
    return bool(select_rows(HAS_DUE, {"at": at}))


def payments(*, state: str = "", provider: str = "", text: str = "") -> QuerySet[Payment]:
    """Attempts of ours, the newest first, by state, provider or number."""
    found = Payment.objects.filter(number__isnull=False).select_related("account", "order")
    if state:
        found = found.filter(state=state)
    if provider:
        found = found.filter(source=provider)
    if text:
        found = found.filter(number__startswith=text.strip().upper())
    return found.order_by("-recorded_at", "-pk")


def current_attempt(order_id: int) -> Payment | None:
    """The attempt of an order that counts now: the one that paid it, else the newest."""
    attempts = Payment.objects.filter(order_id=order_id).order_by("-pk")
    paid = attempts.filter(paid_at__isnull=False).order_by("paid_at", "pk").first()
    return paid or attempts.first()


def came_back() -> QuerySet[Booking]:
    """Money that came in and nothing could take (late, double, wrong), the newest first.

    `payment` says whose it was; its state says whether it went back already (R-Y-008).
    """
    unasked = Booking.objects.filter(kind__in=("unasked", "unsold"))
    return unasked.select_related("payment", "order", "account").order_by("-at", "-pk")


def disputed() -> QuerySet[Payment]:
    """Payments that were not what we had asked for, the oldest first."""
    return Payment.objects.filter(state=PaymentState.DISPUTED_AMOUNT).order_by("paid_at", "pk")


def stuck() -> QuerySet[Effect]:
    """Paid, and what was bought could not be given: each needs a person."""
    waiting = Effect.objects.filter(stuck_at__isnull=False, done_at=None)
    return waiting.select_related("payment__order", "payment__account").order_by("stuck_at")


def of_nobody() -> QuerySet[ProviderEvent]:
    """Verified notices about numbers that we never gave out, the newest first."""
    return ProviderEvent.objects.filter(
        outcome__in=("unknown_order", "charge_back_unfit")
    ).order_by("-received_at", "-pk")


def differences() -> QuerySet[ReconciliationRow]:
    """Differences with the providers' bills that nobody explained yet, the oldest first."""
    waiting = ReconciliationRow.objects.filter(resolved_at=None).select_related("report")
    return waiting.order_by("report__day", "pk")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a person on the side of money."""

    to_approve: int
    stranded: int
    disputed: int
    stuck: int
    of_nobody: int
    differences: int

    @property
    def all(self) -> int:
        """Everything together."""
        mistakes = self.disputed + self.stuck + self.of_nobody + self.differences
        return self.to_approve + self.stranded + mistakes


def waiting() -> Waiting:
    """The lengths of the queues, for a badge."""
    return Waiting(
        to_approve=refunds.to_approve().count(),
        stranded=refunds.stranded().count(),
        disputed=disputed().count(),
        stuck=stuck().count(),
        of_nobody=of_nobody().count(),
        differences=differences().count(),
    )
