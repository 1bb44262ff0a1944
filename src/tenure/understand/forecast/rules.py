"""From sums over independent terms to a spread."""

import math
from dataclasses import dataclass

Z90 = 1.2815515655446004  # the 90th percentile of the normal distribution
# How far the general level of renewal may be off, on the logit scale, before any forecast of ours
# was held against what came: about two points at a renewal rate of 85 %.
PRIOR_LEVEL_SPREAD = 0.15


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the terms due in one week: the value of a term is 1, or its revenue.

    `spread` is Σ value·p·(1−p): by how much the mean moves when every logit moves by one.
    """

    mean: float
    variance: float
    spread: float
    most: float


@dataclass(frozen=True, slots=True)
class Quantiles:
    """P10, P50 and P90."""

    p10: float
    p50: float
    p90: float


def quantiles(sums: Sums, *, level_spread: float = PRIOR_LEVEL_SPREAD) -> Quantiles:
    """The spread of a sum of independent renewals whose common level is itself uncertain.

    Var = Σ value²·p(1−p) + (σ·Σ value·p(1−p))²: each term for itself, and all of them together
    (first order in the common shift of the logits). Cut at 0 and at all renewed.
    """
    deviation = math.sqrt(sums.variance + (level_spread * sums.spread) ** 2)
    low, high = sums.mean - Z90 * deviation, sums.mean + Z90 * deviation
    return Quantiles(max(0.0, low), sums.mean, min(sums.most, high))
