"""Money that a confirmed cancellation promised: asked for with it, or put before a person."""

from __future__ import annotations

from datetime import date, datetime

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.messages.wording import priced
from tenure.decide.saves.refunds import UNUSED_DAYS
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds import actions as refunds
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.billing.states import PaymentState
from tenure.records.cancellations.models import Cancellation
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.sections import Strategy

_BY_HAND = Sentence(
    zh="客户取消后应退 {amount}，系统找不到可退的付款；请人工退款，受理号 {number}。",
    en="{amount} is owed after a cancellation and no payment was found to refund it from; "
    "pay it back by hand, number {number}.",
)


def pay_back(
    row: Cancellation, *, strategy: Strategy, on: date, at: datetime, by: str
) -> Refund | None:
    """Ask for the refund of a confirmed cancellation, once, in the caller's transaction.

    Where no payment can carry it, a person is asked: what was promised is owed all the same.
    """
    if row.refund_minor is None:
        return None
    amount = Money(row.refund_minor, row.currency)
    paid = Payment.objects.filter(term_id=row.term_id, state=PaymentState.SUCCEEDED)
    is_promise = row.refund_basis == UNUSED_DAYS
    for payment_id in paid.order_by("-paid_on", "-pk").values_list("pk", flat=True):
        new = NewRefund(
            payment_id,
            RefundReason.CANCELLATION if is_promise else RefundReason.WITHDRAWAL,
            f"cancellation:{row.public_id}",
            amount=amount,
        )
        try:
            return refunds.request(new, at=at, by=by)
        except Refusal:
            continue
    wanted = Wanted(
        ToDoKind.CALL,
        account_id=row.account_id,
        term_id=row.term_id,
        once_key=f"refund:{row.public_id}",
        why=_BY_HAND.fill(amount=priced(amount), number=row.public_id),
    )
    open_todos([wanted], desk=Desk(strategy, on, at, by))
    return None
