"""Arms of different ages: how many stay how long, compared at equal age."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tenure.prove.statistics.groups import ALPHA, Difference, Group, Test, around, one_each

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stays:
    """One arm: for each unit how long it was seen, and whether it left then."""

    seen: Floats
    left: Flags

    def reaches(self, horizon: float) -> bool:
        """Whether somebody was seen for so long."""
        return bool((self.seen >= horizon).any())

    def table(self, times: Floats) -> tuple[Floats, Floats]:
        """How many were at risk, and how many left, at each of these times."""
        seen = np.sort(self.seen)
        gone = np.sort(self.seen[self.left])
        at_risk = len(seen) - np.searchsorted(seen, times, side="left")
        up_to = np.searchsorted(gone, times, side="right")
        return at_risk.astype(np.float64), (up_to - np.searchsorted(gone, times)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Curve:
    """Kaplan-Meier: the share that stays beyond each time at which somebody left."""

    times: Floats
    shares: Floats
    at_risk: Floats
    leaving: Floats

    @classmethod
    def of(cls, stays: Stays) -> Self:
        """The curve of one arm."""
        times = np.unique(stays.seen[stays.left])
        at_risk, leaving = stays.table(times)
        return cls(times, np.cumprod(1 - leaving / at_risk), at_risk, leaving)

    def at(self, time: float) -> float:
        """The share that stays beyond a time."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.shares[place - 1]) if place else 1.0

    def mean_until(self, horizon: float) -> tuple[float, float]:
        """The mean time that a unit stays, counted up to a horizon, and its variance."""
        inside = self.times < horizon
        times, shares = self.times[inside], self.shares[inside]
        edges = np.concatenate([[0.0], times, [horizon]])
        areas = np.concatenate([[1.0], shares]) * np.diff(edges)
        after = areas[::-1].cumsum()[::-1][1:]
        at_risk, leaving = self.at_risk[inside], self.leaving[inside]
        spread = at_risk * (at_risk - leaving)
        steps = np.divide(leaving, spread, out=np.zeros_like(spread), where=spread > 0)
        return float(areas.sum()), float(steps @ after**2)


def longer_stay(
    treated: Stays, control: Stays, *, horizon: float, alpha: float = ALPHA
) -> Difference:
    """How much longer the treated stay, counted up to a horizon that both arms were seen to.

    References:
        Royston, Parmar (2013), restricted mean survival time.
    """
    mean, variance = Curve.of(treated).mean_until(horizon)
    base, other = Curve.of(control).mean_until(horizon)
    return around(mean - base, deviation=sqrt(variance + other), alpha=alpha)


def as_group(stays: Stays, *, horizon: float) -> Group:
    """An arm as a group whose mean is the mean stay up to a horizon, with that mean's variance.

    So every comparison of means speaks of stays too: its sums are those of values with this mean
    and this spread.
    """
    mean, variance = Curve.of(stays).mean_until(horizon)
    count = len(stays.seen)
    return one_each(
        count, total=mean * count, squares=mean**2 * count + variance * count * (count - 1)
    )


def log_rank(treated: Stays, control: Stays) -> Test:
    """Whether two arms leave at the same rate at every age.

    References:
        Mantel (1966).
    """
    times = np.unique(np.concatenate([treated.seen[treated.left], control.seen[control.left]]))
    risk, gone = treated.table(times)
    other_risk, other_gone = control.table(times)
    all_risk, all_gone = risk + other_risk, gone + other_gone
    expected = all_gone * risk / all_risk
    several = np.maximum(all_risk - 1, 1)
    spread = all_gone * risk * other_risk * (all_risk - all_gone) / (all_risk**2 * several)
    total = float(spread.sum())
    if total == 0:
        return Test(z=0.0, p_value=1.0)
    z = float((gone - expected).sum()) / sqrt(total)
    return Test(z=z, p_value=erfc(abs(z) / sqrt(2)))
