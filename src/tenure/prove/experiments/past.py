"""What was known of an experiment's units before, and the metrics without the noise of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.strata import Strata
from tenure.prove.experiments.table import Flags, Floats, Units, parts_of
from tenure.prove.statistics.adjusting import Sums, from_sums, sums_by_place
from tenure.prove.statistics.groups import Group

type Pairs = Mapping[str, Sequence[tuple[Group, Group]]]
_EVERYWHERE: Final = b""


def filled(values: Floats) -> Floats:
    """Measurements with their mean where nothing is known: no unit is lost for want of a past."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    known = values[~missing]
    return np.where(missing, known.mean() if len(known) else 0.0, values)


class Past:
    """What was known before: the sums of all metrics with it, taken once for all of one gap.

    Metrics that are known of the same units are added up together, in one pass over the table.
    With strata the sums are those of each arm in each of them.
    """

    def __init__(self, units: Units, plan: Plan, *, strata: Strata | None) -> None:
        self.units, self.strata = units, strata
        self.columns = [filled(units.numbers(one)) for one in plan.past]
        self.metrics = [one for one in plan.metrics if len(parts_of(one)) == 1]
        self.gaps: dict[str, bytes] = {}
        self.taken: dict[bytes, tuple[Floats, dict[str, list[Sums]]]] = {}

    @classmethod
    def of(cls, units: Units, plan: Plan, *, strata: Strata | None) -> Past | None:
        """None where nothing was measured before."""
        return cls(units, plan, strata=strata) if plan.past else None

    def adjusted(self, metric: str, known: Flags) -> tuple[Pairs, float]:
        """Each arm against the control around their common past, stratum by stratum (one where
        there are none), and the variance left within them.
        """
        gap = self._gap(metric)
        alike = [one for one in self.metrics if self._gap(one) == gap]
        if gap not in self.taken:
            self.taken[gap] = self._sums(alike, known)
        centre, sums = self.taken[gap]
        control, *others = self.units.names
        past, place = len(self.columns), len(self.columns) + alike.index(metric)
        found = {
            arm: from_sums(sums[arm], sums[control], past=past, outcome=place, centre=centre)
            for arm in others
        }
        pairs = {arm: one.pairs for arm, one in found.items()}
        return pairs, float(np.mean([one.ratio for one in found.values()]))

    def _gap(self, metric: str) -> bytes:
        """Of which units a metric is unknown, as a name of that set."""
        if metric not in self.gaps:
            missing = np.isnan(self.units.numbers(metric))
            self.gaps[metric] = np.packbits(missing).tobytes() if missing.any() else _EVERYWHERE
        return self.gaps[metric]

    def _sums(self, metrics: list[str], known: Flags) -> tuple[Floats, dict[str, list[Sums]]]:
        """The sums of the past and of metrics that are known of exactly these units."""
        columns = [*self.columns, *(self.units.numbers(one) for one in metrics)]
        arms = self.units.arms
        places = arms if self.strata is None else self.strata.cells(arms)
        centre, sums = sums_by_place(columns, places, known=known)
        width = len(sums) // len(self.units.names)
        parts = [sums[start : start + width] for start in range(0, len(sums), width)]
        return centre, dict(zip(self.units.names, parts, strict=True))
