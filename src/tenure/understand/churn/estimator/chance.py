"""Whether an order of the rows could be luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.estimator.quality import roc_auc

_SHUFFLES: Final = 200


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether an order of the rows could be luck.

    `p_value`: the share of shuffles of the outcomes that are ordered as well. `low` and `high`
    bound the `area` by 95 %. `gain` is the log loss of everybody's average less that of the
    estimator.
    """

    p_value: float
    low: float
    high: float
    gain: float
    area: float | None = None

    @property
    def has_order(self) -> bool:
        """Whether rows are ordered better than by luck, however right the probabilities are."""
        return self.p_value <= 0.01 and self.low > 0.5

    @property
    def is_better(self) -> bool:
        """Whether a score may be given."""
        return self.has_order and self.gain > 0


def chance_of(probability: Floats, outcome: Floats) -> Chance:
    """Shuffle the outcomes against the probabilities of rows that were not learned from."""
    told = ~np.isnan(probability)
    score, happened = probability[told], outcome[told]
    area = roc_auc(score, happened)
    rng = np.random.default_rng(0)
    as_well = sum(roc_auc(score, rng.permutation(happened)) >= area for _ in range(_SHUFFLES))
    spread = 1.96 * _area_error(area, left=int(happened.sum()), rows=len(happened))
    base = float(happened.mean())
    average = -(base * np.log(base) + (1 - base) * np.log(1 - base))
    surprise = -np.log(np.where(happened == 1, score, 1 - score)).mean()
    return Chance(
        p_value=(1 + as_well) / (1 + _SHUFFLES),
        low=max(0.0, area - spread),
        high=min(1.0, area + spread),
        gain=float(average - surprise),
        area=area,
    )


def _area_error(area: float, *, left: int, rows: int) -> float:
    """The standard error of an area by Hanley and McNeil (1982)."""
    others = rows - left
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (left - 1) * (one - area**2) + (others - 1) * (two - area**2)
    return float(np.sqrt(max(variance, 0.0) / (left * others)))
