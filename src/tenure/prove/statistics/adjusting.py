"""Less noise from what was measured before anybody was assigned: CUPED."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.prove.statistics.groups import Group, one_each

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Places = NDArray[np.intp]

# So many rows of twenty columns stay near the processor while they are added up.
_ROWS_AT_ONCE: Final = 16_384
_FEW_PLACES: Final = 8


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Two arms with the noise of the past taken away; `ratio` is the variance that is left."""

    treated: Group
    control: Group
    ratio: float


@dataclass(frozen=True, slots=True)
class AdjustedPairs:
    """The same in each stratum, and in one where there are none."""

    pairs: list[tuple[Group, Group]]
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
    """What the columns of an arm (or of a stratum of it) add up to about a common centre: its
    size, (P,) and (P, P).
    """

    size: int
    total: Floats
    products: Floats

    @property
    def scatter(self) -> Floats:
        """The products around its own means."""
        around: Floats = self.products - np.outer(self.total, self.total) / self.size
        return around


def sums_by_place(
    columns: Sequence[Floats], places: Places, *, known: Flags
) -> tuple[Floats, list[Sums]]:
    """The common means of columns, and the sums of each place about them, in one pass.

    Args:
        columns: P columns of N numbers.
        places: of each row its arm, or its arm and stratum, from 0 without a gap.
        known: the rows that count; at least one in each place.
    """
    whole = bool(known.all())
    centre = np.array([(one if whole else one[known]).mean() for one in columns])
    width, count = len(columns), int(places.max()) + 1
    sizes, totals = np.zeros(count, dtype=int), np.zeros((count, width))
    products = np.zeros((count, width, width))
    for start in range(0, len(places), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        moved = np.stack([one[rows] for one in columns]) - centre[:, None]
        for place, part in _parted(moved, places[rows], known=known[rows], count=count):
            sizes[place] += part.shape[1]
            totals[place] += part.sum(axis=1)
            products[place] += part @ part.T
    return centre, [Sums(int(sizes[one]), totals[one], products[one]) for one in range(count)]


def _parted(
    moved: Floats, places: Places, *, known: Flags, count: int
) -> Iterator[tuple[int, Floats]]:
    """Columns of rows that count, place by place."""
    if count <= _FEW_PLACES:
        for place in range(count):
            yield place, np.compress((places == place) & known, moved, axis=1)
        return
    # To look at all rows for each of many places is slower than to put them in order once.
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(places[rows], kind="stable")]
    found, starts = np.unique(places[rows], return_index=True)
    edges = pairwise([*starts.tolist(), len(rows)])
    ordered = moved[:, rows]
    for place, (start, end) in zip(found.tolist(), edges, strict=True):
        yield place, ordered[:, start:end]


def from_sums(
    treated: Sequence[Sums], control: Sequence[Sums], *, past: int, outcome: int, centre: Floats
) -> AdjustedPairs:
    """`by_the_past` for one of many outcomes whose sums with the past were taken together.

    Args:
        treated: the sums of the arm in each stratum; of the whole arm where there are none.
        control: the same, stratum by stratum.
        past: how many columns, the first ones, are the past.
        outcome: the place of the outcome's column.
        centre: what the sums are about.
    """
    cells = [*treated, *control]
    scatter = np.sum([one.scatter for one in cells], axis=0)
    weights, *_ = np.linalg.lstsq(scatter[:past, :past], scatter[:past, outcome], rcond=None)
    # How an outcome is left once the past is taken away: one column less the others, weighed.
    shape = np.zeros(len(centre))
    shape[:past], shape[outcome] = -weights, 1.0
    both = sum(one.size for one in cells)
    common = np.sum([one.total[:past] for one in cells], axis=0) / both
    level = float(centre[outcome] + common @ weights)
    plain = float(scatter[outcome, outcome])
    ratio = float(shape @ scatter @ shape) / plain if plain > 0 else 1.0
    arms = [[_left(one, shape, level=level) for one in arm] for arm in (treated, control)]
    return AdjustedPairs(list(zip(*arms, strict=True)), ratio)


def _left(arm: Sums, shape: Floats, *, level: float) -> Group:
    total = float(arm.total @ shape) + arm.size * level
    squares = float(shape @ arm.scatter @ shape) + total**2 / arm.size
    return one_each(arm.size, total=total, squares=squares)
