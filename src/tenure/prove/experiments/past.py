"""What was known of an experiment's units before, and the metrics without the noise of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.table import Flags, Floats, Units, parts_of
from tenure.prove.statistics.adjusting import Sums, from_sums, sums_by_arm
from tenure.prove.statistics.groups import Group

type Pairs = Mapping[str, tuple[Group, Group]]
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
    """

    def __init__(self, units: Units, plan: Plan) -> None:
        self.units = units
        self.columns = [filled(units.numbers(one)) for one in plan.past]
        self.metrics = [one for one in plan.metrics if len(parts_of(one)) == 1]
        self.gaps: dict[str, bytes] = {}
        self.taken: dict[bytes, tuple[Floats, dict[str, Sums]]] = {}

    @classmethod
    def of(cls, units: Units, plan: Plan) -> Past | None:
        """None where nothing was measured before."""
        return cls(units, plan) if plan.past else None

    def adjusted(self, metric: str, known: Flags) -> tuple[Pairs, float]:
        """Each arm against the control around their common past, and the variance left."""
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
        pairs = {arm: (one.treated, one.control) for arm, one in found.items()}
        return pairs, float(np.mean([one.ratio for one in found.values()]))

    def _gap(self, metric: str) -> bytes:
        """Of which units a metric is unknown, as a name of that set."""
        if metric not in self.gaps:
            missing = np.isnan(self.units.numbers(metric))
            self.gaps[metric] = np.packbits(missing).tobytes() if missing.any() else _EVERYWHERE
        return self.gaps[metric]

    def _sums(self, metrics: list[str], known: Flags) -> tuple[Floats, dict[str, Sums]]:
        """The sums of the past and of metrics that are known of exactly these units."""
        columns = [*self.columns, *(self.units.numbers(one) for one in metrics)]
        centre, sums = sums_by_arm(columns, self.units.arms, known=known)
        return centre, dict(zip(self.units.names, sums, strict=True))
