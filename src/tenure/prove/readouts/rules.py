"""Two groups compared: the difference, its interval, its test, and the size it takes to see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, erfc, exp, gamma, log, sqrt
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
ALPHA: Final = 0.05
SRM_ALARM: Final = 0.001
SRM_WARNING: Final = 0.01


@dataclass(frozen=True, slots=True)
class Group:
    """One arm as sums over its accounts: enough for every comparison, whatever its size.

    An account may have several terms, whose outcomes are alike; so the account is the unit of
    chance and the term the unit of the rate. With n terms and an outcome that sums to y in each
    account: `terms` is the sum of n, `total` of y, `squares` of y², `products` of n·y and
    `term_squares` of n².
    """

    accounts: int
    terms: int
    total: float
    squares: float
    products: float
    term_squares: int

    @property
    def mean(self) -> float:
        """The outcome per term; callers rule out an arm without terms first."""
        return self.total / self.terms

    def scatter(self, around: float) -> float:
        """The sum over accounts of (y − around·n)²."""
        return self.squares - 2 * around * self.products + around**2 * self.term_squares

    @property
    def variance(self) -> float:
        """The variance of the mean, by the delta method; p(1 − p)/n for one yes or no each."""
        is_binomial = self.term_squares == self.terms and self.squares == self.total
        freedom = 1.0 if is_binomial else self.accounts / max(self.accounts - 1, 1)
        return max(0.0, self.scatter(self.mean)) * freedom / self.terms**2


def one_each(accounts: int, *, total: float, squares: float) -> Group:
    """A group in which every account has one term, from the sums of y and of y²."""
    return Group(accounts, accounts, total, squares, products=total, term_squares=accounts)


def yes_or_no(accounts: int, *, yes: int) -> Group:
    """A group in which every account has one term, renewed or not."""
    return one_each(accounts, total=yes, squares=yes)


@dataclass(frozen=True, slots=True)
class Difference:
    """Treated minus control, per term, with its standard error and 95 % interval."""

    effect: float
    deviation: float
    low: float
    high: float

    def times(self, terms: int) -> Difference:
        """The same for so many terms together: what the programme changed in all."""
        return Difference(
            effect=self.effect * terms,
            deviation=self.deviation * terms,
            low=self.low * terms,
            high=self.high * terms,
        )


def difference(treated: Group, control: Group, *, alpha: float = ALPHA) -> Difference:
    """The difference of means with the unpooled fixed-horizon interval (G15).

    Valid when it is looked at once, on the planned day. Both groups hold somebody.
    """
    deviation = _deviation(treated, control)
    half = _NORMAL.inv_cdf(1 - alpha / 2) * deviation
    effect = treated.mean - control.mean
    return Difference(effect, deviation, effect - half, effect + half)


def relative_difference(treated: Group, control: Group, *, alpha: float = ALPHA) -> Difference:
    """The difference as a share of the control's mean, by the delta method.

    References:
        science dossier §6, vectors of GrowthBook's statistics tests.
    """
    base = control.mean
    variance = treated.variance / base**2 + control.variance * treated.mean**2 / base**4
    deviation = sqrt(variance)
    half = _NORMAL.inv_cdf(1 - alpha / 2) * deviation
    effect = (treated.mean - base) / base
    return Difference(effect, deviation, effect - half, effect + half)


def _deviation(treated: Group, control: Group) -> float:
    return sqrt(treated.variance + control.variance)


@dataclass(frozen=True, slots=True)
class Test:
    """A z-test with the pooled standard error, two-sided."""

    z: float
    p_value: float

    def is_significant(self, alpha: float = ALPHA) -> bool:
        """The one rule behind every flag: the test, never the interval (G15)."""
        return self.p_value < alpha


def pooled_test(treated: Group, control: Group) -> Test:
    """Whether two rates differ; two groups without any difference in outcome give p = 1."""
    terms = treated.terms + control.terms
    rate = (treated.total + control.total) / terms
    scatter = max(0.0, treated.scatter(rate) + control.scatter(rate)) / terms
    spread = sqrt(scatter * (1 / treated.terms + 1 / control.terms))
    if spread == 0:
        return Test(z=0.0, p_value=1.0)
    z = (treated.mean - control.mean) / spread
    return Test(z=z, p_value=erfc(abs(z) / sqrt(2)))


def always_valid(
    one: Difference, *, accounts: int, tuning: int, alpha: float = ALPHA
) -> Difference:
    """The interval that may be looked at every day: an asymptotic confidence sequence.

    Args:
        one: the difference with its standard error.
        accounts: both groups together.
        tuning: the number of accounts at which the interval is made tightest.
    References:
        Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2021), arXiv 2103.06476, eq. 14.
    """
    tightest = -2 * log(alpha)
    rho = sqrt((tightest + log(tightest + 1)) / tuning)
    spread = accounts * rho**2 + 1
    half = one.deviation * sqrt(accounts) * sqrt(2 * spread * log(sqrt(spread) / alpha))
    half /= accounts * rho
    return Difference(one.effect, one.deviation, one.effect - half, one.effect + half)


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
