"""A cohort of contracts: its curve with an interval, the discrete hazard, the plain formula.

All three are shown by their names, in terms of one margin each: they differ, and none is the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from tenure.understand.value.estimator.refusals import SurvivorsRise, TooFewPeriods
from tenure.understand.value.estimator.sbg import (
    LEAST_PERIODS,
    expected_lifetimes,
    fit_sbg,
    fit_sbg_decisions,
)

DRAWS: Final = 400
AHEAD: Final = 5
LOW, HIGH = 10, 90


@dataclass(frozen=True, slots=True)
class ContractValue:
    """Discounted terms expected of a new customer of the cohort, by three models.

    `lifetime` is P50 of the shifted beta-geometric with P10 and P90 by its likelihood;
    `by_hazard` takes each renewal's own observed hazard, and the last one for ever after; `plain`
    is one over the mean hazard, nothing discounted. `residuals` are the terms expected just before
    the 1st to 5th renewal (what keeping a customer then is worth), `survivors` the shares left
    after the next renewals, `hazards` the shares that left at each.
    """

    customers: int
    renewals: int
    discount: float
    alpha: float
    beta: float
    log_likelihood: float
    lifetime: tuple[float, float, float]
    residuals: tuple[float, ...]
    survivors: tuple[float, ...]
    hazards: tuple[float, ...]
    by_hazard: float
    plain: float


def value_of_contracts(survivors: Sequence[int], *, discount: float) -> ContractValue:
    """Fit a cohort, and value it by three models.

    Args:
        survivors: how many are left after 0, 1, 2 … renewals.
        discount: of one term, a share above 0.
    Raises:
        SurvivorsRise: more are left than before.
        TooFewPeriods, NothingWasLost: nothing can be fitted.
    References:
        docs/algorithms/sbg.md
    """
    for renewal, (before, after) in enumerate(pairwise(survivors), start=1):
        if after > before:
            raise SurvivorsRise(renewal=renewal, before=before, after=after)
    if len(survivors) <= LEAST_PERIODS:
        raise TooFewPeriods(seen=max(0, len(survivors) - 1), least=LEAST_PERIODS)
    model = fit_sbg(survivors)
    counts = np.asarray(survivors, dtype=np.float64)
    decided, renewed = counts[:-1], counts[1:]
    _, draws = fit_sbg_decisions(decided, renewed, draws=DRAWS)
    values = expected_lifetimes(draws, discount_per_period=discount)
    middle = model.expected_lifetime(discount_per_period=discount)
    low, high = (float(one) for one in np.nanpercentile(values, [LOW, HIGH]))
    ahead = np.arange(len(counts), len(counts) + AHEAD, dtype=np.float64)
    kept = decided > 0
    hazards = 1 - renewed[kept] / decided[kept]
    return ContractValue(
        customers=int(counts[0]),
        renewals=len(counts) - 1,
        discount=discount,
        alpha=model.alpha,
        beta=model.beta,
        log_likelihood=model.log_likelihood,
        lifetime=(min(low, middle), middle, max(high, middle)),
        residuals=tuple(
            model.expected_residual(one, discount_per_period=discount)
            for one in range(1, AHEAD + 1)
        ),
        survivors=tuple(float(one) for one in model.survival(ahead)),
        hazards=tuple(float(one) for one in hazards),
        by_hazard=_by_hazard(hazards.tolist(), discount=discount),
        plain=float(decided.sum() / (decided.sum() - renewed.sum())),
    )


def _by_hazard(hazards: Sequence[float], *, discount: float) -> float:
    """The terms of a new customer, by observed hazards; the last one goes on for ever."""
    last = (1 - hazards[-1]) / (1 + discount)
    worth = 1 / (1 - last)  # of whoever has passed every renewal that was seen
    for hazard in reversed(hazards):
        worth = 1 + (1 - hazard) / (1 + discount) * worth
    return worth
