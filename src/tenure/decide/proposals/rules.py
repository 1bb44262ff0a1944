"""What a plan may become, and which day and which way suit it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from tenure.decide.proposals.states import ProposalState
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.sections import Strategy

# A plan for a term that ends later waits until so many days before its end.
DAYS_BEFORE: Final = 30
STEP: Final = "personal"


class ProposalVerb(StrEnum):
    """What may happen to a plan."""

    APPROVE = "be approved"
    DROP = "be dropped"


PROPOSAL = Lifecycle(
    {
        (ProposalState.PROPOSED, ProposalVerb.APPROVE): ProposalState.APPROVED,
        (ProposalState.PROPOSED, ProposalVerb.DROP): ProposalState.DROPPED,
    },
    name="personal plan",
    start=ProposalState.PROPOSED,
)


class NotProposable(Refusal):
    """A term for which nothing can be planned."""

    code = "not_proposable"
    said = Sentence(
        zh="没有可规划的：最近计算的一天里，这个订期不在进行中。",
        en="There is nothing to plan: the term was not running on the last day computed.",
    )


class ActionRefused(Refusal):
    """An action that a rule refuses for this customer."""

    code = "action_refused"
    said = Sentence(zh="不能选“{name}”：{why}。", en="“{name}” cannot be chosen: {why}.")


class ChannelClosed(Refusal):
    """A way on which this cannot be said to this customer."""

    code = "channel_closed"
    said = Sentence(
        zh="不能用“{channel}”：没有可用的地址、没有同意，或这条消息没有该渠道的正文；可用的有：{open}。",
        en="“{channel}” is not open: no address, no consent, or the message has no text for it; "
        "open are: {open}.",
    )


class OutsideTerm(Refusal):
    """A day on which it would be too late, or was."""

    code = "outside_term"
    said = Sentence(
        zh="发送日应在 {first} 至 {last} 之间。", en="Send it between {first} and {last}."
    )


class OverBudget(Refusal):
    """A plan for which the month has no money left."""

    code = "plan_over_budget"
    said = Sentence(
        zh="没有批准：它预计花费 {cost}，本月预算只剩 {left}。",
        en="Not approved: it is expected to cost {cost} and {left} of the month's budget is left.",
    )


@dataclass(frozen=True, slots=True)
class Reachable:
    """How one person may be reached: channels with an address, best first, and with consent."""

    channels: Sequence[str]
    marketing: Collection[str]


def message_of(offer: Offer, strategy: Strategy) -> MessageTemplate | None:
    """The text that goes with an action; a plain reminder for what has none of its own."""
    if offer.kind is OfferKind.NOTHING:
        return None
    if offer.message:
        return strategy.messages[offer.message]
    spoken = [
        one
        for one in strategy.messages.values()
        if one.message_class is MessageClass.TRANSACTIONAL and _is_of_journey(one.id, strategy)
    ]
    return spoken[0] if spoken else None


def _is_of_journey(message: str, strategy: Strategy) -> bool:
    return any(
        step.message == message and step.decides
        for journey in strategy.journeys.values()
        for step in journey.steps
    )


def open_channels(
    offer: Offer, template: MessageTemplate | None, *, person: Reachable
) -> list[str]:
    """On which channels an action can be told to a person, their own favourite first."""
    if template is None:
        return []
    if offer.kind is OfferKind.CALL:
        return [one for one in person.channels if one == Channel.PHONE]
    is_marketing = template.message_class is MessageClass.MARKETING
    return [
        one
        for one in person.channels
        if one in template.renderings and (not is_marketing or one in person.marketing)
    ]


def day_for(*, today: date, ends_on: date) -> date:
    """The day on which a plan is sent: today where the end is near, else a month before it."""
    return max(today, ends_on - timedelta(days=DAYS_BEFORE))


def check_day(on: date, *, today: date, ends_on: date) -> None:
    """Refuse a day that is over or comes too late.

    Raises:
        OutsideTerm: it is neither today nor before the end of the term.
    """
    if not today <= on < ends_on:
        raise OutsideTerm(first=today, last=ends_on - timedelta(days=1))


def alternative(action: str, alternatives: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One action as it was weighed; empty where it was not."""
    return next((one for one in alternatives if one["action"] == action), {})
