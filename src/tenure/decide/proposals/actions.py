"""Propose a plan for one renewal, change it, and approve or drop it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from django.db import transaction

from tenure.decide.decisions.actions import coupon_for
from tenure.decide.decisions.budget import budget_of, commit
from tenure.decide.decisions.evaluation import SPEAKS
from tenure.decide.decisions.expressions import DecidingStep
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.promising import promise_chosen
from tenure.decide.decisions.reasons import sentence_of_reason
from tenure.decide.decisions.rows import COLUMNS, Result, rows_of
from tenure.decide.decisions.rules import APPROVED, CAPACITY, Chosen
from tenure.decide.decisions.suggesting import Alone, alone
from tenure.decide.proposals.journeys import journey_of
from tenure.decide.proposals.models import Proposal
from tenure.decide.proposals.queries import reachable
from tenure.decide.proposals.rules import (
    PROPOSAL,
    ActionRefused,
    ChannelClosed,
    NotProposable,
    OverBudget,
    ProposalVerb,
    alternative,
    check_day,
    day_for,
    message_of,
    open_channels,
)
from tenure.decide.proposals.states import ProposalState
from tenure.kernel.money import Money
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.stock.actions import lock_stock
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.models import Term
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants of a plan instead; an empty `channel` is the customer's favourite."""

    action: str
    send_on: date
    channel: str = ""


def propose(term_id: int, *, as_of: date, at: datetime, by: str) -> Proposal:
    """Propose a plan for a term (AI-01); the one that is open already, where there is one.

    Raises:
        NotProposable: the term was not running on the last day computed.
    """
    found = alone(term_id, as_of=as_of, at=at)
    if found is None:
        raise NotProposable()
    with transaction.atomic():
        term = Term.objects.select_for_update().get(pk=term_id)
        known = Proposal.objects.filter(term=term, state=ProposalState.PROPOSED).first()
        if known is not None:
            return known
        plan = _plan(found, term, at=at, by=by)
        plan.save()
        _tell(plan, "proposal.made", on=business_day(at), at=at, by=by)
        return plan


def _plan(found: Alone, term: Term, *, at: datetime, by: str) -> Proposal:
    strategy = found.desk.strategy
    offer = found.evaluated.offers[found.chosen.choice[0]]
    template = message_of(offer, strategy)
    ways = open_channels(offer, template, person=reachable(term.account_id))
    day = day_for(today=business_day(at), ends_on=term.ends_on)
    plan = Proposal(
        account_id=term.account_id,
        term=term,
        made_on=found.desk.as_of,
        action=offer.id,
        channel=ways[0] if ways else "",
        message=template.id if template else "",
        send_on=day,
        reason=str(found.chosen.reason[0]),
        p_without=found.p_without,
        currency=found.points.listed("currency")[0],
        alternatives=found.alternatives,
        inputs=found.inputs,
        estimator_id=found.points.listed("estimator_id")[0],
        learning_id=found.learning_id,
        strategy_hash=strategy.hash,
        made_by=by,
        recorded_at=at,
    )
    plan.proposed = {
        "action": plan.action,
        "channel": plan.channel,
        "message": plan.message,
        "send_on": day.isoformat(),
    }
    return plan


@transaction.atomic
def change(proposal_id: int, wanted: Change, *, at: datetime, by: str) -> Proposal:
    """Plan something else, as far as no rule refuses it; the same again changes nothing.

    Raises:
        ActionRefused, ChannelClosed, OutsideTerm: it cannot be planned so.
        IllegalMove: it was decided about.
    """
    plan = _held(proposal_id)
    PROPOSAL.after(ProposalState(plan.state), ProposalVerb.APPROVE)
    strategy = current().at(plan.made_on)
    _check_action(plan, wanted.action, strategy=strategy)
    check_day(wanted.send_on, today=business_day(at), ends_on=plan.term.ends_on)
    offer = strategy.offers[wanted.action]
    template = message_of(offer, strategy)
    channel = _way(plan, wanted, strategy=strategy)
    before = (plan.action, plan.channel, plan.send_on)
    if before == (offer.id, channel, wanted.send_on):
        return plan
    plan.action, plan.channel, plan.send_on = offer.id, channel, wanted.send_on
    plan.message, plan.changed_by = template.id if template else "", by
    plan.save(update_fields=["action", "channel", "send_on", "message", "changed_by"])
    _tell(plan, "proposal.changed", on=business_day(at), at=at, by=by)
    return plan


def _way(plan: Proposal, wanted: Change, *, strategy: Strategy) -> str:
    offer = strategy.offers[wanted.action]
    person = reachable(plan.account_id)
    ways = open_channels(offer, message_of(offer, strategy), person=person)
    if offer.kind is OfferKind.NOTHING:
        return ""
    if not ways or wanted.channel not in ("", *ways):
        raise ChannelClosed(channel=wanted.channel or "–", open=ways or ["–"])
    return wanted.channel or ways[0]


def _check_action(plan: Proposal, action: str, *, strategy: Strategy) -> None:
    found = alternative(action, plan.alternatives)
    if action not in strategy.offers or not found:
        raise ActionRefused(name=action, why=sentence_of_reason("not_sold", strategy=strategy))
    if not found["eligible"]:
        why = sentence_of_reason(
            found["refused_by"], strategy=strategy, action=action, value=found["refused_value"]
        )
        raise ActionRefused(name=strategy.offers[action].name, why=why)


@transaction.atomic
def drop(proposal_id: int, *, at: datetime, by: str) -> Proposal:
    """Do without the plan; told again, nothing changes.

    Raises:
        IllegalMove: it was approved.
    """
    plan = _held(proposal_id)
    if plan.state == ProposalState.DROPPED:
        return plan
    return _decided(plan, ProposalVerb.DROP, at=at, by=by)


@transaction.atomic
def approve(proposal_id: int, *, as_of: date, at: datetime, by: str) -> Proposal:
    """Make the plan a choice as every other: weighed anew, paid from the budget, in the log.

    Raises:
        NotProposable, ActionRefused, ChannelClosed, OutsideTerm, OverBudget: not any more.
        IllegalMove: it was dropped.
    """
    plan = _held(proposal_id)
    if plan.state == ProposalState.APPROVED:
        return plan
    PROPOSAL.after(ProposalState(plan.state), ProposalVerb.APPROVE)
    found = alone(plan.term_id, as_of=as_of, at=at)
    if found is None:
        raise NotProposable()
    plan.alternatives, plan.inputs, plan.p_without = (
        found.alternatives, found.inputs, found.p_without,
    )  # fmt: skip
    strategy = found.desk.strategy
    _check_action(plan, plan.action, strategy=strategy)
    check_day(plan.send_on, today=business_day(at), ends_on=plan.term.ends_on)
    _way(plan, Change(plan.action, plan.send_on, plan.channel), strategy=strategy)
    _check_budget(plan, strategy=strategy, as_of=as_of)
    _check_stock(plan, found, at=at, by=by)
    plan.strategy_hash, plan.learning_id = strategy.hash, found.learning_id
    plan.made_on = as_of
    _write(plan, found)
    return _decided(plan, ProposalVerb.APPROVE, at=at, by=by)


def _check_budget(plan: Proposal, *, strategy: Strategy, as_of: date) -> None:
    cost = alternative(plan.action, plan.alternatives).get("cost_minor") or 0
    budget = budget_of(as_of, strategy.guardrails)
    if strategy.offers[plan.action].kind in SPEAKS or cost <= budget.left_minor:
        return
    currency = strategy.business.currency
    raise OverBudget(cost=Money(cost, currency), left=Money(budget.left_minor, currency))


def _check_stock(plan: Proposal, found: Alone, *, at: datetime, by: str) -> None:
    left = lock_stock(found.evaluated.offers, on=found.desk.as_of, at=at, by=by)
    if left.get(plan.action, 1) < 1:
        strategy = found.desk.strategy
        why = sentence_of_reason(CAPACITY, strategy=strategy)
        raise ActionRefused(name=strategy.offers[plan.action].name, why=why)


def _write(plan: Proposal, found: Alone) -> None:
    """The plan as one row of the log, under a journey of its own."""
    journey = journey_of(plan, strategy=found.desk.strategy)
    result = Result(
        found.desk,
        (DecidingStep(journey, journey.steps[0]),),
        found.points,
        found.evaluated,
        _forced(found, plan.action),
        found.learning_id,
        code_for=coupon_for,
    )
    insert_rows(Decision, list(rows_of(result)), columns=COLUMNS)
    promise_chosen(
        [plan.term_id], journeys=[plan.journey], strategy=found.desk.strategy, at=found.desk.at
    )
    commit(as_of=found.desk.as_of)


def _forced(found: Alone, action: str) -> Chosen:
    """What was weighed, with the action that a person chose."""
    row = next(n for n, one in enumerate(found.evaluated.offers) if one.id == action)
    held_back, propensity = found.chosen.held_back.copy(), np.zeros_like(found.chosen.propensity)
    held_back[row], propensity[row] = "", 1.0
    return replace(
        found.chosen,
        choice=np.array([row], dtype=np.int64),
        reason=np.array([APPROVED], dtype=object),
        propensity=propensity,
        held_back=held_back,
    )


def _held(proposal_id: int) -> Proposal:
    rows = Proposal.objects.select_related("term").select_for_update(of=("self",))
    return rows.get(pk=proposal_id)


def _decided(plan: Proposal, verb: ProposalVerb, *, at: datetime, by: str) -> Proposal:
    plan.state = PROPOSAL.after(ProposalState(plan.state), verb)
    plan.decided_by, plan.decided_at = by, at
    plan.save()
    _tell(plan, f"proposal.{plan.state}", on=business_day(at), at=at, by=by)
    return plan


def _tell(plan: Proposal, kind: str, *, on: date, at: datetime, by: str) -> None:
    content = {
        "proposal": plan.pk,
        "action": plan.action,
        "channel": plan.channel,
        "send_on": plan.send_on.isoformat(),
    }
    fact = Fact(kind, on=on, account_id=plan.account_id, term_id=plan.term_id, content=content)
    append(fact, at=at, by=by)
