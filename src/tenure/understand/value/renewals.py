"""Lifetime by plan and length of term, from how each renewal decision turned out (MET-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from tenure.kernel.failures import Refusal
from tenure.understand.value.estimator.sbg import (
    ShiftedBetaGeometric,
    expected_lifetimes,
    fit_sbg_decisions,
)
from tenure.understand.value.expressions import decisions

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame

DRAWS: Final = 400
LOW, HIGH = 10, 90
MONTHS_PER_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What a new customer of one plan and cycle is worth, in minor units, P10 and P90 beside.

    `refusal` says why there is no curve. Assumptions: the margin of a term stays, churn follows
    the shifted beta-geometric, a year is discounted at `annual_discount`.
    """

    plan: str
    cycle_months: int
    decided: int
    renewed: int
    margin_per_term: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    simple: float | None = None
    model: ShiftedBetaGeometric | None = None
    refusal: Refusal | None = None


def lifetimes(
    engine: Engine, terms: Frame, *, as_of: int, grace_days: int, annual_discount: float = 0.08
) -> list[Lifetime]:
    """The survival of each plan and cycle, the largest first."""
    rows = engine.collect(decisions(terms, as_of=as_of, grace_days=grace_days)).to_pylist()
    grouped: dict[tuple[str, int], list[Mapping[str, float]]] = defaultdict(list)
    for row in rows:
        grouped[row["plan"], row["cycle_months"]].append(row)
    found = [_of(place, those, annual=annual_discount) for place, those in grouped.items()]
    return sorted(found, key=lambda one: -one.decided)


def _of(place: tuple[str, int], rows: Sequence[Mapping[str, float]], *, annual: float) -> Lifetime:
    plan, months = place
    most = int(max(row["number"] for row in rows))
    decided, renewed = np.zeros(most), np.zeros(most)
    for row in rows:
        decided[int(row["number"]) - 1] = row["decided"]
        renewed[int(row["number"]) - 1] = row["renewed"]
    margin = sum(row["margin"] for row in rows) / max(1.0, decided.sum())
    total, kept = int(decided.sum()), int(renewed.sum())
    base = Lifetime(plan, months, total, kept, margin, simple=_simple(margin, total, kept))
    discount = (1 + annual) ** (months / MONTHS_PER_YEAR) - 1
    try:
        model, draws = fit_sbg_decisions(decided, renewed, draws=DRAWS)
    except Refusal as refusal:
        return replace(base, refusal=refusal)
    values = expected_lifetimes(draws, discount_per_period=discount) * margin
    low, high = (float(one) for one in np.percentile(values, [LOW, HIGH]))
    value = model.expected_lifetime(discount_per_period=discount) * margin
    return replace(base, value=value, low=low, high=high, model=model)


def _simple(margin: float, decided: int, renewed: int) -> float | None:
    return margin * decided / (decided - renewed) if decided > renewed else None
