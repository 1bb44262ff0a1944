"""What a business sees of a reference market: who got what by which chance, and who renewed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from tenure.world.chance import Chance, Flags, Floats, Wholes, expit
from tenure.world.reference.actions import CHOICES, CONTACT_COST, DISCOUNT_SHARE
from tenure.world.reference.people import People
from tenure.world.reference.truth import INERTIA_OF_VALUE, VALUE_OF_FEE, Reference

# When a renewal becomes known: early ones, those at the end of the term, those in the grace days.
_EARLY, _AT_END = 0.55, 0.30
NOT_RENEWED_AFTER_DAYS: Final = 30.0


class Logging(StrEnum):
    """How the past chose: evenly, mostly one action, or by a risk that nobody wrote down."""

    UNIFORM = "uniform"
    SKEWED = "skewed"
    CONFOUNDED = "confounded"


@dataclass(frozen=True, slots=True)
class Trial:
    """N subscribers, one action each: all that an engine may learn from.

    `propensity` is (N, A), what was written down; where the past was confounded it is wrong.
    `worth` is what a renewal is thought to be worth, from what can be seen.
    """

    features: Floats
    action: Wholes
    renewed: Flags
    propensity: Floats
    worth: Floats
    fee: Floats

    @property
    def if_renewed(self) -> Floats:
        """What a renewal would leave under each action, (N, A), from what can be seen."""
        left: Floats = self.worth[:, None] - DISCOUNT_SHARE * self.fee[:, None]
        return left

    @property
    def contact_cost(self) -> Floats:
        """What each action costs whatever follows, (N, A)."""
        each: Floats = np.tile(CONTACT_COST, (len(self.fee), 1))
        return each


def worth_seen(people: People) -> Floats:
    """What a renewal is worth to somebody who sees the fee and not the inertia."""
    typical = float(np.exp(INERTIA_OF_VALUE**2 / 2))
    return VALUE_OF_FEE * typical * people.fee


def run_trial(market: Reference, *, logging: Logging = Logging.UNIFORM) -> Trial:
    """Give every subscriber one action by chance, and see who renews."""
    people, chance = market.people, market.chance
    written, real = _propensities(market, logging)
    reached = np.cumsum(real, axis=1)
    drawn = chance.uniform("trial", people.who)[:, None]
    action = np.minimum((drawn > reached).sum(axis=1), len(CHOICES) - 1)
    return Trial(
        features=people.seen,
        action=action,
        renewed=market.renewed_under(action),
        propensity=written,
        worth=worth_seen(people),
        fee=people.fee,
    )


def _propensities(market: Reference, logging: Logging) -> tuple[Floats, Floats]:
    """What is written down, and what is so; they differ where the past was confounded."""
    count, actions = market.logit.shape
    even = np.full((count, actions), 1 / actions)
    if logging is Logging.UNIFORM:
        return even, even
    if logging is Logging.SKEWED:
        weights = np.array([4.0, 3.0] + [1.0] * (actions - 2))
        tilt = np.exp(0.5 * np.outer(_standard(market.people.seen[:, 0]), _ramp(actions)))
        skewed = weights * tilt
        skewed /= skewed.sum(axis=1, keepdims=True)
        return skewed, skewed
    risk = -_standard(market.logit[:, 0])
    chosen = np.exp(1.2 * np.outer(risk, _ramp(actions)))
    return even, chosen / chosen.sum(axis=1, keepdims=True)


def _standard(values: Floats) -> Floats:
    return (values - values.mean()) / values.std()


def _ramp(actions: int) -> Floats:
    return np.linspace(-1, 1, actions)


def known_days_after(chance: Chance, renewed: Flags, *, offered_days_before: float) -> Floats:
    """Days from the end of the term until each outcome is known; below zero is before it.

    Just over half of the renewals come soon after the offer, a third at the end of the term, the
    others within the grace days; that somebody left is known only when those are over.
    """
    who = np.arange(len(renewed), dtype=np.int64)
    kind = chance.uniform("known:kind", who)
    waited = chance.exponential("known:one", who) + chance.exponential("known:two", who)
    early = np.minimum(8 * waited - offered_days_before, 0.0)
    at_end = 6 * chance.uniform("known:end", who) - 3
    late = np.minimum(6 * waited, NOT_RENEWED_AFTER_DAYS)
    day = np.where(kind < _EARLY, early, np.where(kind < _EARLY + _AT_END, at_end, late))
    return np.where(renewed, day, NOT_RENEWED_AFTER_DAYS)


def answers_survey(market: Reference) -> Flags:
    """Who answers a survey: those who trust us do so more, so that answers flatter us."""
    traits = market.people.latents
    odds = expit(-1 + 0.6 * traits.trust - 0.4 * traits.annoyance)
    return market.chance.uniform("survey", market.people.who) < odds
