"""The strata of an experiment's table: which level of the columns each unit is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.kernel.failures import Sentence
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import ManyStrata, SmallStratum, TimeInStrata
from tenure.prove.experiments.table import Flags, Places, Units, is_stay
from tenure.prove.statistics.sample_ratio import evenness
from tenure.prove.statistics.strata import LEAST_IN_STRATUM, StratumWithoutArm

MOST_STRATA: Final = 100
_EMPTY: Final = Sentence(zh="（空）", en="(empty)")
_JOINT: Final = " · "


@dataclass(frozen=True, slots=True)
class Strata:
    """Each unit's stratum; `names` are in order, and `missing` says of which units nothing is
    known, who are a level of their own.

    `p_value` is how likely arms that were drawn fall apart so unevenly.
    """

    columns: tuple[str, ...]
    names: tuple[Sentence, ...]
    places: Places
    missing: Mapping[str, int]
    p_value: float

    def cells(self, arms: Places) -> Places:
        """Of each unit the place of its arm and stratum, arm by arm."""
        return arms * len(self.names) + self.places

    def check(self, metric: str, known: Flags, *, units: Units) -> None:
        """Whether every stratum holds enough of every arm whose outcome is known.

        Raises:
            StratumWithoutArm, SmallStratum: it does not.
        """
        count = len(self.names)
        sizes = np.bincount(self.cells(units.arms)[known], minlength=count * len(units.names))
        small = np.flatnonzero(sizes < LEAST_IN_STRATUM)
        if len(small) == 0:
            return
        first = int(small[np.argmin(sizes[small])])
        stratum, arm = self.names[first % count], units.names[first // count]
        if sizes[first] == 0:
            raise StratumWithoutArm(stratum=stratum, arm=arm)
        strata = len(np.unique(small % count))
        raise SmallStratum(
            stratum=stratum, arm=arm, metric=metric, has=int(sizes[first]), count=strata,
            needs=LEAST_IN_STRATUM,
        )  # fmt: skip


def strata_of(units: Units, plan: Plan) -> Strata | None:
    """The strata that a plan names; None where it names none.

    Raises:
        TimeInStrata: a metric that is not weighed.
        ManyStrata: a column, or several together, with too many levels.
    """
    if not plan.strata:
        return None
    for metric in plan.metrics:
        if is_stay(metric):
            raise TimeInStrata(metric=metric)
    columns = tuple(dict.fromkeys(plan.strata))
    places = np.zeros(units.table.num_rows, dtype=np.intp)
    names: list[tuple[Sentence, ...]] = [()]
    missing = {}
    for column in columns:
        levels, mine = _levels(units, column)
        missing[column] = int((mine == len(levels)).sum())
        said = [*(Sentence(zh=one, en=one) for one in levels), _EMPTY]
        both = places * len(said) + mine
        found = np.flatnonzero(np.bincount(both, minlength=len(names) * len(said)))
        if len(found) > MOST_STRATA:
            raise ManyStrata(column=_JOINT.join(missing), count=len(found), most=MOST_STRATA)
        places = np.searchsorted(found, both)
        names = [(*names[one // len(said)], said[one % len(said)]) for one in found.tolist()]
    arms, count = len(units.names), len(names)
    table = np.bincount(units.arms * count + places, minlength=arms * count).reshape(arms, count)
    return Strata(columns, tuple(map(_together, names)), places, missing, evenness(table))


def _together(levels: Sequence[Sentence]) -> Sentence:
    return Sentence(
        zh=_JOINT.join(one.zh for one in levels), en=_JOINT.join(one.en for one in levels)
    )


def _levels(units: Units, column: str) -> tuple[list[str], Places]:
    """The levels of a column in order, and each unit's; one more where nothing is known.

    Raises:
        ManyStrata: too many of them.
    """
    import pyarrow as pa
    from pyarrow import compute

    cells = units.table.column(column)
    if pa.types.is_floating(cells.type):
        cells = compute.if_else(compute.is_nan(cells), None, cells)
    coded = compute.dictionary_encode(cells.cast(pa.string())).combine_chunks()
    found = [one.strip() for one in coded.dictionary.to_pylist()]
    levels = sorted({one for one in found if one})
    if len(levels) > MOST_STRATA:
        raise ManyStrata(column=column, count=len(levels), most=MOST_STRATA)
    place = {one: number for number, one in enumerate(levels)}
    order = np.array([*(place.get(one, len(levels)) for one in found), len(levels)], dtype=np.intp)
    indices = coded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    return levels, order[indices]
