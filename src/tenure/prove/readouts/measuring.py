"""The outcomes of one comparison, read by the metric that was settled for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenure.prove.readouts.queries import NO_OUTCOME, Matured, Outcome, outcomes
from tenure.prove.readouts.staying import NOBODY, curve, stays
from tenure.prove.readouts.verdicts import Design, Finding, read, read_amounts, read_stays
from tenure.prove.statistics.groups import Group
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.statistics.survival import Curve, Stays
from tenure.prove.telling.measures import Kind, Measure
from tenure.strategy.experiments import Comparison, Metric


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of each arm: its terms whose outcome is known, and of a stay its customers."""

    comparison: Comparison
    currency: str
    outcomes: Mapping[str, Outcome]
    stays: Mapping[str, Stays]

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

    def finding(self, arm: str, *, design: Design, ratio: SampleRatio) -> Finding:
        """What an arm says against the control."""
        control, metric, measure = self.comparison.control, self.comparison.metric, self.measure
        if self.is_stay:
            pair = (self.stays.get(one, NOBODY) for one in (arm, control))
            return read_stays(*pair, measure=measure, design=design, ratio=ratio)
        treated, left = self.outcome(arm), self.outcome(control)
        if metric is Metric.RENEWAL:
            return read(treated.renewals, left.renewals, design=design, ratio=ratio)
        groups = [
            one.revenue if metric is Metric.REVENUE else one.margin for one in (treated, left)
        ]
        return read_amounts(*groups, measure=measure, design=design, ratio=ratio)

    def arm(self, name: str, *, assigned: int) -> dict[str, Any]:
        """An arm's counts, and of another metric than renewal what it has."""
        outcome = self.outcome(name)
        counts = counted(outcome.renewals, assigned=assigned)
        if self.is_stay:
            return counts | self._stayed(self.stays.get(name, NOBODY))
        if self.comparison.metric is Metric.RENEWAL:
            return counts
        group = outcome.revenue if self.comparison.metric is Metric.REVENUE else outcome.margin
        mean = round(group.mean) if group.terms else None
        return counts | {"total_minor": round(group.total), "mean_minor": mean}

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
    return Measured(comparison, matured.currency, outcomes(comparison.id, matured), followed)


def counted(group: Group, *, assigned: int) -> dict[str, Any]:
    """An arm: customers that were given it, and its terms whose outcome is known."""
    return {
        "assigned": assigned,
        "accounts": group.accounts,
        "terms": int(group.terms),
        "renewed": int(group.total),
        "rate": group.mean if group.terms else None,
    }
