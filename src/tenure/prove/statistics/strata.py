"""Strata put right afterwards: two arms compared within each, and weighed together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Refusal, Sentence
from tenure.prove.statistics.groups import (
    ALPHA,
    Difference,
    Group,
    Students,
    Test,
    around,
    together,
)

type Floats = NDArray[np.float64]
type Places = NDArray[np.intp]
type Pair = tuple[Group, Group]
type Pairs = Sequence[Pair]

# One unit says nothing of how far units of its stratum differ.
LEAST_IN_STRATUM: Final = 2
# The name of those that are too small to be weighed alone.
TOGETHER: Final = "*"


class StratumWithoutArm(Refusal):
    """A stratum holds nobody of an arm, so nothing in it can be compared."""

    code = "stratum_without_arm"
    said = Sentence(
        zh="分层“{stratum}”里没有“{arm}”组的单位，无法在其中比较；请合并较小的分层，"
        "或不按这一列分层。",
        en="The stratum “{stratum}” holds nobody of “{arm}”, so nothing in it can be compared; "
        "merge small strata, or leave the column out.",
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One arm over K strata: its mean, and what each stratum adds to the variance of the mean.

    `apart` is how far each stratum stands from the mean, (K,); `parts` is the variance that the
    units of each stratum add, (K,), with `freedom` degrees.
    """

    mean: float
    apart: Floats
    parts: Floats
    freedom: Floats

    @classmethod
    def of(cls, groups: Sequence[Group], *, shares: Floats, doubted: bool) -> Self:
        """An arm whose strata count by these shares, whatever their sizes in the arm are.

        The mean is a ratio of two weighed sums, so that it is the mean of all (and no mean of
        ratios) where units have several terms; its variance is that of the delta method. Within a
        stratum n − 1 divides: of a handful the difference is seen.

        Args:
            doubted: count in that of a stratum in which all said yes, or all no, the next ones may
                not, as `Group.doubt` does.
        """
        units = np.array([one.accounts for one in groups], dtype=np.float64)
        below = np.array([one.terms for one in groups]) / units
        over = np.array([one.total for one in groups]) / units
        whole = float(shares @ below)
        mean = float(shares @ over) / whole
        apart = over - mean * below
        scatter = np.array([one.scatter(mean) for one in groups]) - units * apart**2
        freedom = units - 1
        spread = np.maximum(scatter, 0.0) / freedom / units
        if doubted:
            doubt = np.array([one.doubt if one.is_binomial else 0.0 for one in groups])
            spread = np.maximum(spread, doubt)
        parts = shares**2 * spread / whole**2
        return cls(mean, apart / whole, parts, freedom)


@dataclass(frozen=True, slots=True)
class Stratified:
    """Two arms at the same shares of their strata, so that none is ahead by whom it got.

    `sizes` are the units of each arm, and `units` those whose shares count: how many came of each
    stratum is chance, too, and with effects that differ between strata that adds to the variance.

    References:
        Holt, Smith (1979), Post stratification; Miratrix, Sekhon, Yu (2013).
    """

    treated: Side
    control: Side
    shares: Floats
    units: int
    sizes: tuple[int, int]

    @property
    def accounts(self) -> int:
        """The units of both arms."""
        return sum(self.sizes)

    @classmethod
    def of(cls, pairs: Pairs, *, as_treated: bool = False) -> Self:
        """Weigh strata by how many of both arms are in each, or as they are among the treated.

        Args:
            pairs: treated and control of each stratum, `LEAST_IN_STRATUM` units or more in each.
            as_treated: for what the treated have of it, where nobody drew who they are.
        """
        assert pairs, "somebody is in a stratum"
        assert min(min(a.accounts, b.accounts) for a, b in pairs) >= LEAST_IN_STRATUM
        treated, control = [one for one, _ in pairs], [one for _, one in pairs]
        mine = np.array([one.accounts for one in treated], dtype=np.float64)
        both = mine + np.array([one.accounts for one in control])
        counted = mine if as_treated else both
        shares = counted / counted.sum()
        # Where nothing varies in any stratum no interval is shown, as of two plain arms.
        doubted = any(one.variance for pair in pairs for one in pair)
        return cls(
            treated=Side.of(treated, shares=shares, doubted=doubted),
            control=Side.of(control, shares=shares, doubted=doubted),
            shares=shares,
            units=int(counted.sum()),
            sizes=(int(mine.sum()), int((both - mine).sum())),
        )

    def difference(self, *, alpha: float = ALPHA) -> Difference:
        """Treated minus control with the fixed-horizon interval, as `groups.difference`."""
        effect = self.treated.mean - self.control.mean
        return around(effect, deviation=sqrt(self._variance(1.0, -1.0)), alpha=alpha)

    def relative(self, *, alpha: float = ALPHA) -> Difference:
        """The difference as a share of the control's mean, which is above 0; delta method."""
        base = self.control.mean
        ratio = self.treated.mean / base
        variance = self._variance(1 / base, -ratio / base)
        return around(ratio - 1, deviation=sqrt(variance), alpha=alpha)

    def students(self, *, alpha: float = ALPHA) -> Students:
        """The interval and the test by Student's t, as `groups.students`: strata may be small."""
        from scipy.special import stdtr, stdtrit

        one = self.difference(alpha=alpha)
        parts = np.concatenate([self.treated.parts, self.control.parts, [self._moved(1.0, -1.0)]])
        freedoms = np.concatenate([self.treated.freedom, self.control.freedom, [self.units - 1]])
        spread = float((parts**2 / freedoms).sum())
        if spread == 0:
            return Students(one.effect, one.effect, freedom=0.0, p_value=float(one.effect == 0))
        freedom = float(parts.sum()) ** 2 / spread
        half = float(stdtrit(freedom, 1 - alpha / 2)) * one.deviation
        p_value = 2 * float(stdtr(freedom, -abs(one.effect) / one.deviation))
        return Students(one.effect - half, one.effect + half, freedom=freedom, p_value=p_value)

    def test(self) -> Test:
        """Whether the arms differ, for many: two arms without any difference give p = 1."""
        one = self.difference()
        if one.deviation == 0:
            return Test(z=0.0, p_value=float(one.effect == 0))
        z = one.effect / one.deviation
        return Test(z=z, p_value=erfc(abs(z) / sqrt(2)))

    def _variance(self, treated: float, control: float) -> float:
        """The variance of so many of one mean and so many of the other."""
        within = treated**2 * self.treated.parts.sum() + control**2 * self.control.parts.sum()
        return float(within) + self._moved(treated, control)

    def _moved(self, treated: float, control: float) -> float:
        """What it adds that another draw would have brought other shares of the strata."""
        apart = treated * self.treated.apart + control * self.control.apart
        return float(self.shares @ apart**2) / self.units


def large_enough(strata: Mapping[str, Pair], *, least: int) -> dict[str, Pair]:
    """Strata with those that hold too few of an arm put together, as `TOGETHER`.

    Which go together follows from how many there are and from no outcome, so that it bends none.
    Where even all of the small ones hold too few, the smallest of the others is added to them.

    Args:
        strata: name → treated and control.
        least: units of each arm below which a stratum does not stand alone.
    """

    def size(name: str) -> int:
        return min(one.accounts for one in strata[name])

    names = sorted(strata, key=lambda one: (size(one), one))
    small = [one for one in names if size(one) < least]
    rest = names[len(small) :]
    while rest and small and min(one.accounts for one in _added(strata, small)) < least:
        small.append(rest.pop(0))
    found = {one: strata[one] for one in sorted(rest)}
    return found | ({TOGETHER: _added(strata, small)} if small else {})


def _added(strata: Mapping[str, Pair], names: Sequence[str]) -> Pair:
    treated, control = zip(*(strata[one] for one in names), strict=True)
    return together(treated), together(control)


def groups_of(over: Floats, below: Floats, *, places: Places, count: int) -> list[Group]:
    """Units as the sums of each of `count` places: of y, n, y², n·y and n²."""
    sums = [
        np.bincount(places, weights=one, minlength=count).tolist()
        for one in (below, over, over * over, below * over, below * below)
    ]
    sizes = np.bincount(places, minlength=count).tolist()
    return [
        Group(size, terms, total, squares, products=products, term_squares=term_squares)
        for size, terms, total, squares, products, term_squares in zip(sizes, *sums, strict=True)
    ]
