"""Two groups as sums, the difference of their means, its interval and its test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist
from typing import Final, SupportsFloat

_NORMAL: Final = NormalDist()
ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Group:
    """One arm as sums over its accounts: enough for every comparison, whatever its size.

    An account may have several terms, whose outcomes are alike; so the account is the unit of
    chance and the term the unit of the rate. With n terms and an outcome that sums to y in each
    account: `terms` is the sum of n, `total` of y, `squares` of y², `products` of n·y and
    `term_squares` of n².
    """

    accounts: int
    terms: float
    total: float
    squares: float
    products: float
    term_squares: float

    @classmethod
    def of_sums(cls, *sums: SupportsFloat) -> Group:
        """From sums as the databases give them: accounts, terms, n², y, y² and n·y."""
        accounts, terms, term_squares, total, squares, products = (float(one) for one in sums)
        return cls(int(accounts), terms, total, squares, products, term_squares)

    def __add__(self, other: Group) -> Group:
        """Both, as one group."""
        return Group(
            accounts=self.accounts + other.accounts,
            terms=self.terms + other.terms,
            total=self.total + other.total,
            squares=self.squares + other.squares,
            products=self.products + other.products,
            term_squares=self.term_squares + other.term_squares,
        )

    @property
    def mean(self) -> float:
        """The outcome per term; callers rule out an arm without terms first."""
        return self.total / self.terms

    def scatter(self, around: float) -> float:
        """The sum over accounts of (y − around·n)²."""
        return self.squares - 2 * around * self.products + around**2 * self.term_squares

    @property
    def is_binomial(self) -> bool:
        """Whether every account has one term, and a yes or a no in it."""
        return self.term_squares == self.terms and self.squares == self.total

    @property
    def variance(self) -> float:
        """The variance of the mean, by the delta method; p(1 − p)/n for one yes or no each."""
        freedom = 1.0 if self.is_binomial else self.accounts / max(self.accounts - 1, 1)
        return max(0.0, self.scatter(self.mean)) * freedom / self.terms**2

    @property
    def doubt(self) -> float:
        """The variance of the mean as an interval may use it: of yes or no it is never zero.

        Where every outcome is alike the sample says nothing of how far the next ones differ; it
        counts as if one more account had said yes and one more no.

        References:
            Agresti, Caffo (2000), Simple and effective confidence intervals.
        """
        if not self.is_binomial or 0 < self.total < self.terms:
            return self.variance
        share = (self.total + 1) / (self.terms + 2)
        return share * (1 - share) / (self.terms + 2)


NOBODY: Final = Group(0, 0, 0, 0, products=0, term_squares=0)


def together(groups: Iterable[Group]) -> Group:
    """Groups of different accounts as one."""
    return sum(groups, NOBODY)


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

    def times(self, terms: float) -> Difference:
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
    return around(treated.mean - control.mean, deviation=deviation, alpha=alpha)


def around(effect: float, *, deviation: float, alpha: float = ALPHA) -> Difference:
    """An effect with its fixed-horizon interval."""
    half = _NORMAL.inv_cdf(1 - alpha / 2) * deviation
    return Difference(effect, deviation, effect - half, effect + half)


def relative_difference(treated: Group, control: Group, *, alpha: float = ALPHA) -> Difference:
    """The difference as a share of the control's mean, by the delta method.

    References:
        science dossier §6, vectors of GrowthBook's statistics tests.
    """
    base = control.mean
    variance = treated.variance / base**2 + control.variance * treated.mean**2 / base**4
    return around((treated.mean - base) / base, deviation=sqrt(variance), alpha=alpha)


def _deviation(treated: Group, control: Group) -> float:
    """Zero where nothing varies at all: of that no interval is shown."""
    if not treated.variance and not control.variance:
        return 0.0
    return sqrt(treated.doubt + control.doubt)


@dataclass(frozen=True, slots=True)
class Test:
    """A z-test with the pooled standard error, two-sided."""

    z: float
    p_value: float

    def is_significant(self, alpha: float = ALPHA) -> bool:
        """The one rule behind every flag: the test, never the interval (G15)."""
        return self.p_value < alpha


@dataclass(frozen=True, slots=True)
class Students:
    """Bounds of a difference by Student's t, its degrees of freedom and two-sided p-value."""

    low: float
    high: float
    freedom: float
    p_value: float


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


def students(treated: Group, control: Group, *, one: Difference, alpha: float = ALPHA) -> Students:
    """The interval and test of a difference of means by Student's t, for small arms.

    Args:
        one: the difference of these groups, absolute or relative.
    References:
        Welch (1947) for the degrees of freedom.
    """
    from scipy.special import stdtr, stdtrit

    parts = [(group.variance, max(group.accounts - 1, 1)) for group in (treated, control)]
    spread = sum(variance**2 / freedom for variance, freedom in parts)
    if spread == 0:
        return Students(one.effect, one.effect, freedom=0.0, p_value=float(one.effect == 0))
    freedom = sum(variance for variance, _ in parts) ** 2 / spread
    half = float(stdtrit(freedom, 1 - alpha / 2)) * one.deviation
    p_value = 2 * float(stdtr(freedom, -abs(one.effect) / one.deviation))
    return Students(one.effect - half, one.effect + half, freedom=freedom, p_value=p_value)
