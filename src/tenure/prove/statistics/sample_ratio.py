"""Whether the arms have the sizes that they were promised; asked before any result is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import erfc, exp, gamma, lgamma, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

SRM_ALARM: Final = 0.001
SRM_WARNING: Final = 0.01
# How firmly the promised shares are believed before anything is seen.
CONCENTRATION: Final = 10_000


class SampleRatio(StrEnum):
    """Whether the arms have the sizes that the assignment promises."""

    FINE = "fine"
    AMBER = "amber"
    ALARM = "alarm"


def sample_ratio(counts: Mapping[str, int], weights: Mapping[str, int]) -> float:
    """How likely arm sizes at least as uneven as these are, by the chi-squared test.

    Args:
        counts: customers per arm.
        weights: the share that each arm was promised, in any unit; every arm has one.
    """
    total, promised = sum(counts.values()), sum(weights.values())
    if total == 0:
        return 1.0
    statistic = 0.0
    for arm, weight in weights.items():
        expected = total * weight / promised
        statistic += (counts.get(arm, 0) - expected) ** 2 / expected
    return chi_squared_tail(statistic, freedom=len(weights) - 1)


def sample_ratio_level(p_value: float) -> SampleRatio:
    """Alarm below 0.001, amber below 0.01: a check made daily needs a strict line."""
    if p_value < SRM_ALARM:
        return SampleRatio.ALARM
    return SampleRatio.AMBER if p_value < SRM_WARNING else SampleRatio.FINE


def chi_squared_tail(statistic: float, *, freedom: int) -> float:
    """The probability of a larger chi-squared with `freedom` degrees, by its finite sums."""
    assert freedom >= 1, "two arms leave one degree of freedom"
    half = statistic / 2
    start = 0.5 if freedom % 2 else 0.0
    tail = erfc(sqrt(half)) if freedom % 2 else 0.0
    for step in range(freedom // 2):
        power = start + step
        tail += half**power * exp(-half) / gamma(power + 1)
    return min(1.0, tail)


def evenness(table: NDArray[np.int64]) -> float:
    """How likely arms fall among levels so unevenly by chance, by the chi-squared test.

    Args:
        table: (arms, levels), how many units are in each; every arm and every level has some.
    """
    from scipy.special import chdtrc

    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    statistic = float(((table - expected) ** 2 / expected).sum())
    return float(chdtrc(freedom, statistic)) if freedom else 1.0


def always_valid_ratio(looks: Iterable[Sequence[int]], *, weights: Sequence[int]) -> list[float]:
    """The check that may be made every day: a p-value after each look, never rising.

    Args:
        looks: for each look, the units that entered since the one before, per arm.
        weights: the share that each arm was promised, in any unit.
    References:
        Lindon, Malek (2022), arXiv 2011.03567: the Bayes factor of a Dirichlet-multinomial.
    """
    promised = sum(weights)
    shares = [weight / promised for weight in weights]
    counts, found, least = [0] * len(weights), [], 1.0
    for look in looks:
        counts = [had + new for had, new in zip(counts, look, strict=True)]
        least = min(least, exp(-min(_log_factor(counts, shares), 700.0)))
        found.append(least)
    return found


def _log_factor(counts: Sequence[int], shares: Sequence[float]) -> float:
    """How much likelier the counts are under other shares than under the promised ones."""
    total = sum(counts)
    found = lgamma(CONCENTRATION) - lgamma(CONCENTRATION + total)
    for count, share in zip(counts, shares, strict=True):
        start = CONCENTRATION * share
        found += lgamma(start + count) - lgamma(start) - count * log(share)
    return found
