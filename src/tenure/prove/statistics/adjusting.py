"""Less noise from what was known before: CUPED, and strata put right afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Refusal, Sentence
from tenure.prove.statistics.groups import ALPHA, Difference, Group, difference, one_each

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Places = NDArray[np.intp]

# So many rows of twenty columns stay near the processor while they are added up.
_ROWS_AT_ONCE: Final = 16_384


class StratumWithoutArm(Refusal):
    """A stratum holds customers of one arm only, so nothing in it can be compared."""

    code = "stratum_without_arm"
    said = Sentence(
        zh="分层“{stratum}”只有一组有客户，无法比较；请合并较小的分层。",
        en="The stratum “{stratum}” holds customers of one arm only, so nothing in it can be "
        "compared; merge small strata.",
    )


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Two arms with the noise of the past taken away; `ratio` is the variance that is left."""

    treated: Group
    control: Group
    ratio: float


def of_values(values: Floats) -> Group:
    """A group in which each unit has one value."""
    return one_each(len(values), total=float(values.sum()), squares=float(values @ values))


def by_the_past(outcome: Floats, past: Floats, *, treated: Flags) -> Adjusted:
    """Take away what measurements from before the experiment explain (CUPED, CUPAC).

    Args:
        outcome: one value per unit.
        past: one row per unit, one column per measurement taken before it was assigned.
        treated: who is treated; the others are the control.
    Returns:
        Both arms around their common past; their difference is as unbiased as the plain one.
    References:
        Deng, Xu, Kohavi, Walker (2013).
    """
    centred = past.reshape(len(outcome), -1).astype(np.float64)
    centred = centred - centred.mean(axis=0)
    inner, around = centred.copy(), outcome.astype(np.float64)
    for arm in (treated, ~treated):
        inner[arm] -= inner[arm].mean(axis=0)
        around = np.where(arm, around - around[arm].mean(), around)
    weights, *_ = np.linalg.lstsq(inner.T @ inner, inner.T @ around, rcond=None)
    left = outcome - centred @ weights
    plain = float(around @ around)
    rest = around - inner @ weights
    ratio = float(rest @ rest) / plain if plain > 0 else 1.0
    return Adjusted(of_values(left[treated]), of_values(left[~treated]), ratio)


@dataclass(frozen=True, slots=True)
class Sums:
    """What one arm's columns add up to about a common centre: its size, (P,) and (P, P)."""

    size: int
    total: Floats
    products: Floats

    @property
    def scatter(self) -> Floats:
        """The products around the arm's own means."""
        around: Floats = self.products - np.outer(self.total, self.total) / self.size
        return around


def sums_by_arm(
    columns: Sequence[Floats], arms: Places, *, known: Flags
) -> tuple[Floats, list[Sums]]:
    """The common means of columns, and each arm's sums about them, in one pass.

    Args:
        columns: P columns of N numbers.
        arms: the place of each row's arm, from 0 without a gap.
        known: the rows that count; at least one in each arm.
    """
    whole = bool(known.all())
    centre = np.array([(one if whole else one[known]).mean() for one in columns])
    width, count = len(columns), int(arms.max()) + 1
    sizes, totals = np.zeros(count, dtype=int), np.zeros((count, width))
    products = np.zeros((count, width, width))
    for start in range(0, len(arms), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        moved = np.stack([one[rows] for one in columns]) - centre[:, None]
        for arm in range(count):
            part = np.compress((arms[rows] == arm) & known[rows], moved, axis=1)
            sizes[arm] += part.shape[1]
            totals[arm] += part.sum(axis=1)
            products[arm] += part @ part.T
    return centre, [Sums(int(sizes[arm]), totals[arm], products[arm]) for arm in range(count)]


def from_sums(treated: Sums, control: Sums, *, past: int, outcome: int, centre: Floats) -> Adjusted:
    """`by_the_past` for one of many outcomes whose sums with the past were taken together.

    Args:
        past: how many columns, the first ones, are the past.
        outcome: the place of the outcome's column.
        centre: what the sums are about.
    """
    scatter = treated.scatter + control.scatter
    weights, *_ = np.linalg.lstsq(scatter[:past, :past], scatter[:past, outcome], rcond=None)
    # How an outcome is left once the past is taken away: one column less the others, weighed.
    shape = np.zeros(len(centre))
    shape[:past], shape[outcome] = -weights, 1.0
    both = treated.size + control.size
    common = (treated.total[:past] + control.total[:past]) / both
    level = float(centre[outcome] + common @ weights)
    plain = float(scatter[outcome, outcome])
    ratio = float(shape @ scatter @ shape) / plain if plain > 0 else 1.0
    arms = [_left(arm, shape, level=level) for arm in (treated, control)]
    return Adjusted(arms[0], arms[1], ratio)


def _left(arm: Sums, shape: Floats, *, level: float) -> Group:
    total = float(arm.total @ shape) + arm.size * level
    squares = float(shape @ arm.scatter @ shape) + total**2 / arm.size
    return one_each(arm.size, total=total, squares=squares)


def by_strata(
    outcome: Floats, strata: NDArray[np.str_], *, treated: Flags, alpha: float = ALPHA
) -> Difference:
    """The difference within each stratum, weighed by how many of all are in it.

    Raises:
        StratumWithoutArm: a stratum holds one arm only.
    """
    effect, variance = 0.0, 0.0
    for stratum in np.unique(strata):
        here = strata == stratum
        arms = [outcome[here & arm] for arm in (treated, ~treated)]
        if min(len(arm) for arm in arms) == 0:
            raise StratumWithoutArm(stratum=str(stratum))
        one = difference(of_values(arms[0]), of_values(arms[1]))
        share = float(here.mean())
        effect += share * one.effect
        variance += share**2 * one.deviation**2
    return around(effect, deviation=float(np.sqrt(variance)), alpha=alpha)


def around(effect: float, *, deviation: float, alpha: float = ALPHA) -> Difference:
    """An effect with its fixed-horizon interval."""
    from scipy.special import ndtri

    half = float(ndtri(1 - alpha / 2)) * deviation
    return Difference(effect, deviation, effect - half, effect + half)
