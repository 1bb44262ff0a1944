"""The life of a present, and why something cannot be done with one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.gifts.states import GiftState
from tenure.strategy.benefits import GiftKind, GiftRule


class GiftVerb(StrEnum):
    """What may happen to a present."""

    SEND = "be sent"
    DELIVER = "be delivered"
    RETURN = "come back"
    CANCEL = "be cancelled"


GIFT = Lifecycle(
    {
        (GiftState.OPEN, GiftVerb.SEND): GiftState.SENT,
        (GiftState.OPEN, GiftVerb.CANCEL): GiftState.CANCELLED,
        (GiftState.SENT, GiftVerb.DELIVER): GiftState.DELIVERED,
        (GiftState.SENT, GiftVerb.RETURN): GiftState.RETURNED,
        (GiftState.DELIVERED, GiftVerb.RETURN): GiftState.RETURNED,
    },
    name="gift",
    start=GiftState.OPEN,
)


class GiftGone(Refusal):
    """The last one was given to somebody else."""

    code = "gift_gone"
    said = Sentence(
        zh="“{gift}”刚刚发完；请选择另一份礼物，或稍后再试。",
        en="“{gift}” has just run out; choose another present, or try again later.",
    )


class NotOffered(Refusal):
    """A present that this renewal does not bring."""

    code = "gift_not_offered"
    said = Sentence(
        zh="这次续费不含这份礼物；请从列出的礼物中选择。",
        en="This renewal does not bring that present; choose one of those listed.",
    )


class ChosenAlready(Refusal):
    """A present whose choice is made, or whose time is over."""

    code = "gift_settled"
    said = Sentence(
        zh="这份礼物已经{state}，不能再选。",
        en="This present is {state} and can no longer be chosen.",
    )


class NoAddress(Refusal):
    """A thing that is posted needs to know where to."""

    code = "gift_no_address"
    said = Sentence(
        zh="请填写收件人、电话和地址，礼物才能寄出。",
        en="Give a name, a telephone number and an address, so that it can be posted.",
    )


class NotChosen(Refusal):
    """Nothing can be sent before the customer chose."""

    code = "gift_not_chosen"
    said = Sentence(
        zh="礼物 {gift} 还没有选定，不能寄出；请等客户选择。",
        en="Nothing was chosen for {gift} yet, so it cannot be sent; wait for the customer.",
    )


@dataclass(frozen=True, slots=True)
class Address:
    """Where a present goes; empty for a code."""

    recipient: str = ""
    phone: str = ""
    text: str = ""

    @property
    def is_whole(self) -> bool:
        return all(one.strip() for one in (self.recipient, self.phone, self.text))


NOWHERE = Address()

STATE_SAID = {
    GiftState.OPEN: Sentence(zh="选定", en="chosen"),
    GiftState.SENT: Sentence(zh="寄出", en="sent"),
    GiftState.DELIVERED: Sentence(zh="送达", en="delivered"),
    GiftState.RETURNED: Sentence(zh="退回", en="returned"),
    GiftState.CANCELLED: Sentence(zh="取消", en="cancelled"),
}


def gifts_for(gifts: Iterable[GiftRule], *, plan: str, cycle_months: int) -> tuple[GiftRule, ...]:
    """The presents of which a renewal brings one (OFR-18)."""
    return tuple(one for one in gifts if one.goes_with(plan=plan, cycle_months=cycle_months))


def check_address(rule: GiftRule, address: Address) -> None:
    """Refuse to post something to nowhere.

    Raises:
        NoAddress: a part is missing.
    """
    if rule.kind is GiftKind.POST and not address.is_whole:
        raise NoAddress()
