"""Metrics that are formulas over others, at every day and slice where all parts have a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from tenure.understand.metrics.book import Figure
from tenure.understand.metrics.formulas import read_formula, value_of
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.rules.rates import Rate

# What a column of whole numbers holds.
MOST_INTEGER = 2**63 - 1
FINEST = 10**9

type Place = tuple[date, str, str]


def derived(
    figures: Iterable[Figure],
    metrics: Mapping[str, Metric],
    *,
    only: Collection[str] | None = None,
) -> Iterator[Figure]:
    """Compute every derived entry, or some of them, each after those it depends on."""
    at: dict[Place, dict[str, Figure]] = defaultdict(dict)
    known: dict[Place, dict[str, Fraction | None]] = defaultdict(dict)
    for figure in figures:
        at[figure.place][figure.metric] = figure
    for metric in in_order(metrics):
        if only is not None and metric.id not in only:
            continue
        formula = read_formula(metric.formula, known=metrics)
        for place, found in at.items():
            if not all(one in found for one in metric.depends_on):
                continue
            parts = [found[one] for one in metric.depends_on]
            value = value_of(formula, {one.metric: _kept(one, known[place]) for one in parts})
            made = _figure(metric, parts, value=value, place=place)
            found[metric.id] = made
            yield made


def _kept(one: Figure, values: dict[str, Fraction | None]) -> Fraction | None:
    """The value of a figure, made once for all the formulas of its place."""
    if one.metric not in values:
        values[one.metric] = one.rate.value
    return values[one.metric]


def in_order(metrics: Mapping[str, Metric]) -> list[Metric]:
    """The derived entries, each after those it depends on."""
    waiting = [metric for metric in metrics.values() if metric.is_derived]
    known = {metric.id for metric in metrics.values() if not metric.is_derived}
    ordered: list[Metric] = []
    while waiting:
        ready = [metric for metric in waiting if known.issuperset(metric.depends_on)]
        assert ready, "no entry depends on itself"
        ordered += ready
        known |= {metric.id for metric in ready}
        waiting = [metric for metric in waiting if metric.id not in known]
    return ordered


def _figure(
    metric: Metric, parts: Sequence[Figure], *, value: Fraction | None, place: Place
) -> Figure:
    on, slice_by, slice_value = place
    return Figure(
        metric.id,
        storable(value),
        max(one.rows for one in parts),
        on,
        slice_by,
        slice_value,
        provisional=any(one.provisional for one in parts),
    )


def storable(value: Fraction | None) -> Rate:
    """A value as two whole numbers of a column, exact wherever they fit; none is 0 ÷ 0."""
    if value is None:
        return Rate(0, 0)
    if max(abs(value.numerator), value.denominator) > MOST_INTEGER:
        value = value.limit_denominator(FINEST)
    return Rate(value.numerator, value.denominator)
