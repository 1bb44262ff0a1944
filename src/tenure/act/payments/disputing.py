"""Money that is argued about: what was not asked for, and what a payer's bank takes back."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tenure.act.payments.outbox import FULFIL, plan
from tenure.act.payments.settling import locked, supersede
from tenure.act.payments.values import ChargeBack
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import Money
from tenure.records.billing.actions import Step, move_payment
from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.rules import (
    charge_back_lost,
    charge_back_won,
    charged_back,
    claimed,
)
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.orders.actions import move_order
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import OrderVerb
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.rules import PAYMENT, PaymentVerb
from tenure.records.billing.states import Origin, PaymentState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day


class CannotAccept(Refusal):
    """What came in cannot stand for what was asked."""

    code = "cannot_accept"
    said = Sentence(
        zh="付款 {payment} 到账 {received}，订单应付 {asked}：{why}；没有资金变动，请原路退款。",
        en="Payment {payment} brought {received} where {asked} was asked: {why}; no money moved. "
        "Refund it instead.",
    )


_FOREIGN = Sentence(zh="币种不同，不能冲抵", en="it is another currency")
_TOO_LATE = Sentence(zh="订单已不再等待付款", en="the order no longer waits for it")
_NOTHING = Sentence(zh="没有到账金额", en="no amount is known to have come")


@transaction.atomic
def accept_disputed(payment_id: int, *, at: datetime, by: str) -> Payment:
    """A person takes what came in as payment of the order: what was bought is given.

    Less than was asked is let go, as a loss; more becomes the customer's balance. Accepted again,
    nothing changes.

    Raises:
        CannotAccept: another currency, or the order is over: then it is refunded.
    """
    order, payment = locked(payment_id)
    if payment.state != PaymentState.DISPUTED_AMOUNT:
        PAYMENT.after(PaymentState(payment.state), PaymentVerb.REFUND)
        return payment
    received = _check_acceptable(order, payment)
    step = Step(
        Origin.OPERATOR, on=business_day(at), at=at, by=by, told={"received": str(received)}
    )
    move_payment(payment, PaymentVerb.ACCEPT, step=step, amount_minor=received.amount_minor)
    asked = Money(order.total_minor, order.currency)
    book(_event("claimed", payment, order, at=at), claimed(received, asked=asked), at=at, by=by)
    if received > asked:
        too_much = Movement(
            account_id=payment.account_id,
            amount=received - asked,
            reason="payment.too_much",
            on=business_day(at),
            once_key=f"too_much:{payment.number}",
            term_id=payment.term_id,
        )
        move_balance(too_much, at=at, by=by)
    move_order(order, OrderVerb.PAY, at=at, by=by, payment=payment.number)
    supersede(order.pk, at=at)
    plan(payment, FULFIL, at=at)
    return payment


def _check_acceptable(order: Order, payment: Payment) -> Money:
    told: dict[str, Any] = {"payment": payment.number, "received": payment.received or "?"}
    asked = Money(order.total_minor, order.currency)
    if not payment.received:
        raise CannotAccept(**told, asked=asked, why=_NOTHING)
    received = Money.parse(payment.received)
    if received.currency != asked.currency:
        raise CannotAccept(**told, asked=asked, why=_FOREIGN)
    if order.state != OrderState.OPEN:
        raise CannotAccept(**told, asked=asked, why=_TOO_LATE)
    return received


@dataclass(frozen=True, slots=True)
class Case:
    """A charge-back as somebody tells it.

    `amount` is what the bank took, None for all that was left of the payment.
    """

    reference: str
    amount: Money | None = None
    origin: Origin = Origin.OPERATOR


@transaction.atomic
def charge_back(payment_id: int, case: Case, *, at: datetime, by: str) -> Payment:
    """The payer's bank took the money back; whose it is will be decided. Told again, nothing.

    Raises:
        IllegalMove: there was nothing left to take.
    """
    order, payment = locked(payment_id)
    if payment.state == PaymentState.CHARGED_BACK:
        return payment
    taken = _left(payment)
    if case.amount is not None and case.amount.currency == taken.currency:
        taken = min(case.amount, taken)
    _move(payment, PaymentVerb.CHARGE_BACK, case=replace(case, amount=taken), at=at, by=by)
    lines = charged_back(taken, provider=payment.source)
    book(_event("charged_back", payment, order, at=at), lines, at=at, by=by)
    return payment


@transaction.atomic
def decide_charge_back(
    payment_id: int, case: Case, *, is_won: bool, at: datetime, by: str
) -> Payment:
    """How a charge-back ended: the money is ours again, or gone. Told again, nothing changes.

    Raises:
        IllegalMove: there was no charge-back, or it ended otherwise.
    """
    order, payment = locked(payment_id)
    ended = PaymentState.WON if is_won else PaymentState.LOST
    if payment.state == ended:
        return payment
    verb, taken = PaymentVerb.WIN if is_won else PaymentVerb.LOSE, _taken(payment)
    _move(payment, verb, case=replace(case, amount=taken), at=at, by=by)
    lines = charge_back_won(taken, provider=payment.source) if is_won else charge_back_lost(taken)
    book(_event(str(ended), payment, order, at=at), lines, at=at, by=by)
    if not is_won:
        # What the money earned goes with it, as after a refund.
        content = {"refund": f"charge_back:{payment.number}", "payment": payment.pk}
        fact = Fact(
            "points.reversal_due",
            on=business_day(at),
            account_id=payment.account_id,
            term_id=payment.term_id,
            content=content,
            once_key=f"points.reversal_due:charge_back:{payment.number}",
        )
        append(fact, at=at, by=by)
    return payment


def gone_of(payment: Payment) -> int:
    """What of a payment is not ours any more, refunded or lost to a charge-back; minor units."""
    lost = _taken(payment).amount_minor if payment.state == PaymentState.LOST else 0
    return min(payment.refunded_minor + lost, payment.amount_minor)


@transaction.atomic
def hear_charge_back(
    payment_id: int, case: Case, *, told: ChargeBack, at: datetime, by: str
) -> str:
    """What a provider says of a charge-back, in whatever order and however often it says it.

    What does not fit how the payment stands is left to a person: `charge_back_unfit`.
    """
    _, payment = locked(payment_id)
    is_decided = payment.state in (PaymentState.WON, PaymentState.LOST)
    if is_decided and told in (ChargeBack.OPENED, payment.state):
        return "charge_back_known"
    try:
        if not is_decided:
            charge_back(payment_id, case, at=at, by=by)
        if told is not ChargeBack.OPENED:
            decide_charge_back(payment_id, case, is_won=told is ChargeBack.WON, at=at, by=by)
    except IllegalMove:
        return "charge_back_unfit"
    return f"charge_back_{told}"


def _move(payment: Payment, verb: PaymentVerb, *, case: Case, at: datetime, by: str) -> None:
    assert case.amount is not None, "what is moved is known"
    told = {"reference": case.reference, "amount_minor": case.amount.amount_minor}
    step = Step(case.origin, on=business_day(at), at=at, by=by, told=told)
    move_payment(payment, verb, step=step)


def _left(payment: Payment) -> Money:
    return Money(payment.amount_minor - payment.refunded_minor, payment.currency)


def _taken(payment: Payment) -> Money:
    """What the bank took, as it was noted; all that was left where nobody said how much."""
    steps = PaymentStep.objects.filter(payment=payment, to_state=PaymentState.CHARGED_BACK)
    told = steps.order_by("-pk").values_list("told", flat=True).first() or {}
    left = _left(payment)
    return Money(int(told.get("amount_minor", left.amount_minor)), payment.currency)


def _event(kind: str, payment: Payment, order: Order, *, at: datetime) -> Event:
    return Event(
        f"{kind}:{payment.number}",
        kind,
        on=business_day(at),
        account_id=payment.account_id,
        order_id=order.pk,
        payment_id=payment.pk,
    )
