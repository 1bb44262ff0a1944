"""The life of an order, what a new one says, and why one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.records.billing.orders.states import OrderState, Purpose


class OrderVerb(StrEnum):
    """What may happen to an order."""

    PAY = "be paid"
    FULFIL = "be fulfilled"
    CANCEL = "be cancelled"
    EXPIRE = "expire"
    HONOUR = "be honoured"


ORDER = Lifecycle(
    {
        (OrderState.OPEN, OrderVerb.PAY): OrderState.PAID,
        (OrderState.OPEN, OrderVerb.CANCEL): OrderState.CANCELLED,
        (OrderState.OPEN, OrderVerb.EXPIRE): OrderState.EXPIRED,
        (OrderState.PAID, OrderVerb.FULFIL): OrderState.FULFILLED,
        # Paid in time by the provider's clock, and only told to us after the time was over.
        (OrderState.EXPIRED, OrderVerb.HONOUR): OrderState.PAID,
    },
    name="order",
    start=OrderState.OPEN,
)


class PriceChanged(Refusal):
    """The bill that the customer saw is not today's."""

    code = "price_changed"
    said = Sentence(
        zh="价格已在您查看之后变动，现为 {total}；尚未扣款，请核对新价格后再确认。",
        en="The price has changed since you saw it and is now {total}; nothing was charged. "
        "Check the new price and confirm again.",
    )


class AlreadyPaid(Refusal):
    """What is ordered was bought and paid before."""

    code = "already_paid"
    said = Sentence(
        zh="这一项已于 {paid_on} 付款（订单 {order}），无需再付；没有产生新的扣款。",
        en="This was paid on {paid_on} already (order {order}); nothing more is due and nothing "
        "was charged.",
    )


class OrderOver(Refusal):
    """An order that can no longer be paid."""

    code = "order_over"
    said = Sentence(
        zh="订单 {order} 已{why}，不能再付款；没有产生扣款，请重新下单。",
        en="Order {order} {why} and can no longer be paid; nothing was charged. Order again.",
    )


class UnknownOrder(Refusal):
    """No order has this name."""

    code = "unknown_order"
    said = Sentence(
        zh="没有订单“{order}”；没有产生扣款，请从续费页面重新开始。",
        en="There is no order “{order}”; nothing was charged. Start again from the renewal page.",
    )


_WHY = {
    OrderState.CANCELLED: Sentence(zh="取消", en="was cancelled"),
    OrderState.EXPIRED: Sentence(zh="过期", en="has expired"),
}


def over(order: str, *, state: OrderState) -> OrderOver:
    """The refusal of an order that ended unpaid."""
    return OrderOver(order=order, why=_WHY[state])


def renewal_key(term_id: int) -> str:
    """The one thing that the renewal of a term is, however it is ordered."""
    return f"renewal:term:{term_id}"


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is to be ordered.

    Args:
        once_key: the same key is the same order, however often it is placed.
        seen_digest: the digest of the bill that the customer saw; empty where nobody looked.
        bill: today's bill as JSON; `digest` names its content and `total` is what it comes to.
        placed_on: the day of the price, in the business's zone.
        subject_key: what can be bought only once; see `Order`.
    """

    account_id: int
    purpose: Purpose
    subject: Mapping[str, Any]
    total: Money
    digest: str
    once_key: str
    placed_on: date
    expires_at: datetime
    bill: Mapping[str, Any] = field(default_factory=dict)
    seen_digest: str = ""
    subject_key: str = ""

    def check_price(self) -> None:
        """Refuse a bill that is not the one that the customer saw.

        Raises:
            PriceChanged: says today's total.
        """
        if self.seen_digest and self.seen_digest != self.digest:
            raise PriceChanged(total=self.total)
