"""What can still go back, and which refunds wait for whom."""

from django.db.models import Q, QuerySet, Sum

from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NotRefundable
from tenure.records.billing.refunds.states import HOLDS, RefundState
from tenure.records.billing.states import PaymentState

_REFUNDABLE = (
    PaymentState.SUCCEEDED,
    PaymentState.PARTIALLY_REFUNDED,
    PaymentState.DISPUTED_AMOUNT,
)


def refundable(payment: Payment) -> Money:
    """What is left of a payment, less what is on its way back already.

    Raises:
        NotRefundable: the payment never was money, or all of it went back.
    """
    if payment.state not in _REFUNDABLE:
        raise NotRefundable(payment=payment.number or payment.external_id, state=payment.state)
    held = Refund.objects.filter(payment=payment, state__in=HOLDS)
    on_its_way = int(held.aggregate(whole=Sum("amount_minor"))["whole"] or 0)
    if payment.state == PaymentState.DISPUTED_AMOUNT:
        if not payment.received:
            raise NotRefundable(payment=payment.number, state=payment.state)
        came = Money.parse(payment.received)
        return came - Money(on_its_way, came.currency)
    # What a file told as refunded has no refund of ours, so the larger of the two counts.
    gone = max(on_its_way, payment.refunded_minor)
    return Money(payment.amount_minor - gone, payment.currency)


def to_approve() -> QuerySet[Refund]:
    """Refunds that wait for a second person, the oldest first."""
    waiting = Refund.objects.filter(state=RefundState.REQUESTED, needs_second=True, approved_by="")
    return waiting.select_related("payment", "account").order_by("requested_at", "pk")


def to_send() -> QuerySet[Refund]:
    """Refunds that may go to the provider now."""
    cleared = Q(needs_second=False) | ~Q(approved_by="")
    return Refund.objects.filter(cleared, state=RefundState.REQUESTED).order_by("pk")


def stranded() -> QuerySet[Refund]:
    """Refunds that a person must settle: the money could not go back the way it came."""
    return Refund.objects.filter(state=RefundState.ABNORMAL).order_by("requested_at", "pk")
