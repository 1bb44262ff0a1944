"""What may be switched on beside the published equations; the defaults are the published table.

Each switch breaks an assumption that some method makes, so that it is tested where it must fail.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Chance, Floats, Wholes
from tenure.world.market.truth import FATIGUE_PER_CONTACT
from tenure.world.reference.actions import CHOICES
from tenure.world.reference.people import COMPETITION, People

WEEKS: Final = 52
STUDENT_MONTHS: Final = frozenset({2, 9})  # terms begin, and contracts with them
STUDENT_LIFT: Final = 0.10
SEASON_SWING: Final = 0.15
PROMOTION_STAYS: Final = 0.7
PROMOTION_CHANCE: Final = 0.08
PROMOTION_MEAN: Final = 0.6
COMPETITION_WEIGHT: Final = 0.55
LOSS_AVERSION: Final = 1.6
MEMORY_STAYS: Final = 0.7
DECIDES_SHAPE: Final = 2
DECIDES_MEAN_DAYS: Final = 15.0
FATIGUE_DAYS: Final = 30.0
FRIEND_SHARE: Final = 0.15
FRIEND_EFFECT: Final = 0.4
INVOLUNTARY_SHARE: Final = 0.015


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a market differs from the published one.

    `contact_days_before` dates every contact so many days before the end of the term, and lets
    effects fade until the customer decides; `week` counts the weeks of the calendar, from 0.
    """

    effects: bool = True  # off: the null market, in which no action changes anything
    contact_days_before: float | None = None
    uncertain_delivery: bool = False
    fatigue: bool = False
    week: int | None = None  # seasons, and promotions of competitors
    spillover: bool = False  # what is done to one reaches a friend (it breaks SUTVA)
    failing_payments: bool = False


PUBLISHED: Final = Conditions()


def season(week: int) -> float:
    """What the calendar adds to the logit of renewing."""
    month = int(week % WEEKS * 12 / WEEKS) + 1
    lift = STUDENT_LIFT if month in STUDENT_MONTHS else 0.0
    return SEASON_SWING * float(np.cos(2 * np.pi * week / WEEKS)) + lift


def promotions(chance: Chance, week: int) -> Floats:
    """How hard competitors promote in each region in a week: an AR(1) that begins at rest."""
    regions = np.arange(len(COMPETITION), dtype=np.int64)
    level = np.zeros(len(regions))
    for step in range(week + 1):
        begins = chance.uniform("promotion:begins", regions, step=step) < PROMOTION_CHANCE
        size = PROMOTION_MEAN * chance.exponential("promotion:size", regions, step=step)
        level = PROMOTION_STAYS * level + begins * size
    return level


def remembered(memory: Floats, discount_share: Floats) -> Floats:
    """The discount that customers have come to expect after another term, as a share of the fee."""
    return MEMORY_STAYS * memory + discount_share


def disappointment(people: People, memory: Floats) -> Floats:
    """What remembered discounts take from the logit of the next renewal at full price."""
    return 0.5 * LOSS_AVERSION * np.maximum(people.latents.price, 0) * memory


def standing_logit(chance: Chance, people: People, *, conditions: Conditions) -> Floats:
    """What the conditions add to the logit when nothing is done."""
    added = np.zeros(len(people.who))
    if conditions.week is not None:
        strength = promotions(chance, conditions.week)[people.region]
        added += season(conditions.week) - COMPETITION_WEIGHT * strength
    if conditions.fatigue:
        added -= FATIGUE_PER_CONTACT * (people.days_since_contact < FATIGUE_DAYS)
    return added


def decides_days_before(chance: Chance, who: Wholes) -> Floats:
    """How many days before the end of the term each customer makes up their mind."""
    each = DECIDES_MEAN_DAYS / DECIDES_SHAPE
    draws = [chance.exponential(f"decides:{part}", who) for part in range(DECIDES_SHAPE)]
    return each * np.sum(draws, axis=0)


def arriving(chance: Chance, people: People, *, conditions: Conditions) -> Floats:
    """The part of each action's effect that is left when the customer decides, (N, A), 0 to 1."""
    left = np.ones((len(people.who), len(CHOICES)))
    if conditions.contact_days_before is not None:
        since = conditions.contact_days_before - decides_days_before(chance, people.who)
        fades = np.array([one.fades_days for one in CHOICES])
        left *= np.where(since[:, None] >= 0, np.exp(-np.abs(since)[:, None] / fades), 0.0)
    if conditions.uncertain_delivery:
        reach = np.array([one.reach for one in CHOICES])
        left *= chance.uniform("delivery", people.who)[:, None] < reach
    return left


def involuntary(chance: Chance, who: Wholes) -> Floats:
    """1 for those whose renewal fails although they want it: a card that expired."""
    return (chance.uniform("involuntary", who) < INVOLUNTARY_SHARE).astype(np.float64)
