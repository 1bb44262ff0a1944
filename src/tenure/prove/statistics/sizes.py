"""How many customers it takes, and how long, before anybody looks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import asin, ceil, log, sqrt
from statistics import NormalDist
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.prove.statistics.groups import ALPHA, Difference

_NORMAL: Final = NormalDist()
_HALVINGS: Final = 80
_MOST_TIMES: Final = 1e6


class NoChange(Refusal):
    """Nothing can be planned to find a change of nothing, or a rate outside 0 to 1."""

    code = "no_change"
    said = Sentence(
        zh="无法计算样本量：基准为 {base}，变化为 {change}。基准与变化后的比率都须在 0 与 1 之间，"
        "且变化不能为 0。",
        en="No size can be computed for a base of {base} and a change of {change}: both rates lie "
        "between 0 and 1, and the change is not 0.",
    )


class Way(StrEnum):
    """Which approximation the size of a test of two rates is solved from."""

    POOLED = "pooled"
    UNPOOLED = "unpooled"
    ARCSINE = "arcsine"


def needed_per_arm(base: float, changed: float, *, alpha: float = ALPHA, power: float = 0.8) -> int:
    """Customers in each of two equal arms so that a change of rate is found with this power.

    Args:
        base: the rate without, 0 to 1.
        changed: the rate with, 0 to 1, another one.
    References:
        Fleiss (1981), the pooled z-test.
    """
    pooled = (base + changed) / 2
    chance = _NORMAL.inv_cdf(1 - alpha / 2) * sqrt(2 * pooled * (1 - pooled))
    effect = _NORMAL.inv_cdf(power) * sqrt(base * (1 - base) + changed * (1 - changed))
    return ceil(((chance + effect) / (changed - base)) ** 2)


def needed_in_total(
    base: float,
    changed: float,
    *,
    control_share: float,
    alpha: float = ALPHA,
    power: float = 0.8,
) -> int:
    """Customers in both arms together when a small share is left alone.

    Args:
        base: the rate of those left alone, 0 to 1.
        changed: the rate of the others, 0 to 1, another one.
        control_share: the share left alone, above 0 and below 1.
    References:
        The unpooled z-interval of G15, solved for the number of customers.
    """
    both = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)
    spread = base * (1 - base) / control_share + changed * (1 - changed) / (1 - control_share)
    return ceil(both**2 * spread / (changed - base) ** 2)


def needed_by_now(
    one: Difference, *, has: int, change: float, alpha: float = ALPHA, power: float = 0.8
) -> int | None:
    """Customers that it takes in all to find a change, judged by how sure so many of them make.

    None where there is no change to find.
    Args:
        one: a difference whose variance falls as customers grow, in any unit.
        has: the customers behind it, both arms together.
        change: the least one worth finding, in the same unit, 0 or more.
    """
    if change <= 0:
        return None
    both = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)
    return max(1, ceil(has * (both * one.deviation / change) ** 2))


def per_arm(base: float, changed: float, *, way: Way, power: float = 0.8) -> float:
    """The same size by another approximation, not yet a whole number, at alpha 5 %.

    Raises:
        NoChange: a rate outside 0 to 1, or no change.
    References:
        Cohen (1988) for the arcsine.
    """
    if not (0 < base < 1 and 0 < changed < 1) or base == changed:
        raise NoChange(base=f"{base:g}", change=f"{changed - base:g}")
    both = _NORMAL.inv_cdf(1 - ALPHA / 2) + _NORMAL.inv_cdf(power)
    if way is Way.ARCSINE:
        apart = 2 * asin(sqrt(changed)) - 2 * asin(sqrt(base))
        return 2 * both**2 / apart**2
    if way is Way.UNPOOLED:
        spread = base * (1 - base) + changed * (1 - changed)
        return both**2 * spread / (changed - base) ** 2
    return float(needed_per_arm(base, changed, power=power))


def per_arm_of_means(shift: float, *, alpha: float = ALPHA, power: float = 0.8) -> float:
    """Units in each of two equal arms for a t-test to find a shift of so many deviations.

    Args:
        shift: the difference of means over the common deviation (Cohen's d), not 0.
    References:
        The noncentral t, solved for n as `statsmodels` does.
    """
    if shift == 0:
        raise NoChange(base="0", change="0")
    from scipy.special import nctdtr, stdtrit

    def lacks(size: float) -> bool:
        freedom, away = 2 * size - 2, abs(shift) * sqrt(size / 2)
        edge = stdtrit(freedom, 1 - alpha / 2)
        return bool(1 - nctdtr(freedom, away, edge) + nctdtr(freedom, away, -edge) < power)

    low, high = 2.0, 4.0
    while lacks(high):
        low, high = high, high * 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) else (low, middle)
    return high


@dataclass(frozen=True, slots=True)
class Duration:
    """How long an experiment takes: customers enter week by week, then outcomes ripen."""

    customers: int
    weeks_entering: int
    weeks_ripening: int

    @property
    def weeks(self) -> int:
        """From the first customer to the readout."""
        return self.weeks_entering + self.weeks_ripening


def duration(customers: int, *, per_week: int, ripening_days: int) -> Duration:
    """The weeks for so many customers, of whom `per_week` become due each week.

    Args:
        ripening_days: from the day a customer enters to the day the outcome is known.
    """
    assert per_week > 0, "somebody enters"
    return Duration(customers, -(-customers // per_week), -(-ripening_days // 7))


@dataclass(frozen=True, slots=True)
class Ongoing:
    """A comparison that runs: its effect so far is not looked at, only its deviation.

    `tuning` is None where it is read once at the end; otherwise the always-valid interval tuned
    to that many units. A prior has mean and variance of the effect.
    """

    one: Difference
    units: int
    tuning: int | None = None
    prior: tuple[float, float] | None = None

    def power(self, times: float, *, change: float, alpha: float = ALPHA) -> float:
        """The chance to find a change once there are `times` as many units as now."""
        deviation = self.one.deviation / sqrt(times)
        edge, centre = self._edge(times, deviation=deviation, alpha=alpha)
        found = _NORMAL.cdf((change - centre - edge) / deviation)
        return found + _NORMAL.cdf((-change + centre - edge) / deviation)

    def _edge(self, times: float, *, deviation: float, alpha: float) -> tuple[float, float]:
        """How far from which centre an estimate must lie to be called a difference."""
        z = _NORMAL.inv_cdf(1 - alpha / 2)
        if self.prior is not None:
            mean, variance = self.prior
            known = 1 / variance
            seen = 1 / deviation**2
            return z * sqrt(known + seen) / seen, -mean * known / seen
        if self.tuning is None:
            return z * deviation, 0.0
        tightest = -2 * log(alpha)
        rho = sqrt((tightest + log(tightest + 1)) / self.tuning)
        units = self.units * times
        spread = units * rho**2 + 1
        half = deviation * sqrt(units) * sqrt(2 * spread * log(sqrt(spread) / alpha))
        return half / (units * rho), 0.0


def times_more(ongoing: Ongoing, *, change: float, power: float = 0.8) -> float | None:
    """How many times today's units are still to come until a change is found with this power.

    0 where there are enough already; None where a million times would not do.
    """
    if ongoing.power(1.0, change=change) >= power:
        return 0.0
    low, high = 1.0, 2.0
    while ongoing.power(high, change=change) < power:
        low, high = high, high * 2
        if high > _MOST_TIMES:
            return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = ongoing.power(middle, change=change) < power
        low, high = (middle, high) if short else (low, middle)
    return high - 1
