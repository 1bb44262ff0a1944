"""What may happen to a guest and to a card, and why something cannot be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.records.salons.states import CardState, GuestState

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{4,40}")


class GuestVerb(StrEnum):
    """What may happen to a guest."""

    COME = "come"
    MISS = "stay away"


class CardVerb(StrEnum):
    """What may happen to a card."""

    HAND = "be handed over"
    REDEEM = "be redeemed"
    VOID = "be made void"


GUEST: Final = Lifecycle(
    {
        (GuestState.INVITED, GuestVerb.COME): GuestState.CAME,
        (GuestState.INVITED, GuestVerb.MISS): GuestState.ABSENT,
        # A list is put right afterwards.
        (GuestState.ABSENT, GuestVerb.COME): GuestState.CAME,
        (GuestState.CAME, GuestVerb.MISS): GuestState.ABSENT,
    },
    name="guest",
    start=GuestState.INVITED,
)
CARD: Final = Lifecycle(
    {
        (CardState.ISSUED, CardVerb.HAND): CardState.HANDED,
        (CardState.ISSUED, CardVerb.VOID): CardState.VOID,
        (CardState.HANDED, CardVerb.REDEEM): CardState.REDEEMED,
        (CardState.HANDED, CardVerb.VOID): CardState.VOID,
    },
    name="gift card",
    start=CardState.ISSUED,
)


class BadSalon(Refusal):
    """A meeting that cannot be written down so."""

    code = "bad_salon"
    said = Sentence(
        zh="沙龙需要小写字母、数字或短横线组成的编号、名称，以及不小于零的费用。",
        en="A meeting needs a key of lower-case letters, digits and dashes, a name, and a cost of "
        "zero or more.",
    )


class BadCard(Refusal):
    """A card that cannot be written down so."""

    code = "bad_card"
    said = Sentence(
        zh="礼品卡需要 4 到 40 位的卡号和大于零的面值。",
        en="A gift card needs a number of 4 to 40 characters and a value above zero.",
    )


class NoSuchCard(Refusal):
    """A number that stands on no card."""

    code = "no_such_card"
    said = Sentence(zh="没有卡号为“{number}”的礼品卡。", en="There is no gift card “{number}”.")


@dataclass(frozen=True, slots=True)
class NewSalon:
    """A meeting as an operator writes it down; `campaign` may name the plan that it belongs to."""

    key: str
    name: str
    place: str
    on: date
    cost: Money
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class NewCard:
    """A card with its value for the customer and its cost for us."""

    number: str
    account_id: int
    value: Money
    salon_id: int | None = None


def check_salon(new: NewSalon) -> None:
    """Refuse what is no meeting.

    Raises:
        BadSalon
    """
    if not _KEY.fullmatch(new.key) or not new.name.strip() or new.cost.amount_minor < 0:
        raise BadSalon()


def check_card(new: NewCard) -> None:
    """Refuse what is no card.

    Raises:
        BadCard
    """
    if not _NUMBER.fullmatch(new.number) or new.value.amount_minor <= 0:
        raise BadCard()
