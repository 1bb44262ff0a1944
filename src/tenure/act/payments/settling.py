"""What a provider's word about a payment changes here: the one door through which money comes in.

Whoever tells it (a notification, an answer, a bill) comes through `settle`. It locks the order
and everything for the same thing, then the payment; it compares, moves, books, and plans what
follows, in one transaction. Told twice, the second time changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from tenure.act.payments import registry
from tenure.act.payments.outbox import FULFIL, plan
from tenure.act.payments.rules import Destiny, Outcome, Standing, Told, destiny, is_wrong
from tenure.act.payments.values import Status
from tenure.kernel.money import Money
from tenure.records.billing.actions import Step, move_payment
from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.rules import credited, sale, unasked
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.actions import move_order
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import OrderVerb
from tenure.records.billing.orders.states import TAKEN, OrderState
from tenure.records.billing.refunds import actions as refunds
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.billing.rules import PAYMENT, PaymentVerb
from tenure.records.billing.states import OPEN, Origin, PaymentState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day, current

_CAME_BACK = (Status.REFUNDED, Status.PARTIALLY_REFUNDED)
_VERBS = {
    Status.FAILED: (PaymentVerb.FAIL, Outcome.FAILED),
    Status.CLOSED: (PaymentVerb.CLOSE, Outcome.CLOSED),
    Status.PENDING: (PaymentVerb.BEGIN, Outcome.PENDING),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One payment and its order, both locked, and what was said about it."""

    order: Order
    payment: Payment
    told: Told
    at: datetime
    by: str

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.payment.amount_minor, self.payment.currency)

    def step(self, **words: Any) -> Step:
        """The move's own history."""
        return Step(
            origin=Origin(self.told.origin),
            on=business_day(self.told.paid_at or self.at),
            at=self.at,
            by=self.by,
            told={**self.told.words, **words},
        )

    def event(self, kind: str) -> Event:
        """An event of the books about this payment, once of its kind."""
        return Event(
            once_key=f"{kind}:{self.payment.number}",
            kind=kind,
            on=self.payment.paid_on,
            account_id=self.payment.account_id,
            order_id=self.order.pk,
            payment_id=self.payment.pk,
        )


@transaction.atomic
def settle(payment_id: int, told: Told, *, at: datetime, by: str) -> Outcome:
    """Bring a payment, its order and the books to what its provider says."""
    order, payment = locked(payment_id)
    scene = Scene(order, payment, told, at, by)
    state = PaymentState(payment.state)
    if state not in OPEN and not PAYMENT.allows(state, PaymentVerb.SUCCEED_LATE):
        return Outcome.UNCHANGED
    if told.status in (Status.SUCCEEDED, *_CAME_BACK):
        merchant = registry.provider_of(payment.source).merchant
        if told.status in _CAME_BACK or is_wrong(told, asked=scene.amount, merchant=merchant):
            return _dispute(scene)
        return receive(scene)
    verb, outcome = _VERBS.get(told.status, (None, Outcome.UNCHANGED))
    if verb is None or not PAYMENT.allows(state, verb):
        return Outcome.UNCHANGED
    changes: dict[str, Any] = {"decline_code": told.decline_code[:60]} if told.decline_code else {}
    if verb != PaymentVerb.BEGIN:
        changes["next_query_at"] = None
    move_payment(payment, verb, step=scene.step(), **changes)
    return outcome


def locked(payment_id: int) -> tuple[Order, Payment]:
    """A payment and its order, with the rows of every order for the same thing locked.

    Orders are locked before payments, and in the order of their ids, everywhere.
    """
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)
    assert order_id is not None, "only a payment of an order is settled here"
    key = Order.objects.values_list("subject_key", flat=True).get(pk=order_id)
    same = Q(pk=order_id) | Q(subject_key=key) if key else Q(pk=order_id)
    orders = Order.objects.select_for_update(no_key=True).filter(same).order_by("pk")
    found = {one.pk: one for one in orders}
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    return found[order_id], payment


def receive(scene: Scene, *, verb: PaymentVerb | None = None) -> Outcome:
    """Money came in, and it is what was asked for."""
    payment, told = scene.payment, scene.told
    paid_at = told.paid_at or scene.at
    verb = verb or (PaymentVerb.SUCCEED if payment.state in OPEN else PaymentVerb.SUCCEED_LATE)
    move_payment(
        payment,
        verb,
        step=scene.step(),
        paid_at=paid_at,
        paid_on=business_day(paid_at),
        provider_id=told.provider_id or payment.provider_id,
        next_query_at=None,
    )
    fate = destiny(_standing(scene.order), paid_at=paid_at)
    if fate in (Destiny.TAKE, Destiny.HONOUR):
        return _take(scene, OrderVerb.PAY if fate == Destiny.TAKE else OrderVerb.HONOUR)
    return _give_back(scene, fate)


def _standing(order: Order) -> Standing:
    others = Order.objects.filter(state__in=TAKEN, reversed_at=None).exclude(pk=order.pk)
    return Standing(
        is_open=order.state == OrderState.OPEN,
        is_taken=order.state in TAKEN,
        is_expired=order.state == OrderState.EXPIRED,
        expires_at=order.expires_at,
        is_bought_elsewhere=bool(order.subject_key)
        and others.filter(subject_key=order.subject_key).exists(),
    )


def _take(scene: Scene, verb: OrderVerb) -> Outcome:
    """The order is paid: book the sale, plan what follows, let no other attempt stand open."""
    order, payment, at, by = scene.order, scene.payment, scene.at, scene.by
    if order.subject_key:
        rivals = Order.objects.filter(subject_key=order.subject_key, state=OrderState.OPEN)
        for rival in rivals.exclude(pk=order.pk):
            move_order(rival, OrderVerb.CANCEL, at=at, by=by, why="paid elsewhere")
            supersede(rival.pk, at=at)
    move_order(order, verb, at=at, by=by, payment=payment.number)
    book_sale(order, payment, at=at, by=by)
    supersede(order.pk, at=at)
    plan(payment, FULFIL, at=at)
    return Outcome.PAID


def book_sale(order: Order, payment: Payment, *, at: datetime, by: str) -> None:
    """Book what an order's bill came to: the money, and what the balance paid or was given."""
    event = Event(
        f"sale:{payment.number}",
        "sale",
        on=payment.paid_on,
        account_id=payment.account_id,
        order_id=order.pk,
        payment_id=payment.pk,
    )
    amount = Money(payment.amount_minor, payment.currency)
    moved = Money(_from_balance(order), order.currency)
    book(event, sale(amount, provider=payment.source, balance=moved), at=at, by=by)


def _from_balance(order: Order) -> int:
    """What the balance paid of the bill; below zero, what the bill gave to it."""
    used, total = order.bill.get("balance_minor", 0), order.bill.get("total_minor", 0)
    return int(used) + min(int(total), 0)


def supersede(order_id: int, *, at: datetime) -> int:
    """Mark the open attempts of an order as overtaken; the poll closes them at their providers."""
    open_ones = Payment.objects.filter(order_id=order_id, state__in=OPEN, superseded_at=None)
    return open_ones.update(superseded_at=at, next_query_at=at)


def _give_back(scene: Scene, fate: Destiny) -> Outcome:
    """Nothing can take the money: it is owed back, and goes back or becomes a balance."""
    payment, at, by = scene.payment, scene.at, scene.by
    book(scene.event("unasked"), unasked(scene.amount, provider=payment.source), at=at, by=by)
    keeps = current().at(business_day(at)).guardrails.late_payment == "credit"
    becomes = "credit" if fate == Destiny.LATE and keeps else "refund"
    if becomes == "credit":
        book(scene.event("credited"), credited(scene.amount), at=at, by=by)
        move_balance(_kept(scene), at=at, by=by)
    else:
        reason = RefundReason.LATE_PAYMENT if fate == Destiny.LATE else RefundReason.DOUBLE_PAYMENT
        back = NewRefund(payment.pk, reason, once_key=f"{fate}:{payment.number}")
        refunds.request(back, at=at, by=by)
    kind = "payment.came_late" if fate == Destiny.LATE else "payment.came_twice"
    append(_alert(kind, scene, becomes=becomes), at=at, by=by)
    return Outcome.LATE if fate == Destiny.LATE else Outcome.DOUBLE


def _kept(scene: Scene) -> Movement:
    """Late money that the customer keeps as a balance (R-Y-008)."""
    return Movement(
        account_id=scene.payment.account_id,
        amount=scene.amount,
        reason="payment.came_late",
        on=business_day(scene.at),
        once_key=f"late:{scene.payment.number}",
        term_id=scene.payment.term_id,
    )


def _dispute(scene: Scene) -> Outcome:
    """Not what was asked for: nothing is given for it, and a person looks (R-Y-005)."""
    told = scene.told
    move_payment(
        scene.payment,
        PaymentVerb.DISPUTE,
        step=scene.step(
            told_amount=str(told.amount or ""),
            told_merchant=told.merchant or "",
            status=str(told.status),
        ),
        provider_id=told.provider_id or scene.payment.provider_id,
        received=str(told.amount or ""),
        paid_at=told.paid_at or scene.at,
        next_query_at=None,
    )
    if told.amount is not None and told.status == Status.SUCCEEDED:
        lines = unasked(told.amount, provider=scene.payment.source)
        book(scene.event("unasked"), lines, at=scene.at, by=scene.by)
    append(_alert("payment.looks_wrong", scene, told=str(told.amount or "")), at=scene.at,
           by=scene.by)  # fmt: skip
    return Outcome.DISPUTED


def _alert(kind: str, scene: Scene, **content: Any) -> Fact:
    payment = scene.payment
    return Fact(
        kind,
        on=business_day(scene.at),
        account_id=payment.account_id,
        term_id=payment.term_id,
        content={
            "payment": payment.number,
            "order": scene.order.public_id,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            **content,
        },
        once_key=f"{kind}:{payment.number}",
    )
