"""The planted truth: how likely each customer is to renew, and what each action changes.

The equations are those of the reference market (science.md, section 11); what this market adds are
the circumstances that a real business can see coming: falling use, slow evenings, faults that took
too long, a price that rises, payments that fail. A decision is `logit + noise > 0` with one noise
per term whatever is done, so that everybody is a sure renewal, a persuadable, a lost cause or a
sleeping dog.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tenure.world.chance import Flags, Floats, expit
from tenure.world.market.latents import Latents


class Action(StrEnum):
    """What may be done about one term."""

    NOTHING = "nothing"
    REMINDER = "reminder"
    RECAP = "recap"
    UPGRADE = "upgrade"
    DISCOUNT = "discount"
    INSTALMENTS = "instalments"
    PAUSE = "pause"
    EXTENSION = "extension"
    CALL = "call"


# An action's effect fades with this many days (science.md, section 11).
FADES_DAYS = {Action.DISCOUNT: 14.0, Action.CALL: 21.0, Action.UPGRADE: 21.0}
FADES_DAYS_DEFAULT = 7.0
FATIGUE_PER_CONTACT = 0.06


@dataclass(frozen=True, slots=True)
class Standing:
    """Where customers stand when they decide, one value each."""

    intercept: Floats
    fee_ratio: Floats  # yearly fee ÷ the average yearly fee
    competition: Floats  # 0 to 1.2 by region
    season: Floats
    surprise: Floats  # standard normal; nothing explains it
    auto_renews: Flags
    complaints: Floats  # tickets in 90 days
    decline: Floats  # share of the use that is gone, 0 to 1
    slowness: Floats  # share of the promised speed that is missing, 0 to 1
    price_rise: Floats  # next price ÷ present price − 1
    failed_payments: Floats  # attempts that failed in this term


def renewal_logit(who: Latents, standing: Standing) -> Floats:
    """The logit of renewing when nothing is done."""
    lasting = (
        0.75 * who.inertia
        + 0.45 * who.trust
        - 0.50 * who.price * standing.fee_ratio
        - 0.55 * (standing.competition - 0.5)
        + 0.15 * who.need
        + 0.35 * standing.auto_renews
        - 0.20 * (standing.fee_ratio - 1)
        + 0.25 * standing.surprise
    )
    sensitivity = np.clip(1 + 0.4 * who.price, 0.2, None)
    coming = (
        0.20 * np.minimum(standing.complaints, 5)
        + 4.4 * standing.decline
        + 3.6 * standing.slowness
        + 1.9 * sensitivity * np.clip(standing.price_rise, -0.1, 0.5)
        + 0.70 * np.minimum(standing.failed_payments, 3)
    )
    return standing.intercept + standing.season + lasting - coming


def waking(who: Latents, auto_renews: Flags) -> Floats:
    """What is lost by reminding somebody who would have stayed without thinking of it."""
    return 0.55 * auto_renews * expit(2 * (who.annoyance - who.need) - 0.5)


def effect(
    action: Action,
    who: Latents,
    *,
    auto_renews: Flags,
    complaints: Floats,
    discount_share: Floats | float = 0.0,
) -> Floats:
    """What an action adds to the logit of renewing.

    Args:
        discount_share: of the fee, for a discount; a share the customer would pay less.
    """
    wake = waking(who, auto_renews)
    if action is Action.REMINDER:
        return 0.45 * (1.0 - auto_renews) * expit(-0.5 * who.inertia) - wake
    if action is Action.RECAP:
        return 0.30 * who.need - 0.05 - 0.5 * wake
    if action is Action.UPGRADE:
        return 0.10 + 0.40 * _above_zero(who.need) - 0.2 * wake
    if action is Action.DISCOUNT:
        pull = 0.75 / 1.3 * np.log1p(np.exp(1.2 * who.price)) / np.log(2)
        gained: Floats = pull * np.power(np.asarray(discount_share) / 0.2, 0.8) - 0.6 * wake
        return gained
    if action is Action.INSTALMENTS:
        return 0.05 + 0.45 * _above_zero(who.stress) - 0.3 * wake
    if action is Action.PAUSE:
        return 0.50 * _above_zero(-who.need - 0.3) - 0.10
    if action is Action.EXTENSION:
        # Not in the reference market: time helps those who hesitate for want of money or use.
        return 0.10 + 0.20 * _above_zero(who.stress) + 0.10 * _above_zero(-who.need) - 0.3 * wake
    if action is Action.CALL:
        listened = 0.35 + 0.35 * np.minimum(complaints, 3)
        return listened - 0.55 * _above_zero(who.annoyance - 0.5) - wake
    return np.zeros_like(wake)


def faded(strength: Floats, *, days_since: Floats, action: Action) -> Floats:
    """What is left of an effect some days after the contact."""
    lasts = FADES_DAYS.get(action, FADES_DAYS_DEFAULT)
    return strength * np.exp(-np.maximum(days_since, 0) / lasts)


def _above_zero(value: Floats) -> Floats:
    return np.maximum(value, 0)
