"""How much goodwill there is: for a customer in a year, for one who gives, and for one alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.money import Money
from tenure.records.goodwill.states import GoodwillState

YEAR_DAYS: Final = 365
MONTH_DAYS: Final = 30


class GoodwillVerb(StrEnum):
    """What may happen to a credit that was asked for."""

    GIVE = "be given"
    REJECT = "be rejected"


GOODWILL = Lifecycle(
    {
        (GoodwillState.ASKED, GoodwillVerb.GIVE): GoodwillState.GIVEN,
        (GoodwillState.ASKED, GoodwillVerb.REJECT): GoodwillState.REJECTED,
    },
    name="goodwill credit",
    start=GoodwillState.ASKED,
)


class GoodwillTooMuch(Refusal):
    """More than a limit allows."""

    code = "goodwill_too_much"
    said = Sentence(
        zh="没有补偿：{whose}还可补偿 {left}，不能补偿 {asked}。请减少金额。",
        en="Nothing was given: {left} is left {whose}, not {asked}. Lower the amount.",
    )


class GoodwillNothing(Refusal):
    """A credit of nothing, below zero, or without a reason."""

    code = "goodwill_nothing"
    said = Sentence(
        zh="没有补偿：金额须大于 0，并写明原因。",
        en="Nothing was given: the amount is above zero, and the reason is written down.",
    )


class GoodwillSecondPerson(Refusal):
    """Whoever asked cannot be the one who agrees."""

    code = "goodwill_second_person"
    said = Sentence(
        zh="这笔补偿由您提出，必须由另一位同事批准；没有入账。",
        en="You asked for this credit, so somebody else must agree; nothing was given.",
    )


CUSTOMER: Final = Sentence(zh="这位客户一年内", en="for this customer within a year")
AGENT: Final = Sentence(zh="您 30 天内", en="for you within 30 days")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most for a customer within a year and for one who gives within 30 days, and the most
    that one person gives alone."""

    customer_year: Money
    agent_month: Money
    alone: Money


def check(asked: Money, *, of_customer: Money, of_agent: Money, limits: Limits) -> None:
    """Refuse what passes a limit.

    Args:
        of_customer: what the customer was given or promised within the year.
        of_agent: what whoever asks gave or asked for within the month.
    Raises:
        GoodwillNothing, GoodwillTooMuch.
    """
    if asked <= Money.zero(asked.currency):
        raise GoodwillNothing()
    for whose, most, had in (
        (CUSTOMER, limits.customer_year, of_customer),
        (AGENT, limits.agent_month, of_agent),
    ):
        if had + asked > most:
            left = max(most - had, Money.zero(most.currency))
            raise GoodwillTooMuch(whose=whose, left=left, asked=asked)
