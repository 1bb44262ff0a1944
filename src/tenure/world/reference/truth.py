"""The truth of a reference market: what each action would do to each subscriber.

No room that estimates can read it: imports point down, and an import contract names this module.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Chance, Flags, Floats, Wholes, expit
from tenure.world.market.truth import (
    FATIGUE_PER_CONTACT,
    Action,
    Standing,
    effect,
    renewal_logit,
)
from tenure.world.reference.actions import CHOICES, CONTACT_COST, DISCOUNT_SHARE
from tenure.world.reference.conditions import (
    FRIEND_EFFECT,
    FRIEND_SHARE,
    PUBLISHED,
    Conditions,
    arriving,
    involuntary,
    standing_logit,
)
from tenure.world.reference.people import MEAN_FEE, People, draw_people

INTERCEPT: Final = 1.55
# This term's margin and what follows it, as a multiple of the fee: 0.45 margin × 1.8 terms.
VALUE_OF_FEE: Final = 0.81
INERTIA_OF_VALUE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Reference:
    """N subscribers × A actions with everything that would follow.

    `logit` and `lift` are (N, A); `renews` is Y(a) with one noise per subscriber whatever is done,
    so that everybody is a sure renewal, a persuadable, a lost cause or a sleeping dog.
    """

    people: People
    chance: Chance
    conditions: Conditions
    lift: Floats
    logit: Floats
    noise: Floats
    value: Floats  # what a renewal is worth, before any discount; nobody sees it

    @property
    def probability(self) -> Floats:
        """P(renew | everything, action), (N, A)."""
        found = expit(self.logit)
        if self.conditions.failing_payments:
            found = found * (1 - involuntary(self.chance, self.people.who))[:, None]
        return found

    @property
    def renews(self) -> Flags:
        """Y(a), (N, A)."""
        wants = self.logit + self.noise[:, None] > 0
        if self.conditions.failing_payments:
            wants &= (involuntary(self.chance, self.people.who) == 0)[:, None]
        return wants

    @property
    def if_renewed(self) -> Floats:
        """What is left of a renewal after the discount, (N, A)."""
        left: Floats = self.value[:, None] - DISCOUNT_SHARE * self.people.fee[:, None]
        return left

    @property
    def net_value(self) -> Floats:
        """What each action is expected to bring, (N, A): P(a)·(V − δF) − κ."""
        brought: Floats = self.probability * self.if_renewed - CONTACT_COST
        return brought

    @property
    def cost(self) -> Floats:
        """What each action is expected to cost, (N, A): κ + P(a)·δF."""
        given: Floats = self.probability * DISCOUNT_SHARE * self.people.fee[:, None]
        given += CONTACT_COST
        return given

    def gain(self, choice: Wholes) -> float:
        """What one action per subscriber adds to doing nothing, per head."""
        every = np.arange(len(choice))
        return float((self.net_value[every, choice] - self.net_value[:, 0]).mean())

    def renewed_under(self, choice: Wholes) -> Flags:
        """What happens when each subscriber gets one action, friends included."""
        every = np.arange(len(choice))
        if not self.conditions.spillover:
            return self.renews[every, choice]
        # Every subscriber has one who looks up to them: the next one, for the share that has any.
        linked = self.chance.uniform("friend", self.people.who) < FRIEND_SHARE
        passed = np.where(linked, FRIEND_EFFECT * self.lift[every, choice], 0.0)
        found: Flags = self.logit[every, choice] + np.roll(passed, 1) + self.noise > 0
        if self.conditions.failing_payments:
            found &= involuntary(self.chance, self.people.who) == 0
        return found


def reference_market(
    count: int,
    *,
    seed: int,
    conditions: Conditions = PUBLISHED,
    disappointed: Floats | float = 0.0,
) -> Reference:
    """The truth about the first `count` subscribers of a seed.

    Args:
        conditions: what differs from the published market.
        disappointed: taken from the logit, for those who remember discounts.
    References:
        docs/algorithms/reference-market.md
    """
    chance = Chance(seed)
    people = draw_people(chance, count)
    lift = _lifts(people) if conditions.effects else np.zeros((count, len(CHOICES)))
    lift *= arriving(chance, people, conditions=conditions)
    if conditions.fatigue:
        lift[:, 1:] -= FATIGUE_PER_CONTACT
    standing = standing_logit(chance, people, conditions=conditions)
    base = _base_logit(people) + standing - disappointed
    return Reference(
        people=people,
        chance=chance,
        conditions=conditions,
        lift=lift,
        logit=base[:, None] + lift,
        noise=chance.logistic("noise", people.who),
        value=VALUE_OF_FEE * people.fee * np.exp(INERTIA_OF_VALUE * people.latents.inertia),
    )


def _base_logit(people: People) -> Floats:
    nothing = np.zeros(len(people.who))
    standing = Standing(
        intercept=np.full(len(people.who), INTERCEPT),
        fee_ratio=people.fee / MEAN_FEE,
        competition=people.competition,
        season=nothing,
        surprise=people.surprise,
        auto_renews=people.auto_renews,
        complaints=people.complaints,
        decline=nothing,
        slowness=nothing,
        price_rise=nothing,
        failed_payments=nothing,
    )
    return renewal_logit(people.latents, standing)


def _lifts(people: People) -> Floats:
    """What each action adds to the logit of each subscriber, (N, A)."""
    columns = [
        effect(
            one.action,
            people.latents,
            auto_renews=people.auto_renews,
            complaints=people.complaints,
            discount_share=one.discount_share,
        )
        for one in CHOICES
    ]
    assert CHOICES[0].action is Action.NOTHING, "the first choice is what all are compared with"
    return np.stack(columns, axis=1)


@dataclass(frozen=True, slots=True)
class Strata:
    """How a market divides under one action; shares that add up to one."""

    sure: float
    persuadable: float
    lost: float
    sleeping_dog: float


def strata(market: Reference, action: int) -> Strata:
    """The principal strata of one action."""
    before, after = market.renews[:, 0], market.renews[:, action]
    return Strata(
        sure=float((before & after).mean()),
        persuadable=float((~before & after).mean()),
        lost=float((~before & ~after).mean()),
        sleeping_dog=float((before & ~after).mean()),
    )
