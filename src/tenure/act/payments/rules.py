"""What becomes of money that came in, when to ask a provider, and what a person is told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tenure.act.payments.values import Found, Status
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money

# R-Y-004: after these the provider is asked again when the time to pay is over.
ASKED_AFTER: Final = tuple(timedelta(seconds=one) for one in (5, 15, 30, 60, 120, 300, 600))
# A payment whose answer never came is asked for until there is one.
ASKED_EVERY: Final = timedelta(minutes=10)
# So long after its end a payment of the last second may still be told.
LAST_WORD: Final = timedelta(seconds=30)


class Destiny(StrEnum):
    """What becomes of money that came in for an order."""

    TAKE = "take"  # it pays the order
    HONOUR = "honour"  # it was paid in time, though we were told late
    DOUBLE = "double"  # the same thing was paid before
    LATE = "late"  # the order is over


class Outcome(StrEnum):
    """What a provider's word changed here."""

    PAID = "paid"
    DOUBLE = "double"
    LATE = "late"
    DISPUTED = "disputed"
    FAILED = "failed"
    CLOSED = "closed"
    PENDING = "pending"
    UNCHANGED = "unchanged"


class StillUnknown(Refusal):
    """An attempt without an answer blocks another one for the same order (R-Y-012)."""

    code = "payment_unknown"
    said = Sentence(
        zh="上一笔付款（{payment}）的结果还不确定，正在向渠道查询；为避免重复扣款，请稍等片刻再试。",
        en="We do not know yet whether your payment {payment} went through and are asking the "
        "provider; to keep you from paying twice, wait a moment and try again.",
    )


class NotStranded(Refusal):
    """A refund that nobody is to pay out by hand."""

    code = "not_stranded"
    said = Sentence(
        zh="退款 {refund} 现为“{state}”，不需要人工打款；没有记录任何变动，请先查看它的状态。",
        en="Refund {refund} is {state}, so nobody is to pay it out by hand; nothing was recorded. "
        "Look at where it stands first.",
    )


class AlreadyRenewed(Refusal):
    """What was paid for was given before, by another way."""

    code = "already_renewed"
    said = Sentence(
        zh="本期已经续过费；这笔 {amount} 的付款会原路退回。",
        en="This term was renewed already; the payment of {amount} goes back the way it came.",
    )


class BatchGone(AlreadyRenewed):
    """A batch was paid that had been opened again or given up meanwhile."""

    code = "batch_gone"
    said = Sentence(
        zh="这个批次在付款前已被改动或撤销；这笔 {amount} 的付款会原路退回。",
        en="This batch was changed or dropped before the money came; the payment of {amount} goes "
        "back the way it came.",
    )


class GroupFailed(AlreadyRenewed):
    """A group that too few joined in time: nobody is renewed, and everybody's money goes back."""

    code = "group_failed"
    said = Sentence(
        zh="拼团未成；这笔 {amount} 的付款会全额原路退回。",
        en="The group was not formed; the payment of {amount} goes back in full the way it came.",
    )


class GroupWaits(Refusal):
    """A paid order of a group that still gathers."""

    code = "group_waits"
    said = Sentence(
        zh="已付款，正在等待成团；截止仍未成团会全额退回。",
        en="Paid; the group still gathers. If it is not formed in time, all of it goes back.",
    )


class StillGiving(Refusal):
    """A batch of which some lines are still to be given."""

    code = "still_giving"
    said = Sentence(
        zh="批次仍在逐行续费，请稍候；无需再次付款。",
        en="The lines of this batch are still being renewed; wait a moment. Nothing more is due.",
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """An order at the moment at which money arrives for it."""

    is_open: bool
    is_taken: bool
    is_expired: bool
    expires_at: datetime
    is_bought_elsewhere: bool = False  # another order for the same thing holds money


def destiny(order: Standing, *, paid_at: datetime) -> Destiny:
    """What becomes of money that was paid at an instant (R-Y-008, R-Y-009)."""
    if order.is_taken or order.is_bought_elsewhere:
        return Destiny.DOUBLE
    if order.is_open:
        return Destiny.TAKE
    if order.is_expired and paid_at <= order.expires_at:
        return Destiny.HONOUR
    return Destiny.LATE


def next_query(
    opened_at: datetime, *, at: datetime, expires_at: datetime, is_unknown: bool = False
) -> datetime | None:
    """When the provider is asked next about a payment that was opened at an instant (R-Y-004).

    At 5, 15, 30 seconds, 1, 2, 5 and 10 minutes, and when the time to pay is over; None after
    that, when the daily bill decides. A payment without an answer is asked for every 10 minutes.
    """
    end = expires_at + LAST_WORD
    planned = [*(opened_at + one for one in ASKED_AFTER if opened_at + one < end), end]
    later = [one for one in planned if one > at]
    if is_unknown:
        return min([*later, at + ASKED_EVERY])
    return later[0] if later else None


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider said about one payment, and by which way we know.

    `merchant` is None where nobody else's could be meant: in the answer to our own question.
    """

    status: Status
    origin: str
    provider_id: str = ""
    amount: Money | None = None
    paid_at: datetime | None = None
    merchant: str | None = None
    decline_code: str = ""
    words: dict[str, str] = field(default_factory=dict)

    @classmethod
    def found(cls, answer: Found, *, origin: str) -> "Told":
        """The answer to a question of ours."""
        return cls(
            status=answer.status,
            origin=origin,
            provider_id=answer.provider_id,
            amount=answer.amount,
            paid_at=answer.paid_at,
            decline_code=answer.decline_code,
        )


def is_wrong(told: Told, *, asked: Money, merchant: str) -> bool:
    """Whether what was paid is not what we asked for: another amount, currency or merchant."""
    if told.merchant is not None and told.merchant != merchant:
        return True
    return told.amount is not None and told.amount != asked
