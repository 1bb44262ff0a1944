"""The outcomes of one comparison, read by the metric that was settled for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenure.prove.readouts.queries import (
    NO_OUTCOME,
    Matured,
    Outcome,
    of_arms,
    outcomes_by_stratum,
)
from tenure.prove.readouts.staying import NOBODY, curve, stays
from tenure.prove.readouts.verdicts import (
    Design,
    Finding,
    read,
    read_amounts,
    read_stays,
    read_weighed,
)
from tenure.prove.readouts.weighing import Weighing, group
from tenure.prove.statistics.groups import Difference, Group, difference
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.statistics.survival import Curve, Stays
from tenure.prove.telling.measures import Kind, Measure
from tenure.strategy.experiments import Comparison, Metric

type Brought = tuple[Difference, Difference]


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of each arm: its terms whose outcome is known, and of a stay its customers."""

    comparison: Comparison
    currency: str
    outcomes: Mapping[str, Outcome]
    stays: Mapping[str, Stays]
    by_stratum: Mapping[str, Mapping[str, Outcome]]

    @property
    def is_stay(self) -> bool:
        """Whether a time is measured, and nothing about a term."""
        return self.comparison.metric is Metric.STAY

    @property
    def measure(self) -> Measure:
        """The metric with its unit."""
        horizon = self.comparison.horizon_days if self.is_stay else 0
        return Measure(Kind(self.comparison.metric), self.currency, horizon)

    def outcome(self, arm: str) -> Outcome:
        """The terms of an arm."""
        return self.outcomes.get(arm, NO_OUTCOME)

    def weighing(self, arm: str) -> Weighing | None:
        """An arm and the control within the strata in which they were drawn; None without any.

        A stay is compared as drawn: in small strata nobody may have been followed for so long.
        """
        if self.is_stay or not self.comparison.strata:
            return None
        pair = (arm, self.comparison.control)
        return Weighing.of(self.by_stratum, pair=pair, by=self.comparison.strata)

    def strata(self, arm: str) -> dict[str, Any]:
        """What a readout keeps of the weighing; nothing where nothing was weighed."""
        weighing = self.weighing(arm)
        if weighing is None:
            return {}
        return weighing.kept(self.measure.kind, arms=(arm, self.comparison.control))

    def brought(self, arm: str) -> Brought | None:
        """Revenue and margin for each term that an arm has more than the control, minor units."""
        weighing = self.weighing(arm)
        if weighing is None:
            return brought(self.outcome(arm), self.outcome(self.comparison.control))
        revenue, margin = (
            weighing.stratified(kind).difference() for kind in (Kind.REVENUE, Kind.MARGIN)
        )
        return revenue, margin

    def finding(self, arm: str, *, design: Design, ratio: SampleRatio) -> Finding:
        """What an arm says against the control."""
        control, metric, measure = self.comparison.control, self.comparison.metric, self.measure
        if self.is_stay:
            pair = (self.stays.get(one, NOBODY) for one in (arm, control))
            return read_stays(*pair, measure=measure, design=design, ratio=ratio)
        weighing = self.weighing(arm)
        if weighing is not None:
            weighed = weighing.stratified(measure.kind)
            return read_weighed(weighed, measure=measure, design=design, ratio=ratio)
        treated, left = self.outcome(arm), self.outcome(control)
        if metric is Metric.RENEWAL:
            return read(treated.renewals, left.renewals, design=design, ratio=ratio)
        groups = [group(one, measure.kind) for one in (treated, left)]
        return read_amounts(*groups, measure=measure, design=design, ratio=ratio)

    def arm(self, name: str, *, assigned: int) -> dict[str, Any]:
        """An arm's counts, and of another metric than renewal what it has."""
        outcome = self.outcome(name)
        counts = counted(outcome.renewals, assigned=assigned)
        if self.is_stay:
            return counts | self._stayed(self.stays.get(name, NOBODY))
        if self.comparison.metric is Metric.RENEWAL:
            return counts
        amounts = group(outcome, self.measure.kind)
        mean = round(amounts.mean) if amounts.terms else None
        return counts | {"total_minor": round(amounts.total), "mean_minor": mean}

    def _stayed(self, one: Stays) -> dict[str, Any]:
        counts: dict[str, Any] = {"followed": len(one.seen), "left": int(one.left.sum())}
        horizon = self.comparison.horizon_days
        if not one.reaches(horizon):
            return counts | {"mean_days": None, "stayed": None}
        line = Curve.of(one)
        mean, _ = line.mean_until(horizon)
        return counts | {"mean_days": round(mean, 2), "stayed": line.at(horizon)}

    def curves(self, arm: str) -> dict[str, list[float]]:
        """Of a stay: each arm's share that stays, day by day; the control first."""
        if not self.is_stay:
            return {}
        horizon = self.comparison.horizon_days
        return {
            one: curve(self.stays.get(one, NOBODY), horizon_days=horizon)
            for one in (self.comparison.control, arm)
        }


def measured(comparison: Comparison, matured: Matured) -> Measured:
    """Read what became of a comparison's customers up to a day."""
    followed: Mapping[str, Stays] = {}
    if comparison.metric is Metric.STAY:
        followed = stays(comparison.id, as_of=matured.as_of)
    found = outcomes_by_stratum(comparison.id, matured)
    return Measured(comparison, matured.currency, of_arms(found), followed, found)


def brought(treated: Outcome, control: Outcome) -> Brought | None:
    """Revenue and margin for each term that the treated have more than the control, as drawn.

    None while one of them has no term whose outcome is known.
    """
    if not (treated.renewals.terms and control.renewals.terms):
        return None
    return (
        difference(treated.revenue, control.revenue),
        difference(treated.margin, control.margin),
    )


def counted(one: Group, *, assigned: int) -> dict[str, Any]:
    """An arm: customers that were given it, and its terms whose outcome is known."""
    return {
        "assigned": assigned,
        "accounts": one.accounts,
        "terms": int(one.terms),
        "renewed": int(one.total),
        "rate": one.mean if one.terms else None,
    }
