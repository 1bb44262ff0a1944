"""How many terms a customer who stands at a renewal is still expected to stay for (B4).

What *keeping* somebody at the n-th renewal is worth is the margin of a term times the residual
lifetime there (DERL), and not the lifetime of a new customer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.kernel.failures import Refusal
from tenure.understand.value.estimator.sbg import ShiftedBetaGeometric, fit_sbg_decisions

MONTHS_PER_YEAR: Final = 12
# Every plan of a length of term together.
ALL_PLANS: Final = ""

type Kind = tuple[str, int]
type Row = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Curve:
    """The survival of one plan and length; without a model `why` is the code of what is missing."""

    plan: str
    cycle_months: int
    decided: int
    renewed: int
    oldest: int
    model: ShiftedBetaGeometric | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Looking:
    """How far is looked: discount of a year, most years, and the fewest decisions that count."""

    discount_per_year: float
    most_years: int
    least_decided: int


def curves_of(rows: Sequence[Row]) -> list[Curve]:
    """Fit each plan and length, and all plans of each length together.

    Args:
        rows: plan, cycle_months, number (of the renewal, from 1), decided and renewed.
    References:
        docs/algorithms/value-of-a-save.md
    """
    counts: dict[Kind, dict[int, npt.NDArray[np.float64]]] = {}
    for row in rows:
        months, number = int(row["cycle_months"]), int(row["number"])
        for plan in (str(row["plan"]), ALL_PLANS):
            ages = counts.setdefault((plan, months), {})
            added = np.array([float(row["decided"]), float(row["renewed"])])
            ages[number] = ages.get(number, np.zeros(2)) + added
    return [_curve(kind, ages) for kind, ages in sorted(counts.items())]


def _curve(kind: Kind, ages: Mapping[int, npt.NDArray[np.float64]]) -> Curve:
    oldest = max(ages)
    decided, renewed = np.stack(
        [ages.get(number, np.zeros(2)) for number in range(1, oldest + 1)], axis=1
    )
    total = (int(decided.sum()), int(renewed.sum()), oldest)
    try:
        model, _ = fit_sbg_decisions(decided, renewed)
    except Refusal as refusal:
        return Curve(*kind, *total, why=refusal.code)
    return Curve(*kind, *total, model=model)


def expected_terms(
    curves: Sequence[Curve],
    *,
    plan: npt.NDArray[np.object_],
    cycle_months: npt.NDArray[np.int64],
    number: npt.NDArray[np.float64],
    looking: Looking,
) -> npt.NDArray[np.float64]:
    """The discounted terms expected of N customers just before they decide, the one at stake first.

    By the curve of their plan and length; by that of all plans of the length where too few of the
    plan were decided; not a number where neither is known, or the renewal has no number.

    Args:
        curves: as of one day.
        plan: codes, (N,).
        cycle_months: length of a term, (N,).
        number: of the renewal at stake, from 1, (N,); not a number where it is not known.
        looking: discount, and what bounds the result.
    """
    known = {
        (one.plan, one.cycle_months): one.model
        for one in curves
        if one.model is not None and one.decided >= looking.least_decided
    }
    found = np.full(len(plan), np.nan)
    plans, place = np.unique(plan.astype(str), return_inverse=True)
    for months in np.unique(cycle_months):
        rate = (1 + looking.discount_per_year) ** (int(months) / MONTHS_PER_YEAR) - 1
        most = max(1.0, looking.most_years * MONTHS_PER_YEAR / int(months))
        for at, code in enumerate(plans):
            model = known.get((str(code), int(months))) or known.get((ALL_PLANS, int(months)))
            rows = (place == at) & (cycle_months == months) & (number >= 1)
            if model is None or not rows.any():
                continue
            ages, age = np.unique(number[rows], return_inverse=True)
            terms = model.expected_residuals(ages, discount_per_period=rate)
            found[rows] = np.minimum(terms, most)[age]
    return found
