"""Personal plans as pages show them, and how one person may be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from tenure.decide.decisions.queries import Weighed, Why, tell
from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.rules import Reachable, message_of, open_channels
from tenure.decide.proposals.states import ProposalState
from tenure.kernel.failures import Sentence
from tenure.records.customers.queries import choices_of, primary_person, usable_points
from tenure.records.strategies.queries import by_hash
from tenure.strategy.messages import Channel
from tenure.strategy.offers import OfferKind

_MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class Open:
    """One action that a plan may be changed to, with the channels on which it can be told."""

    action: str
    name: Sentence
    channels: Sequence[str]
    margin_minor: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """One plan with why, what it says, and what else may be chosen."""

    plan: Proposal
    why: Why
    says: Sentence | None
    open: Sequence[Open]


def reachable(account_id: int) -> Reachable:
    """How the primary person of an account may be reached, what they prefer first."""
    person = primary_person(account_id)
    if person is None:
        return Reachable((), frozenset())
    known = {one.channel for one in usable_points(person.pk)}
    if "phone" in known:
        known |= {Channel.PHONE.value}
    first = [one for one in person.preferred_channels if one in known]
    others = [one.value for one in Channel if one.value in known and one.value not in first]
    allowed = {
        channel
        for (purpose, channel), is_allowed in choices_of(person.pk).items()
        if purpose == _MARKETING and is_allowed
    }
    return Reachable((*first, *others), allowed)


def told(plan: Proposal) -> Told:
    """A plan in sentences, by the strategy that proposed it."""
    strategy = by_hash(plan.strategy_hash).at(plan.made_on)
    weighed = Weighed(
        strategy,
        action=plan.action,
        reason=plan.reason,
        p_without=plan.p_without,
        currency=plan.currency,
        alternatives=plan.alternatives,
        inputs=plan.inputs,
        estimator_id=plan.estimator_id,
        learning_id=plan.learning_id,
    )
    person = reachable(plan.account_id)
    choices = []
    for one in plan.alternatives:
        offer = strategy.offers.get(one["action"])
        if offer is None or not one["eligible"]:
            continue
        ways = open_channels(offer, message_of(offer, strategy), person=person)
        if ways or offer.kind is OfferKind.NOTHING:
            choices.append(Open(offer.id, offer.name, ways, one["margin_minor"]))
    template = strategy.messages.get(plan.message)
    return Told(plan, tell(weighed), template.name if template else None, choices)


def proposals(*, limit: int) -> list[Proposal]:
    """Plans that wait for somebody first, then the last that were decided about."""
    rows = Proposal.objects.select_related("account", "term")
    waiting = list(
        rows.filter(state=ProposalState.PROPOSED).order_by("term__ends_on", "pk")[:limit]
    )
    decided = rows.exclude(state=ProposalState.PROPOSED).order_by("-decided_at", "-pk")
    return [*waiting, *decided[: max(0, limit - len(waiting))]]


def open_plan(account_id: int) -> Proposal | None:
    """The plan of a customer that waits, else the last one."""
    rows = Proposal.objects.select_related("term").filter(account=account_id)
    return rows.filter(state=ProposalState.PROPOSED).first() or rows.order_by("-pk").first()


def counted() -> dict[str, int]:
    """How many plans stand in each state."""
    rows = Proposal.objects.values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}
