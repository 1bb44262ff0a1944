"""Personal plans as pages show them, and how one person may be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from tenure.decide.decisions.queries import Weighed, Why, tell
from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.rules import Reachable, message_of, open_channels
from tenure.decide.proposals.states import ProposalState
from tenure.kernel.failures import Sentence
from tenure.records.customers.models import Consent, ContactPoint, Person
from tenure.records.customers.queries import primary_people
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
    return all_reachable({account_id})[account_id]


def all_reachable(account_ids: Collection[int]) -> Mapping[int, Reachable]:
    """Account → how its primary person may be reached, what they prefer first."""
    people = primary_people(account_ids)
    ids = [one.pk for one in people.values()]
    known, allowed = _ways(ids), _allowed(ids)
    return {
        one: _reachable(people[one], known=known, allowed=allowed)
        if one in people
        else Reachable((), frozenset())
        for one in account_ids
    }


def _reachable(
    person: Person, *, known: Mapping[int, set[str]], allowed: Mapping[int, set[str]]
) -> Reachable:
    ways = known.get(person.pk, set())
    if "phone" in ways:
        ways = ways | {Channel.PHONE.value}
    first = [one for one in person.preferred_channels if one in ways]
    others = [one.value for one in Channel if one.value in ways and one.value not in first]
    return Reachable((*first, *others), allowed.get(person.pk, set()))


def _ways(person_ids: Sequence[int]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = {}
    points = ContactPoint.objects.filter(person__in=person_ids, bounced_at=None)
    for person_id, channel in points.values_list("person_id", "channel"):
        found.setdefault(person_id, set()).add(channel)
    return found


def _allowed(person_ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Person → the channels on which marketing is allowed by their newest word."""
    found: dict[int, set[str]] = {}
    said = Consent.objects.filter(person__in=person_ids, purpose=_MARKETING)
    rows = said.order_by("given_at", "pk").values_list("person_id", "channel", "withdrawn_at")
    for person_id, channel, withdrawn_at in rows:
        ways = found.setdefault(person_id, set())
        if withdrawn_at is None:
            ways.add(channel)
        else:
            ways.discard(channel)
    return found


def told(plan: Proposal) -> Told:
    """A plan in sentences, by the strategy that proposed it."""
    return _told(plan, person=reachable(plan.account_id))


def all_told(plans: Sequence[Proposal]) -> list[Told]:
    """Plans in sentences, each by the strategy that proposed it."""
    people = all_reachable({one.account_id for one in plans})
    return [_told(one, person=people[one.account_id]) for one in plans]


def _told(plan: Proposal, *, person: Reachable) -> Told:
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
