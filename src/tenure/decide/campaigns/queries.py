"""The dry run of a campaign: the blast radius, and the list that must be green."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.conf import settings

from tenure.decide.campaigns.audience import Audience, audience_of
from tenure.decide.campaigns.weighing import Proposal, fits, propose
from tenure.decide.decisions.facing import Desk
from tenure.decide.decisions.learning import usable
from tenure.decide.decisions.tables import Tables
from tenure.kernel.periods import day_number
from tenure.records.campaigns.actions import Dry
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.queries import lines_of, plan_of
from tenure.records.campaigns.rules import Reach, readiness
from tenure.records.campaigns.states import Arm
from tenure.records.stock.queries import left_of
from tenure.records.strategies.queries import current
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

CANNOT_SPEAK: Final = frozenset({OfferKind.NOTHING})


@dataclass(slots=True)
class Offered:
    """What would be offered to whom: customers by offer, and by the reason why some get nothing.

    `cost_minor` is what that may cost at most; `expected` is the margin that the offers are
    expected to add after their cost, minor units, by audience (CMP-03).
    """

    chosen: Counter[str] = field(default_factory=Counter)
    withheld: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)
    cost_minor: int = 0


@dataclass(frozen=True)
class DryRun:
    """What a launch today would do."""

    dry: Dry
    audience: Audience
    offered: Offered


def dry_run(
    campaign: Campaign, *, on: date, at: datetime, sending_is_stopped: bool = False
) -> DryRun:
    """Do everything but write: whom it would reach, with what, and for how much at most."""
    strategy, lines = current().at(on), lines_of(campaign)
    audience = audience_of(campaign, strategy=strategy, on=on)
    offered = _weighed(campaign, lines, audience, strategy=strategy, at=at)
    offers = [one.offer_id for one in lines if one.offer_id]
    reach = Reach(
        everyone=audience.everyone,
        audience=audience.size,
        left_out=dict(audience.left_out),
        treated=len(audience.of_arm(Arm.TREATED)),
        control=len(audience.of_arm(Arm.CONTROL)),
        cost_minor=offered.cost_minor + sum(one.planned_minor for one in lines if not one.offer_id),
        gone=[one for one in offers if one not in strategy.offers],
        silent=_silent(offers, strategy),
        empty=_empty(offers, strategy, on=on),
        sending_is_stopped=sending_is_stopped,
    )
    checks = readiness(plan_of(campaign, lines), reach, on=on)
    dry = Dry(
        reach,
        checks,
        audience.people,
        outcome_days=strategy.experiments.outcome_days,
        limit=strategy.guardrails.second_person_above,
    )
    return DryRun(dry, audience, offered)


def _empty(offers: Sequence[str], strategy: Strategy, *, on: date) -> list[str]:
    """Offers of whose stock nothing is left."""
    known = [strategy.offers[one] for one in offers if one in strategy.offers]
    return [one for one, left in left_of(known, on=on).items() if left <= 0]


def _silent(offers: Sequence[str], strategy: Strategy) -> list[str]:
    """Offers whose own message is missing, so that nobody could be told."""
    known = [strategy.offers[one] for one in offers if one in strategy.offers]
    return [one.id for one in known if not one.message or one.message not in strategy.messages]


def _weighed(
    campaign: Campaign,
    lines: Sequence[CampaignLine],
    audience: Audience,
    *,
    strategy: Strategy,
    at: datetime,
) -> Offered:
    offered = Offered()
    treated, on = audience.of_arm(Arm.TREATED), audience.counted_on
    offers = [one.offer_id for one in lines if one.offer_id]
    if on is None or not treated or _silent(offers, strategy):
        return offered
    with open_engine(settings.TENURE_ENGINE) as engine:
        tables = Tables.of_day(day_number(on), store=current_store(), engine=engine)
        lesson = usable(as_of=on).lesson
        desk = Desk(tables, engine, strategy.at(on), as_of=on, at=at, lesson=lesson)
        found = propose(campaign, lines, desk=desk, term_ids=treated)
    if found is None:
        return offered
    wanted = found.wanted(lines)
    paid = fits(wanted, lines)
    asked = (one for spends in wanted.values() for one in spends)
    offered.cost_minor = sum(one.amount_minor for one in asked if one.once_key in paid)
    _count(found.paid(paid), audience, into=offered)
    return offered


def _count(settled: Proposal, audience: Audience, *, into: Offered) -> None:
    brought_by = {one.term_id: one.audience for one in audience.people}
    margin = settled.evaluated.weighed.margin
    for place, term in enumerate(settled.points.listed("term_id")):
        row = int(settled.chosen.choice[place])
        if row:
            into.chosen[settled.evaluated.offers[row].id] += 1
            into.expected[brought_by[term]] += round(float(margin[row, place]))
        else:
            into.withheld[str(settled.chosen.reason[place])] += 1
