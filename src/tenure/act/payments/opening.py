"""Open an attempt to pay an order, and say where the customer goes to pay it.

The attempt and its number are stored before the provider hears of it (R-Y-003). The same way
chosen again is the same attempt; another way closes the one before (R-Y-009); an attempt whose
answer never came blocks another one until the provider was asked (R-Y-012).
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tenure.act.payments import registry
from tenure.act.payments.addresses import notify_url
from tenure.act.payments.asking import ask_provider, close_overtaken
from tenure.act.payments.outbox import FULFIL, plan
from tenure.act.payments.provider import PaymentProvider, ProviderRefused
from tenure.act.payments.rules import ASKED_AFTER, Outcome, StillUnknown, Told
from tenure.act.payments.settling import book_sale, settle
from tenure.act.payments.values import Charge, HandOff, HandOffKind, Status
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.money import Money
from tenure.records.billing.actions import Step, move_payment
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.actions import move_order, prolong
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import AlreadyPaid, OrderOver, OrderVerb, over
from tenure.records.billing.orders.states import TAKEN, OrderState
from tenure.records.billing.rules import PAYMENT, PaymentVerb, number_on
from tenure.records.billing.states import OPEN, Origin, PaymentState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day, current

# R-Y-020: a customer who went to pay has two hours, or until the order's end.
TIME_TO_PAY: Final = timedelta(hours=2)
# A transfer takes days; it lives as long as its order.
UNHURRIED: Final = frozenset({"transfer", "mandate"})
_FREE: Final = "free"

# A bank takes its days; whoever pays by transfer has these.
TRANSFER: Final = "transfer"
WAITS_FOR_TRANSFER: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class How:
    """How a customer wants to pay: by which method, from where, and as whom at the provider."""

    method: str
    return_url: str = ""
    client_ip: str = ""
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An attempt, and where the customer pays it; nothing is to be paid where `handoff` is None."""

    payment: Payment
    handoff: HandOff | None


def open_attempt(order: Order, method: str | How, *, at: datetime, by: str) -> Opened:
    """Open an attempt to pay, or find the open one of the same way.

    Raises:
        AlreadyPaid: the order is paid.
        OrderOver: the order was cancelled or its time is over.
        StillUnknown: an earlier attempt has no answer yet, and the provider still gives none.
        ProviderDown: this provider does not answer; nothing was charged that we know of.
    """
    how = How(method) if isinstance(method, str) else method
    if order.total_minor == 0:
        return Opened(_take_free(order.pk, at=at, by=by), None)
    provider = registry.provider_of(how.method)
    way = registry.way_of(how.method)
    if way == TRANSFER and at < order.expires_at:
        prolong(order.pk, until=at + WAITS_FOR_TRANSFER, at=at, by=by)
    waiting = Payment.objects.filter(order=order, state=PaymentState.UNKNOWN, superseded_at=None)
    for one in waiting:
        _ask_again(one, at=at, by=by)
    payment = store_attempt(order.pk, Attempted(how, provider.name, way), at=at, by=by)
    close_overtaken(order.pk, at=at, by=by)
    _check_still_due(payment, at=at, by=by)
    if not payment.handoff:
        payment = _begun(payment, how, provider, at=at, by=by)
    return Opened(payment, _read(payment.handoff))


def _ask_again(payment: Payment, *, at: datetime, by: str) -> None:
    if ask_provider(payment.pk, at=at, by=by) == Outcome.UNCHANGED:
        payment.refresh_from_db()
        if payment.state == PaymentState.UNKNOWN:
            raise StillUnknown(payment=payment.number)


@dataclass(frozen=True, slots=True)
class Attempted:
    """By which way an order is being paid: the method, its provider, and the provider's way."""

    how: How
    source: str
    way: str

    def is_same(self, payment: Payment) -> bool:
        return (payment.source, payment.way) == (self.source, self.way)


@transaction.atomic
def store_attempt(order_id: int, plan: Attempted, *, at: datetime, by: str) -> Payment:
    """The attempt of this way, stored with its number; an open one of another way is overtaken."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    check_payable(order, at=at)
    current_one = Payment.objects.select_for_update(no_key=True).filter(
        order=order, state__in=OPEN, superseded_at=None
    ).first()  # fmt: skip
    if current_one is not None:
        if current_one.state == PaymentState.UNKNOWN:
            raise StillUnknown(payment=current_one.number)
        assert current_one.expires_at is not None, "an attempt of ours ends"
        if plan.is_same(current_one) and at < current_one.expires_at:
            return current_one
        current_one.superseded_at = current_one.next_query_at = at
        current_one.save(update_fields=["superseded_at", "next_query_at"])
    return _created(order, plan, at=at, by=by)


def check_payable(order: Order, *, at: datetime) -> None:
    """Refuse an order for which nothing may be paid any more.

    Raises:
        AlreadyPaid, OrderOver.
    """
    if order.state in TAKEN:
        assert order.paid_at is not None, "a paid order has its instant"
        raise AlreadyPaid(order=order.public_id, paid_on=business_day(order.paid_at))
    if order.state != OrderState.OPEN:
        raise over(order.public_id, state=OrderState(order.state))
    if at >= order.expires_at:
        raise over(order.public_id, state=OrderState.EXPIRED)


def _created(order: Order, plan: Attempted, *, at: datetime, by: str) -> Payment:
    on = business_day(at)
    number = number_on(on, initial="R", entropy=secrets.token_bytes)
    ends = order.expires_at if plan.way in UNHURRIED else min(order.expires_at, at + TIME_TO_PAY)
    payment = Payment.objects.create(
        account_id=order.account_id,
        term_id=order.subject.get("term_id"),
        source=plan.source,
        external_id=number,
        amount_minor=order.total_minor,
        currency=order.currency,
        method=plan.how.method[:30],
        state=PAYMENT.start,
        paid_on=on,
        recorded_at=at,
        order=order,
        number=number,
        way=plan.way,
        expires_at=ends,
        next_query_at=at + ASKED_AFTER[0],
    )
    append(
        Fact(
            "payment.created",
            on=on,
            account_id=order.account_id,
            term_id=payment.term_id,
            content={
                "order": order.public_id,
                "payment": number,
                "amount_minor": payment.amount_minor,
                "currency": payment.currency,
                "method": payment.method,
            },
            once_key=f"payment.created:{number}",
        ),
        at=at,
        by=by,
    )
    return payment


def _check_still_due(payment: Payment, *, at: datetime, by: str) -> None:
    """Closing the attempt before may have shown that it was paid: then nothing is due any more."""
    order = Order.objects.get(pk=payment.pays_order)
    if order.state == OrderState.OPEN:
        return
    if payment.state == PaymentState.CREATED and not payment.handoff:
        settle(payment.pk, Told(Status.CLOSED, Origin.ENGINE), at=at, by=by)
    check_payable(order, at=at)


def _begun(
    payment: Payment, how: How, provider: PaymentProvider, *, at: datetime, by: str
) -> Payment:
    """Tell the provider; called again with the same number it is the same payment there."""
    try:
        handoff = provider.create(_charge(payment, how), at=at)
    except Outage as outage:
        _move(payment.pk, PaymentVerb.LOSE_SIGHT, at=at, by=by, told={"code": outage.code})
        raise
    except Refusal as refusal:
        known = _known_otherwise(payment, refusal, at=at, by=by)
        if known is not None:
            return known
        raise
    return _move(
        payment.pk,
        PaymentVerb.BEGIN,
        at=at,
        by=by,
        handoff=asdict(handoff),
        provider_id=handoff.provider_id,
    )


def _known_otherwise(
    payment: Payment, refusal: Refusal, *, at: datetime, by: str
) -> Payment | None:
    """The provider declined to open it: perhaps another click did, or it is paid already.

    So it is asked about before it is given up. None where it cannot be opened.

    Raises:
        AlreadyPaid, OrderOver: it was paid meanwhile.
    """
    if isinstance(refusal, ProviderRefused):
        ask_provider(payment.pk, at=at, by=by)
        check_payable(Order.objects.get(pk=payment.pays_order), at=at)
        payment.refresh_from_db()
        if payment.state in OPEN and payment.handoff:
            return payment
    _move(
        payment.pk,
        PaymentVerb.FAIL,
        at=at,
        by=by,
        told={"code": refusal.code},
        decline_code=str(refusal.data.get("reason", refusal.code))[:60],
        next_query_at=None,
    )
    return None


def _charge(payment: Payment, how: How) -> Charge:
    assert payment.number is not None, "stored before"
    assert payment.expires_at is not None, "an attempt of ours ends"
    business = current().business
    return Charge(
        number=payment.number,
        amount=Money(payment.amount_minor, payment.currency),
        subject=business.name.say(business.language),
        way=payment.way,
        return_url=how.return_url or f"{business.portal_url}/orders/{payment.number}",
        notify_url=notify_url(payment.source),
        expires_at=payment.expires_at,
        client_ip=how.client_ip,
        payer=how.payer,
    )


@transaction.atomic
def _move(
    payment_id: int,
    verb: PaymentVerb,
    *,
    at: datetime,
    by: str,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> Payment:
    """Move an attempt if that is still possible: its notification may have come first."""
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    if PAYMENT.allows(PaymentState(payment.state), verb):
        step = Step(Origin.ENGINE, on=business_day(at), at=at, by=by, told=told or {})
        return move_payment(payment, verb, step=step, **changes)
    if changes.get("handoff") and not payment.handoff:
        payment.handoff = changes["handoff"]
        payment.save(update_fields=["handoff"])
    return payment


def lose_sight(payment_id: int, *, at: datetime, by: str) -> Payment:
    """Money may have moved and no answer came: it is found out by asking, never taken again."""
    return _move(payment_id, PaymentVerb.LOSE_SIGHT, at=at, by=by, told={"code": "no_answer"})


def _read(stored: dict[str, Any]) -> HandOff | None:
    if not stored:
        return None
    return HandOff(**{**stored, "kind": HandOffKind(stored["kind"])})


@transaction.atomic
def _take_free(order_id: int, *, at: datetime, by: str) -> Payment:
    """Nothing is to be paid: the order counts as paid, and what it gives follows."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    known = Payment.objects.filter(order=order, source=_FREE).first()
    if known is not None:
        return known
    check_payable(order, at=at)
    how = How(_FREE)
    payment = _created(order, Attempted(how, _FREE, _FREE), at=at, by=by)
    step = Step(Origin.ENGINE, on=business_day(at), at=at, by=by)
    move_payment(payment, PaymentVerb.SUCCEED, step=step, paid_at=at, next_query_at=None)
    move_order(order, OrderVerb.PAY, at=at, by=by, payment=payment.number)
    book_sale(order, payment, at=at, by=by)
    plan(payment, FULFIL, at=at)
    return payment


__all__ = [
    "Attempted",
    "How",
    "Opened",
    "OrderOver",
    "check_payable",
    "lose_sight",
    "open_attempt",
    "store_attempt",
]
