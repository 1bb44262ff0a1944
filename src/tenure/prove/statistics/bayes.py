"""The readout that speaks of chances: how likely one is better, and what is lost if it is not."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

from tenure.prove.statistics.groups import ALPHA, Difference

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Prior:
    """What was believed of the effect beforehand, in the effect's own unit."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is believed now: the effect, its 95 % interval, and the price of each choice.

    `wins` is the chance that the treated do better; `risk_of_control` and `risk_of_treated` are
    what is lost on average by choosing that arm, 0 or more.
    """

    effect: float
    deviation: float
    low: float
    high: float
    wins: float
    risk_of_control: float
    risk_of_treated: float


def posterior(
    one: Difference, *, prior: Prior | None = None, alpha: float = ALPHA
) -> Posterior | None:
    """Believe a difference, with a normal prior or with none; None where it has no deviation.

    References:
        science dossier §6, vectors of GrowthBook's statistics tests.
    """
    if one.deviation == 0:
        return None
    effect, deviation = one.effect, one.deviation
    if prior is not None:
        known, seen = 1 / prior.variance, 1 / deviation**2
        effect = (prior.mean * known + effect * seen) / (known + seen)
        deviation = 1 / sqrt(known + seen)
    half = _NORMAL.inv_cdf(1 - alpha / 2) * deviation
    z = effect / deviation
    gain = effect * _NORMAL.cdf(z) + deviation * _NORMAL.pdf(z)
    return Posterior(
        effect=effect,
        deviation=deviation,
        low=effect - half,
        high=effect + half,
        wins=_NORMAL.cdf(z),
        risk_of_control=gain,
        risk_of_treated=gain - effect,
    )
