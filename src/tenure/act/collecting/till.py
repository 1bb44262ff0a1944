"""Take one deduction through an order and its payment: the narrow door to `act.payments`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tenure.act.collecting.leave import Leave
from tenure.act.collecting.prices import bill_of
from tenure.act.payments import registry
from tenure.act.payments.actions import run_effects
from tenure.act.payments.addresses import notify_url
from tenure.act.payments.asking import believe
from tenure.act.payments.opening import Attempted, How, lose_sight, store_attempt
from tenure.act.payments.provider import NotNow, ProviderRefused
from tenure.act.payments.values import AgreementCharge, DeductionWindow, Found, Status
from tenure.kernel.failures import Outage
from tenure.kernel.money import Money
from tenure.records.billing.deductions.actions import Moment
from tenure.records.billing.deductions.models import Deduction, DeductionAttempt
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.actions import place
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import NewOrder
from tenure.records.billing.orders.states import OrderState, Purpose
from tenure.records.billing.states import OPEN, Origin, PaymentState

# A provider may take some days to say how a deduction went.
ANSWERS_WITHIN: Final = timedelta(days=3)
WAY: Final = "mandate"


@dataclass(frozen=True, slots=True)
class Heard:
    """How a deduction stands at the till: paid, declined with a code, or without an answer yet."""

    is_paid: bool = False
    is_declined: bool = False
    code: str = ""


def key_of(term_id: int) -> str:
    """The one thing that a renewal's order is for; shared with orders that customers place."""
    return f"renewal:term:{term_id}"


def is_paying_by_hand(term_id: int) -> bool:
    """Whether the customer has an order open and is paying it right now."""
    orders = Order.objects.filter(subject_key=key_of(term_id), state=OrderState.OPEN)
    return Payment.objects.filter(order__in=orders, state__in=OPEN, superseded_at=None).exists()


def open_charge(deduction: Deduction, leave: Leave, *, moment: Moment) -> Payment:
    """Place the order and store the payment's number, before the provider hears of it.

    Raises:
        AlreadyPaid: the renewal was paid otherwise.
    """
    amount = Money(deduction.amount_minor, deduction.currency)
    bill = bill_of(leave.term, amount, on=moment.on)
    new = NewOrder(
        account_id=deduction.account_id,
        purpose=Purpose.RENEWAL,
        subject={
            "term_id": deduction.term_id,
            "cycle_months": leave.term.cycle_months,
            "price_minor": amount.amount_minor,
            "deduction": deduction.pk,
            "stamps": leave.binding.stamps,
        },
        total=amount,
        digest=bill.digest,
        bill=bill.as_document(),
        once_key=f"deduction:{deduction.pk}:{deduction.attempts + 1}",
        placed_on=moment.on,
        expires_at=moment.at + ANSWERS_WITHIN,
        subject_key=key_of(deduction.term_id),
    )
    order = place(new, at=moment.at, by=moment.by)
    attempted = Attempted(How(leave.mandate.method), leave.mandate.provider, WAY)
    return store_attempt(order.pk, attempted, at=moment.at, by=moment.by)


def charge(payment: Payment, deduction: Deduction, *, mandate: Mandate, moment: Moment) -> Heard:
    """Ask the provider to deduct, believe its answer, and give what was bought.

    Raises:
        NotNow: outside its hours or window; nothing was asked.
    """
    assert payment.number is not None, "stored before"
    amount = Money(payment.amount_minor, payment.currency)
    window = None
    if deduction.opens_on is not None and deduction.closes_on is not None:
        window = DeductionWindow(deduction.opens_on, deduction.closes_on)
    asked = AgreementCharge(
        number=payment.number,
        agreement_id=mandate.agreement_id,
        amount=amount,
        subject=_subject(deduction),
        notify_url=notify_url(mandate.provider),
        estimated=amount,
        window=window,
        payer=mandate.payer,
    )
    try:
        found = registry.provider_of(mandate.provider).charge_agreement(asked, at=moment.at)
    except NotNow:
        close_unasked(payment, moment=moment)
        raise
    except ProviderRefused as refused:
        found = Found(payment.number, Status.FAILED, decline_code=refused.reason.lower())
    except Outage:
        found = Found(payment.number, Status.UNKNOWN)
    if found.status is Status.UNKNOWN:
        lose_sight(payment.pk, at=moment.at, by=moment.by)
        return Heard()
    believe(payment, found, at=moment.at, by=moment.by, origin=Origin.ENGINE)
    return hear(payment.number, moment=moment)


def close_unasked(payment: Payment, *, moment: Moment) -> None:
    """Nothing was asked of the provider: the attempt is closed here."""
    assert payment.number is not None, "stored before"
    closed = Found(payment.number, Status.CLOSED)
    believe(payment, closed, at=moment.at, by=moment.by, origin=Origin.ENGINE)


_DEAD = {
    PaymentState.FAILED: "",
    PaymentState.CLOSED: "closed",
    PaymentState.EXPIRED: "no_answer",
}


def hear(number: str, *, moment: Moment) -> Heard:
    """How the payment of an attempt stands now; what it paid for is given at once."""
    payment = Payment.objects.get(number=number)
    if payment.state == PaymentState.SUCCEEDED:
        run_effects(at=moment.at, by=moment.by, payment_id=payment.pk)
        return Heard(is_paid=True)
    if payment.state in _DEAD:
        code = payment.decline_code or _DEAD[PaymentState(payment.state)]
        return Heard(is_declined=True, code=code)
    return Heard()


def number_of(deduction: Deduction) -> str:
    """The payment number of the last attempt."""
    attempt = DeductionAttempt.objects.get(deduction=deduction, ordinal=deduction.attempts)
    return attempt.number


def _subject(deduction: Deduction) -> str:
    plan = deduction.term.plan_version.plan
    return plan.name_zh if deduction.account.country == "CN" else plan.name_en
