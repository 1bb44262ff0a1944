"""Place an order, and move it on: the only writers of orders."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tenure.kernel.identifiers import new_id
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import ORDER, AlreadyPaid, NewOrder, OrderVerb
from tenure.records.billing.orders.states import TAKEN, OrderState
from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day

_AT_ONCE = 500
_KINDS = {
    OrderVerb.PAY: "order.paid",
    OrderVerb.HONOUR: "order.paid",
    OrderVerb.FULFIL: "order.fulfilled",
    OrderVerb.CANCEL: "order.cancelled",
    OrderVerb.EXPIRE: "order.expired",
}


@transaction.atomic
def place(new: NewOrder, *, at: datetime, by: str) -> Order:
    """Note what a customer wants to buy; placed again under the same key, the order that is there.

    An older open order for the same thing is cancelled: whoever chooses anew has dropped it.

    Raises:
        PriceChanged: the bill is not the one that the customer saw.
        AlreadyPaid: the same thing was bought and paid before.
    """
    Account.objects.select_for_update(no_key=True).get(pk=new.account_id)
    known = Order.objects.filter(once_key=new.once_key).first()
    if known is not None and known.state != OrderState.OPEN:
        return known
    new.check_price()
    if known is not None:
        return known
    _make_room(new, at=at, by=by)
    order = Order.objects.create(
        public_id=new_id("ord", at),
        account_id=new.account_id,
        purpose=new.purpose,
        subject=dict(new.subject),
        subject_key=new.subject_key,
        bill=dict(new.bill),
        digest=new.digest,
        total_minor=new.total.amount_minor,
        currency=new.total.currency,
        state=ORDER.start,
        once_key=new.once_key,
        placed_at=at,
        placed_on=new.placed_on,
        expires_at=new.expires_at,
    )
    append(_about(order, "order.placed", at=at), at=at, by=by)
    return order


def _make_room(new: NewOrder, *, at: datetime, by: str) -> None:
    if not new.subject_key:
        return
    same = Order.objects.select_for_update(no_key=True).filter(subject_key=new.subject_key)
    for order in same.filter(state__in=TAKEN, reversed_at=None):
        assert order.paid_at is not None, "an order that was taken has its instant"
        raise AlreadyPaid(order=order.public_id, paid_on=business_day(order.paid_at))
    for order in same.filter(state=OrderState.OPEN):
        move_order(order, OrderVerb.CANCEL, at=at, by=by, why="replaced")


def move_order(order: Order, verb: OrderVerb, *, at: datetime, by: str, **told: Any) -> Order:
    """Move an order, whose row is locked; the journal hears of it once.

    Raises:
        IllegalMove: the order is not where this can happen.
    """
    order.state = ORDER.after(OrderState(order.state), verb)
    if order.state == OrderState.PAID:
        order.paid_at, order.closed_at = at, None
    else:
        order.closed_at = at
    order.save(update_fields=["state", "paid_at", "closed_at"])
    append(_about(order, _KINDS[verb], at=at, **told), at=at, by=by)
    return order


@transaction.atomic
def cancel(order_id: int, *, at: datetime, by: str) -> Order:
    """Give an unpaid order up; cancelled or expired already, it stays as it is.

    Raises:
        IllegalMove: it is paid.
    """
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.state not in (OrderState.CANCELLED, OrderState.EXPIRED):
        move_order(order, OrderVerb.CANCEL, at=at, by=by)
    return order


@transaction.atomic
def mark_reversed(order_id: int, *, at: datetime, by: str) -> Order:
    """Note that what an order gave was taken back, so that it can be bought again."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.reversed_at is None:
        order.reversed_at = at
        order.save(update_fields=["reversed_at"])
        append(_about(order, "order.reversed", at=at), at=at, by=by)
    return order


@transaction.atomic
def prolong(order_id: int, *, until: datetime, at: datetime, by: str) -> Order:
    """Let an open order wait longer, as for a transfer; never for less time than it had."""
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.state == OrderState.OPEN and order.expires_at < until:
        order.expires_at = until
        order.save(update_fields=["expires_at"])
        append(_about(order, "order.prolonged", at=at, until=until.isoformat()), at=at, by=by)
    return order


def expire_due(
    *, at: datetime, by: str, waits: timedelta = timedelta(0), subject_key: str = ""
) -> int:
    """Expire open orders whose time is over, at most 500 at once; how many.

    Args:
        waits: so long after its end a payment of the last second can still be told.
        subject_key: only those for one thing.
    """
    due = Order.objects.filter(state=OrderState.OPEN, expires_at__lte=at - waits)
    if subject_key:
        due = due.filter(subject_key=subject_key)
    ids = list(due.order_by("expires_at").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_expire(one, at=at, by=by) for one in ids)


@transaction.atomic
def _expire(order_id: int, *, at: datetime, by: str) -> bool:
    order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
    if order.state != OrderState.OPEN:
        return False
    move_order(order, OrderVerb.EXPIRE, at=at, by=by)
    return True


def _about(order: Order, kind: str, *, at: datetime, **told: Any) -> Fact:
    return Fact(
        kind,
        on=business_day(at),
        account_id=order.account_id,
        term_id=order.subject.get("term_id"),
        content={
            "order": order.public_id,
            "purpose": str(order.purpose),
            "total_minor": order.total_minor,
            "currency": order.currency,
            **told,
        },
        once_key=f"{kind}:{order.public_id}",
    )
