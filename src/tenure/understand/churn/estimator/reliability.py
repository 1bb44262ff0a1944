"""How predicted probabilities held bin by bin, how far down the list one must go, and by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.periods import date_of
from tenure.understand.churn.estimator.ensemble import Floats

BINS: Final = 10
_Z: Final = 1.959964
# A month with fewer expected ends says nothing of the level.
LEAST_EXPECTED: Final = 20.0
OFF_FROM: Final = 0.15


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases of like probability: what was predicted, what came, and within what bounds (95 %)."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int


def reliability(probability: Floats, outcome: Floats) -> list[Bin]:
    """Ten bins of equal counts, from the least probability up (the plot of a calibration)."""
    order = np.argsort(probability, kind="stable")
    found = []
    for rows in np.array_split(order, min(BINS, len(order))):
        low, high = wilson(float(outcome[rows].sum()), n=len(rows))
        told, came = float(probability[rows].mean()), float(outcome[rows].mean())
        found.append(Bin(told, came, low, high, len(rows)))
    return found


def wilson(hits: float, *, n: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson (1927)."""
    share, z2 = hits / n, _Z * _Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    width = _Z * float(np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, centre - width), min(1.0, centre + width)


def gains(probability: Floats, outcome: Floats) -> list[float]:
    """The share of all who left that is found in the highest tenth, two tenths … of the list."""
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(outcome[order]) / outcome.sum()
    last = [max(0, round(len(order) * part / BINS) - 1) for part in range(1, BINS + 1)]
    return [float(found[place]) for place in last]


@dataclass(frozen=True, slots=True)
class Month:
    """The ends of one month: how many were expected, and how many came."""

    month: str
    n: int
    expected: float
    observed: float

    @property
    def ratio(self) -> float | None:
        """Observed ÷ expected; None where too few were expected to say."""
        return self.observed / self.expected if self.expected >= LEAST_EXPECTED else None

    @property
    def is_off(self) -> bool:
        """Whether the level was missed by more than 15 %."""
        return self.ratio is not None and abs(self.ratio - 1) > OFF_FROM


def by_month(probability: Floats, outcome: Floats, *, ends_day: NDArray[np.int64]) -> list[Month]:
    """Observed and expected by the month of the end (A6), the oldest first."""
    names = np.array([f"{date_of(int(day)):%Y-%m}" for day in ends_day])
    return [
        Month(
            str(name),
            int((names == name).sum()),
            float(probability[names == name].sum()),
            float(outcome[names == name].sum()),
        )
        for name in np.unique(names)
    ]


def level_is_off(months: Sequence[Month]) -> bool:
    """Whether the level was missed by more than 15 % in two months one after the other."""
    return any(before.is_off and now.is_off for before, now in pairwise(months))
