"""What each customer of a campaign would be offered, by the same weighing as every other choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tenure.decide.campaigns.journeys import journey_of
from tenure.decide.decisions.capacity import capacity
from tenure.decide.decisions.evaluation import Evaluated, actions_of, options_of
from tenure.decide.decisions.expressions import DecidingStep
from tenure.decide.decisions.facing import Desk, of_terms, weighed
from tenure.decide.decisions.limits import bounds_of, equals_of, shared_of
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.rules import BUDGET, CAPACITY, Chosen, Draw, Shared, choose
from tenure.decide.offers.prices import Floats
from tenure.kernel.buckets import bucket
from tenure.records.campaigns.actions import NewSpend
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.stock.queries import left_of
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy

_TICKETS: Final = 2**40


@dataclass(frozen=True)
class Proposal:
    """What was weighed and chosen for the terms of a campaign, before anything is spent."""

    desk: Desk
    step: DecidingStep
    points: Points
    evaluated: Evaluated
    chosen: Chosen
    full_cost: Floats  # (A, N): what each action costs at most, minor units

    def wanted(self, lines: Sequence[CampaignLine]) -> dict[int, list[NewSpend]]:
        """Line → what is asked of it, what brings most for its money first."""
        terms = self.points.listed("term_id")
        by_offer = {one.offer_id: one.pk for one in lines if one.offer_id}
        found: dict[int, list[tuple[float, NewSpend]]] = {pk: [] for pk in by_offer.values()}
        for place, term in enumerate(terms):
            row = int(self.chosen.choice[place])
            offer = self.evaluated.offers[row]
            if offer.id not in by_offer:
                continue
            cost = int(self.full_cost[row, place])
            worth = float(self.evaluated.weighed.margin[row, place]) / max(cost, 1)
            spend = NewSpend(
                once_key=f"{self.step.journey.id}:{term}",
                amount_minor=cost,
                contact_minor=min(cost, offer.contact_cost.amount_minor),
                term_id=term,
            )
            found[by_offer[offer.id]].append((worth, spend))
        return {
            pk: [one for _, one in sorted(asked, key=lambda two: (-two[0], two[1].once_key))]
            for pk, asked in found.items()
        }

    def within(self, left: Mapping[str, int]) -> Proposal:
        """The same, where nobody gets more of a stock than is left: who brings least, waits."""
        keys = {
            f"{self.step.journey.id}:{term}": self._place(place)
            for place, term in enumerate(self.points.listed("term_id"))
            if self.chosen.choice[place]
        }
        kept: set[str] = set()
        for offer in {name for name, _ in keys.values()}:
            mine = sorted((-worth, key) for key, (name, worth) in keys.items() if name == offer)
            kept |= {key for _, key in mine[: left.get(offer, len(mine))]}
        return self.paid(kept, why=CAPACITY)

    def _place(self, place: int) -> tuple[str, float]:
        row = int(self.chosen.choice[place])
        return self.evaluated.offers[row].id, float(self.evaluated.weighed.margin[row, place])

    def paid(self, keys: set[str], *, why: str = BUDGET) -> Proposal:
        """The same, where nobody gets what no line pays for."""
        choice, reason = self.chosen.choice.copy(), self.chosen.reason.copy()
        for place, term in enumerate(self.points.listed("term_id")):
            if choice[place] and f"{self.step.journey.id}:{term}" not in keys:
                choice[place], reason[place] = 0, why
        propensity = np.zeros_like(self.chosen.propensity)
        propensity[choice, np.arange(len(choice))] = 1.0
        chosen = replace(self.chosen, choice=choice, reason=reason, propensity=propensity)
        return replace(self, chosen=chosen)


def only(strategy: Strategy, wanted: Sequence[str]) -> Strategy:
    """The strategy with leaving alone and these offers only; it keeps its hash."""
    kept = {
        one.id: one
        for one in strategy.offers.values()
        if one.kind is OfferKind.NOTHING or one.id in wanted
    }
    form = replace(strategy.form("offers"), value=kept)
    return replace(strategy, dated={**strategy.dated, "offers": (form,)})


def propose(
    campaign: Campaign, lines: Sequence[CampaignLine], *, desk: Desk, term_ids: Sequence[int]
) -> Proposal | None:
    """Weigh the offers of a campaign for some terms; None where none of them is live."""
    offers = [one.offer_id for one in lines if one.offer_id in desk.strategy.offers]
    if not offers or not term_ids:
        return None
    own = replace(desk, strategy=only(desk.strategy, offers))
    waiting = of_terms(own, term_ids)
    if waiting is None:
        return None
    speaking = [own.strategy.offers[one] for one in offers]
    journey = journey_of(campaign, speaking, strategy=own.strategy)
    points, evaluated = weighed(own, waiting)
    cost = full_cost(evaluated)
    left = left_of(evaluated.offers, on=own.as_of)
    options = replace(
        options_of(evaluated),
        cost=cost,
        shared=_shared(own, points, evaluated),
        equals=equals_of(points, evaluated, fairness=own.strategy.limits.fairness),
    )
    chosen = choose(
        options,
        actions_of(evaluated.offers, capacity=capacity(evaluated.offers, left, as_of=own.as_of)),
        draw=_no_draw(points, campaign),
        budget=float(sum(one.left_minor for one in lines if one.offer_id)),
        codes=[line.code for line in evaluated.lines],
    )
    step = DecidingStep(journey, journey.steps[0])
    return Proposal(own, step, points, evaluated, chosen, cost)


def _shared(desk: Desk, points: Points, evaluated: Evaluated) -> tuple[Shared, ...]:
    """What limits.toml leaves of the day for a campaign; its floors are the night's to keep."""
    bounds = bounds_of(desk.strategy, as_of=desk.as_of)
    found = shared_of(bounds, points, strategy=desk.strategy, offers=evaluated.offers)
    return tuple(replace(one, at_least=0.0) for one in found)


def full_cost(evaluated: Evaluated) -> Floats:
    """What each action costs where it is used: the contact and all that it gives, (A, N)."""
    spent = [
        one.contact_cost.amount_minor + (one.handed.cost.amount_minor if one.handed else 0)
        for one in evaluated.offers
    ]
    given = np.nan_to_num(evaluated.weighed.discount)
    cost: Floats = np.ceil(np.array(spent, dtype=float)[:, None] + given)
    return cost


def fits(wanted: Mapping[int, Sequence[NewSpend]], lines: Sequence[CampaignLine]) -> set[str]:
    """The keys that the lines could pay for, in the order given: `reserve` without writing."""
    paid: set[str] = set()
    for line in lines:
        left = line.left_minor
        for one in wanted.get(line.pk, ()):
            if one.amount_minor <= left:
                left -= one.amount_minor
                paid.add(one.once_key)
    return paid


def _no_draw(points: Points, campaign: Campaign) -> Draw:
    """Nobody explores: the lot already decided who is treated at all."""
    count = len(points)
    salt = f"{name_in_journal(campaign.key)}-tie"
    ties = [bucket(salt, str(term), buckets=_TICKETS) for term in points.listed("term_id")]
    return Draw(
        share=0.0,
        explores=np.zeros(count, dtype=bool),
        ticket=np.zeros(count, dtype=np.uint64),
        order=np.array(ties, dtype=np.uint64),
    )
