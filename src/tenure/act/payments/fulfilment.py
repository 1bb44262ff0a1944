"""Do what follows from money that came in, each thing once (R-Y-007).

An effect and the note that it is done are one transaction: killed in between, neither happened,
and it is done again. A refusal leaves it stuck, for a person; money for which nothing can be given
because it was given before goes back by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from tenure.act.payments.grouping import count_effect, wait
from tenure.act.payments.models import Effect
from tenure.act.payments.outbox import FULFIL, INVOICE, PAPERS, POINTS, RECEIPT, plan
from tenure.act.payments.purposes import FULFIL as PURPOSES
from tenure.act.payments.purposes import Sold, bought_batch
from tenure.act.payments.rules import (
    AlreadyRenewed,
    BatchGone,
    GroupFailed,
    GroupWaits,
    StillGiving,
)
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.money import Money
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.rules import unsold
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.actions import mark_reversed, move_order
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import OrderVerb
from tenure.records.billing.orders.states import OrderState, Purpose
from tenure.records.billing.refunds import actions as refunds
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.billing.states import PaymentState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches.actions import give_some
from tenure.records.subscriptions.batches.queries import lines_left

_FIRST_REST: Final = timedelta(seconds=10)
_LONGEST_REST: Final = timedelta(hours=1)


def run_effects(*, at: datetime, by: str, payment_id: int | None = None, limit: int = 500) -> int:
    """Do every effect that is due, or those of one payment; how many were done.

    Several may run this at once: each effect is locked by the one that does it. A batch is given
    some lines at a time: asked for one payment alone, only the next ones, so that nobody waits.
    """
    due = Effect.objects.filter(done_at=None, stuck_at=None, due_at__lte=at)
    if payment_id is not None:
        due = due.filter(payment_id=payment_id)
    done = 0
    while ids := list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        for one in ids:
            give_lines(one, at=at, by=by, is_all=payment_id is None)
            count_effect(one, at=at, by=by)
        results = [_run(one, at=at, by=by) for one in ids]
        done += sum(results)
        if not any(results) or payment_id is None:
            break
    return done


def give_lines(effect_id: int, *, at: datetime, by: str, is_all: bool) -> None:
    """Give the lines of a paid batch, each handful in a transaction of its own.

    Killed in between, the lines that were given stay given and the others follow.
    """
    effect = Effect.objects.select_related("payment__order").get(pk=effect_id)
    order = effect.payment.order
    if effect.kind != FULFIL or order is None or order.purpose != Purpose.BATCH:
        return
    try:
        bought = bought_batch(Sold(order, effect.payment, at, by))
    except BatchGone:
        return
    while give_some(bought, at=at, by=by) and is_all:
        pass


def _run(effect_id: int, *, at: datetime, by: str) -> bool:
    try:
        with transaction.atomic():
            return _do(effect_id, at=at, by=by)
    except StillGiving:
        return False
    except GroupWaits:
        wait(effect_id)
    except AlreadyRenewed as failure:
        _return_money(effect_id, failure, at=at, by=by)
    except Refusal as refusal:
        _get_stuck(effect_id, refusal, at=at, by=by)
    except Outage as outage:
        _rest(effect_id, outage, at=at)
    return False


def _locked(effect_id: int) -> Effect | None:
    """The effect, if it is still to be done and nobody else is doing it."""
    skips = connection.features.has_select_for_update_skip_locked
    rows = Effect.objects.select_for_update(skip_locked=skips, no_key=True)
    return rows.filter(pk=effect_id, done_at=None, stuck_at=None).first()


@dataclass(frozen=True, slots=True)
class _Doing:
    """An effect that is being done, its row locked."""

    effect: Effect
    at: datetime
    by: str


def _do(effect_id: int, *, at: datetime, by: str) -> bool:
    effect = _locked(effect_id)
    if effect is None:
        return False
    _VERBS[effect.kind](_Doing(effect, at, by))
    effect.done_at, effect.tries = at, effect.tries + 1
    effect.save(update_fields=["done_at", "tries"])
    return True


def _fulfil(doing: _Doing) -> None:
    """Give what was bought, close the order, and let the papers follow."""
    at, by = doing.at, doing.by
    payment = Payment.objects.get(pk=doing.effect.payment_id)
    order = Order.objects.select_for_update(no_key=True).get(pk=payment.pays_order)
    if order.state != OrderState.PAID:
        return
    if order.purpose == Purpose.BATCH and lines_left(order.pk):
        raise StillGiving()
    if order.purpose != Purpose.BATCH and payment.state == PaymentState.REFUNDED:
        # It was stuck, and a person gave all the money back: nothing is owed for it any more.
        mark_reversed(order.pk, at=at, by=by)
        return
    given = PURPOSES[order.purpose](Sold(order, payment, at, by))
    if given.term_id is not None:
        payment.term_id = given.term_id
        payment.save(update_fields=["term"])
    move_order(order, OrderVerb.FULFIL, at=at, by=by, **(given.content or {}))
    plan(payment, *PAPERS, at=at)


def _ask(kind: str) -> Callable[[_Doing], None]:
    """An effect that another idea gives: the journal asks for it, once."""

    def asked(doing: _Doing) -> None:
        payment = Payment.objects.get(pk=doing.effect.payment_id)
        fact = Fact(
            kind,
            on=business_day(doing.at),
            account_id=payment.account_id,
            term_id=payment.term_id,
            content={
                "payment": payment.pk,
                "number": payment.number,
                "amount_minor": payment.amount_minor,
                "currency": payment.currency,
            },
            once_key=f"{kind}:{payment.number}",
        )
        append(fact, at=doing.at, by=doing.by)

    return asked


_VERBS: Mapping[str, Callable[[_Doing], None]] = {
    FULFIL: _fulfil,
    RECEIPT: _ask("receipt.due"),
    INVOICE: _ask("invoice.due"),
    POINTS: _ask("points.due"),
}


@transaction.atomic
def _return_money(effect_id: int, failure: AlreadyRenewed, *, at: datetime, by: str) -> None:
    """What was paid for cannot be given any more: the money goes back and the order is undone."""
    effect = _locked(effect_id)
    if effect is None:
        return
    payment = Payment.objects.get(pk=effect.payment_id)
    order = Order.objects.select_for_update(no_key=True).get(pk=payment.pays_order)
    event = Event(
        f"unsold:{payment.number}",
        "unsold",
        on=business_day(at),
        account_id=payment.account_id,
        order_id=order.pk,
        payment_id=payment.pk,
    )
    book(event, unsold(Money(payment.amount_minor, payment.currency)), at=at, by=by)
    back = NewRefund(
        payment.pk, RefundReason.NOT_FULFILLED, once_key=f"unfulfilled:{payment.number}"
    )
    refunds.request(back, at=at, by=by)
    mark_reversed(order.pk, at=at, by=by)
    effect.done_at, effect.tries, effect.told = at, effect.tries + 1, {"code": failure.code}
    effect.save(update_fields=["done_at", "tries", "told"])
    kind = "group.refunded" if isinstance(failure, GroupFailed) else "payment.came_twice"
    append(_alert(kind, payment, order=order, at=at), at=at, by=by)


@transaction.atomic
def _get_stuck(effect_id: int, refusal: Refusal, *, at: datetime, by: str) -> None:
    """A person looks: paid, and what was bought could not be given."""
    effect = _locked(effect_id)
    if effect is None:
        return
    effect.stuck_at, effect.tries, effect.told = at, effect.tries + 1, refusal.as_problem()
    effect.save(update_fields=["stuck_at", "tries", "told"])
    payment = Payment.objects.select_related("order").get(pk=effect.payment_id)
    assert payment.order is not None, "effects follow from payments of orders"
    append(_alert("payment.stuck", payment, order=payment.order, at=at), at=at, by=by)


@transaction.atomic
def _rest(effect_id: int, outage: Outage, *, at: datetime) -> None:
    effect = _locked(effect_id)
    if effect is not None:
        effect.tries += 1
        effect.due_at = at + min(_FIRST_REST * 2 ** min(effect.tries, 12), _LONGEST_REST)
        effect.told = outage.as_problem()
        effect.save(update_fields=["tries", "due_at", "told"])


@transaction.atomic
def retry_effect(effect_id: int, *, at: datetime, by: str) -> Effect:
    """A person put right what stood in the way: try a stuck effect again."""
    effect = Effect.objects.select_for_update(no_key=True).get(pk=effect_id)
    if effect.stuck_at is not None and effect.done_at is None:
        effect.stuck_at, effect.due_at = None, at
        effect.save(update_fields=["stuck_at", "due_at"])
        payment = Payment.objects.select_related("order").get(pk=effect.payment_id)
        fact = Fact(
            "payment.retried",
            on=business_day(at),
            account_id=payment.account_id,
            term_id=payment.term_id,
            content={"payment": payment.number, "effect": effect.kind},
        )
        append(fact, at=at, by=by)
    return effect


def _alert(kind: str, payment: Payment, *, order: Order, at: datetime) -> Fact:
    return Fact(
        kind,
        on=business_day(at),
        account_id=payment.account_id,
        term_id=payment.term_id,
        content={
            "payment": payment.number,
            "order": order.public_id,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
        },
        once_key=f"{kind}:{payment.number}",
    )
