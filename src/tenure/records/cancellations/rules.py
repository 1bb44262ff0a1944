"""The life of an attempt to leave and of an offer to stay, and what is asked of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.records.cancellations.states import CancellationState, SaveAnswer, Stop


class CancellationVerb(StrEnum):
    """What may happen to an attempt to leave."""

    SHOW = "be shown an offer"
    CONFIRM = "be confirmed"
    KEEP = "be given up"
    ABANDON = "be abandoned"


class SaveVerb(StrEnum):
    """What may happen to an offer to stay."""

    ACCEPT = "be accepted"
    DECLINE = "be declined"


CANCELLATION = Lifecycle(
    {
        (CancellationState.STARTED, CancellationVerb.SHOW): CancellationState.OFFER_SHOWN,
        (CancellationState.STARTED, CancellationVerb.CONFIRM): CancellationState.CONFIRMED,
        (CancellationState.STARTED, CancellationVerb.KEEP): CancellationState.KEPT,
        (CancellationState.STARTED, CancellationVerb.ABANDON): CancellationState.ABANDONED,
        (CancellationState.OFFER_SHOWN, CancellationVerb.CONFIRM): CancellationState.CONFIRMED,
        (CancellationState.OFFER_SHOWN, CancellationVerb.KEEP): CancellationState.KEPT,
        (CancellationState.OFFER_SHOWN, CancellationVerb.ABANDON): CancellationState.ABANDONED,
    },
    name="cancellation",
    start=CancellationState.STARTED,
)

SAVE_OFFER = Lifecycle(
    {
        (SaveAnswer.SHOWN, SaveVerb.ACCEPT): SaveAnswer.ACCEPTED,
        (SaveAnswer.SHOWN, SaveVerb.DECLINE): SaveAnswer.DECLINED,
    },
    name="offer to stay",
    start=SaveAnswer.SHOWN,
)


class UnknownCancellation(Refusal):
    """A name that no attempt to leave has."""

    code = "unknown_cancellation"
    said = Sentence(
        zh="没有编号为 {cancellation} 的取消办理；请从首页重新开始。",
        en="There is no cancellation {cancellation}; start again from the home page.",
    )


class NothingToUndo(Refusal):
    """An attempt to leave that was never confirmed."""

    code = "nothing_to_undo"
    said = Sentence(
        zh="这次取消没有确认过，服务照常，无需撤销。",
        en="This cancellation was never confirmed; your service goes on and nothing is to undo.",
    )


class PromiseGone(Refusal):
    """A promised price that was used already, or whose last day is over."""

    code = "promise_gone"
    said = Sentence(
        zh="这项优惠已使用或已过有效期（{valid_until}）；请按现价续费。",
        en="This offer was used already or ended on {valid_until}; renew at today's price.",
    )


@dataclass(frozen=True, slots=True)
class Intent:
    """The first click: who wants to leave what, where, and which rules bind."""

    account_id: int
    subscription_id: int
    term_id: int
    on: date
    channel: str
    language: str
    jurisdiction: str
    policy_version: str
    strategy_hash: str
    is_porting: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An offer to stay as it is shown; `now` is what the customer pays for `now_months`."""

    save_id: str
    kind: str
    rung: int
    now: Money
    now_months: int
    price: Money
    months: int
    valid_until: date
    discount_share: Decimal = Decimal(0)
    buy_months: int = 0
    free_months: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """Why somebody leaves: a reason of the one list (CHR-01), and their own words."""

    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Every offer that was looked at with why it was not shown, and the one that was.

    `held_out_of` names the offer that would have been shown if the lot had not kept it back.
    """

    considered: tuple[Mapping[str, str], ...]
    shown: Shown | None = None
    held_out_of: str = ""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmed cancellation means; `refund` of None is that none is due."""

    stop: Stop
    ends_on: date
    declaration: str
    refund: Money | None = None
    refund_basis: str = ""
