"""Our own side of a day: what we say came in and went back, and what the books moved for it."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q, Sum

from tenure.act.payments.reconciliation.rules import Key, Ours
from tenure.act.payments.values import BillKind
from tenure.kernel.money import Money
from tenure.records.billing.ledger.models import BookingLine
from tenure.records.billing.ledger.rules import Books, at_provider
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.states import RefundState
from tenure.records.billing.states import PaymentState

# Money came in for a payment in one of these, whatever became of it.
CAME_IN = (
    PaymentState.SUCCEEDED,
    PaymentState.PARTIALLY_REFUNDED,
    PaymentState.REFUNDED,
    PaymentState.CHARGED_BACK,
    PaymentState.WON,
    PaymentState.LOST,
    PaymentState.DISPUTED_AMOUNT,
)


def ours(provider: str, day: date, *, keys: Collection[Key]) -> list[Ours]:
    """What we have of a day, and of whatever a bill names."""
    # A refund's line names its payment too, which may have been billed on another day.
    numbers = {one.number for one in keys if one.kind == BillKind.PAYMENT}
    refund_numbers = {one.refund_number for one in keys if one.refund_number}
    payments = Payment.objects.filter(source=provider, number__isnull=False)
    payments = payments.filter(
        Q(number__in=numbers) | Q(paid_on=day, paid_at__isnull=False, state__in=CAME_IN)
    )
    refunds = Refund.objects.filter(payment__source=provider).filter(
        Q(number__in=refund_numbers) | Q(refunded_on=day, state=RefundState.SUCCEEDED)
    )
    return [
        *(_of_payment(one) for one in payments),
        *(_of_refund(one) for one in refunds.select_related("payment")),
    ]


def _of_payment(payment: Payment) -> Ours:
    amount = Money(payment.amount_minor, payment.currency)
    if payment.received:
        amount = Money.parse(payment.received)
    return Ours(
        Key(str(BillKind.PAYMENT), payment.number or ""),
        amount.amount_minor,
        amount.currency,
        is_money=payment.state in CAME_IN,
        fee_minor=payment.fee_minor,
    )


def _of_refund(refund: Refund) -> Ours:
    return Ours(
        Key(str(BillKind.REFUND), refund.payment.number or "", refund.number),
        refund.amount_minor,
        refund.currency,
        is_money=refund.state == RefundState.SUCCEEDED,
        fee_minor=None,
    )


def ledger_of(provider: str, keys: Iterable[Key]) -> dict[str, int]:
    """Currency → what the books moved at a provider for these payments and refunds."""
    found: dict[str, int] = {}
    every = list(keys)
    payments = [one.number for one in every if one.kind == BillKind.PAYMENT]
    refunds = [one.refund_number for one in every if one.kind == BillKind.REFUND]
    about = Q(booking__payment__number__in=payments, booking__kind__in=("sale", "unasked"))
    about |= Q(booking__refund__number__in=refunds, booking__kind="refund")
    cash = at_provider(Books.CASH, provider)
    for side, sign in (("debit", 1), ("credit", -1)):
        lines = BookingLine.objects.filter(about, **{side: cash})
        for currency, whole in lines.values_list("currency").annotate(whole=Sum("amount_minor")):
            found[currency] = found.get(currency, 0) + sign * int(whole)
    return found
