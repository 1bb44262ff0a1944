"""The life of a refund, how much may go back, and who must agree."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.records.billing.refunds.states import (
    BY_ITSELF,
    RefundEffect,
    RefundReason,
    RefundState,
)

# As many as WeChat allows for one payment (R-Y-013); nobody else needs more.
MOST_REFUNDS: Final = 50


class RefundVerb(StrEnum):
    """What may happen to a refund."""

    SEND = "be sent"
    REJECT = "be rejected"
    SUCCEED = "succeed"
    FAIL = "fail"
    STRAND = "strand"


REFUND = Lifecycle(
    {
        (RefundState.REQUESTED, RefundVerb.SEND): RefundState.PROCESSING,
        (RefundState.REQUESTED, RefundVerb.REJECT): RefundState.REJECTED,
        (RefundState.PROCESSING, RefundVerb.SUCCEED): RefundState.SUCCEEDED,
        (RefundState.PROCESSING, RefundVerb.FAIL): RefundState.FAILED,
        (RefundState.PROCESSING, RefundVerb.STRAND): RefundState.ABNORMAL,
        # A person paid it out by another way, or the provider got it through after all.
        (RefundState.ABNORMAL, RefundVerb.SUCCEED): RefundState.SUCCEEDED,
    },
    name="refund",
    start=RefundState.REQUESTED,
)


class RefundTooLarge(Refusal):
    """More is to go back than is left of the payment."""

    code = "refund_too_large"
    said = Sentence(
        zh="这笔付款最多还能退 {left}，不能退 {asked}；没有资金变动，请改小金额。",
        en="At most {left} of this payment can still be refunded, not {asked}; no money moved. "
        "Lower the amount.",
    )


class NotRefundable(Refusal):
    """A payment of which nothing can go back."""

    code = "not_refundable"
    said = Sentence(
        zh="付款 {payment} 处于“{state}”，没有可退的钱；没有资金变动。",
        en="Payment {payment} is {state}, so there is nothing to refund; no money moved.",
    )


class TooManyRefunds(Refusal):
    """One payment was refunded in too many parts."""

    code = "too_many_refunds"
    said = Sentence(
        zh="付款 {payment} 已分 {most} 次退款，达到渠道上限；没有资金变动，余款请线下处理。",
        en="Payment {payment} was refunded in {most} parts, the most that providers allow; "
        "no money moved. Pay the rest by another way.",
    )


class SecondPersonNeeded(Refusal):
    """The person who asked cannot be the one who approves."""

    code = "second_person_needed"
    said = Sentence(
        zh="退款 {refund} 由您提出，必须由另一位同事批准；没有资金变动。",
        en="You asked for refund {refund}, so somebody else must approve it; no money moved.",
    )


class RefundDecided(Refusal):
    """Somebody else decided first."""

    code = "refund_decided"
    said = Sentence(
        zh="退款 {refund} 已由 {who} {what}（现为“{state}”）；您的操作没有产生第二次退款。",
        en="Refund {refund} was {what} by {who} already and is {state} now; "
        "your action moved no money.",
    )


APPROVED: Final = Sentence(zh="批准", en="approved")
REJECTED: Final = Sentence(zh="驳回", en="rejected")


@dataclass(frozen=True, slots=True)
class NewRefund:
    """What is to go back, and why.

    Args:
        once_key: the same key is the same refund, however often it is asked for.
        amount: None for all that is left.
    """

    payment_id: int
    reason: RefundReason
    once_key: str
    amount: Money | None = None
    effect: RefundEffect = RefundEffect.NONE
    note: str = ""


def check_amount(asked: Money, *, left: Money) -> None:
    """Refuse more than is left of a payment.

    Raises:
        RefundTooLarge: names what is left.
        CurrencyMismatch: asked in another currency than was paid.
    """
    if asked > left or asked <= Money.zero(left.currency):
        raise RefundTooLarge(left=left, asked=asked)


def needs_second_person(amount: Money, *, reason: RefundReason, limit: Money) -> bool:
    """Whether a second person must approve (R-Y-013).

    What was never ours goes back by itself. An amount in another currency than the limit's cannot
    be compared with it, so it is always approved.
    """
    if reason in BY_ITSELF:
        return False
    return amount.currency != limit.currency or amount > limit


class Movement(StrEnum):
    """What a refund does to the monthly recurring revenue (golden example G32)."""

    NONE = "none"  # the customer stays
    ERASED = "erased"  # sold and taken back in one month: it was never there
    CHURN = "churn"  # the term ended, and part of it had been served
    REVERSAL = "churn:refund_reversal"  # the month of the sale is closed, so it leaves in this one


def movement_of(*, sold_on: date, refunded_on: date, is_whole: bool, ends: bool) -> Movement:
    """How a refund moves the monthly recurring revenue, in the month of the refund (G32).

    Args:
        is_whole: all that was paid went back.
        ends: the term ends with it.
    """
    if not ends:
        return Movement.NONE
    if not is_whole:
        return Movement.CHURN
    same = (sold_on.year, sold_on.month) == (refunded_on.year, refunded_on.month)
    return Movement.ERASED if same else Movement.REVERSAL
