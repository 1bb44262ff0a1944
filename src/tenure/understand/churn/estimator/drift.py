"""Whether today's rows are still like those that were learned from, and whether figures hold.

PSI is a screen, column by column; the area of an adversary who tells old rows from new ones is the
alarm without outcomes; CUSUM on observed less expected is the alarm with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.understand.churn.estimator.ensemble import Floats, Matrix
from tenure.understand.churn.estimator.quality import roc_auc

BINS: Final = 10
SMALL, LARGE = 0.1, 0.25
# From here on an adversary tells the two apart.
TOLD_APART: Final = 0.6
_EDGE: Final = 1e-4
_BY_CHANCE: Final = 0.01
_MOST_ROWS: Final = 1_000
_FOLDS: Final = 3


def stability_index(before: Floats, now: Floats) -> float:
    """PSI of a column: Σ (now − before) · ln(now ÷ before) over ten bins and one for unknown.

    Args:
        before, now: values, NaN where not known; bins hold equal shares of `before`.
    """
    edges = (
        np.unique(np.quantile(before[~np.isnan(before)], np.arange(1, BINS) / BINS))
        if (~np.isnan(before)).any()
        else np.zeros(0)
    )
    shares = [_shares(values, edges) for values in (before, now)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    place = np.searchsorted(edges, values, side="left")
    place = np.where(np.isnan(values), len(edges) + 1, place)
    counts = np.bincount(place, minlength=len(edges) + 2)
    # Nobody of fifty in a bin is no share of 0: half a row is as near as it can be known.
    return np.maximum(counts, max(0.5, _EDGE * len(values))) / max(1, len(values))


def psi_by_luck(before: int, now: int, *, columns: int) -> float:
    """The PSI that the luckiest of so many unchanged columns passes in one table of a hundred.

    Of rows that did not change PSI · n · m ÷ (n + m) is about χ² with as many degrees of freedom
    as there are bins.

    Args:
        before, now: rows of either side, at least 1.
    References:
        Yurdakul (2018), Statistical properties of the population stability index.
    """
    from scipy.stats import chi2

    bound = float(chi2.ppf(1 - _BY_CHANCE / columns, BINS))
    return bound * (1 / before + 1 / now)


def area_by_luck(before: int, now: int) -> float:
    """The area that an adversary hardly ever passes (three standard errors) on equal rows."""
    sides = min(before, _MOST_ROWS), min(now, _MOST_ROWS)
    error = float(np.sqrt((sum(sides) + 1) / (12 * sides[0] * sides[1])))
    return 0.5 + 3 * error


def adversary_auc(before: Matrix, now: Matrix, *, seed: int = 0) -> float:
    """How well small trees tell rows of then from rows of now: one half is not at all."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import StratifiedKFold

    rng = np.random.default_rng(seed)
    sides = [side[rng.permutation(len(side))[:_MOST_ROWS]] for side in (before, now)]
    rows = np.concatenate(sides).astype(np.float64)
    is_now = np.repeat([0.0, 1.0], [len(side) for side in sides])
    told = np.empty(len(rows))
    for others, mine in StratifiedKFold(_FOLDS).split(rows, is_now):
        adversary = RandomForestClassifier(
            n_estimators=25,
            min_samples_leaf=20,
            class_weight="balanced",
            random_state=seed,
            # Handing so small trees to several cores takes six times as long as growing them, and
            # these would add up the votes in any order.
            n_jobs=1,
        )
        adversary.fit(rows[others], is_now[others].astype(np.int64))
        told[mine] = adversary.predict_proba(rows[mine])[:, 1]
    return roc_auc(told, is_now)


@dataclass(frozen=True, slots=True)
class Watch:
    """Two sums that grow while outcomes are above, or below, what was expected.

    In standard deviations; an alarm rings at `limit`, and slack of `slack` forgives chance.
    """

    above: float = 0.0
    below: float = 0.0
    slack: float = 0.5
    limit: float = 5.0

    @property
    def rings(self) -> bool:
        """Whether calibration drifted."""
        return max(self.above, self.below) >= self.limit

    def after(self, expected: Floats, observed: Floats) -> Watch:
        """The sums after one more lot of outcomes that became known."""
        variance = float((expected * (1 - expected)).sum())
        if variance <= 0:
            return self
        step = float((observed - expected).sum()) / variance**0.5
        return Watch(
            above=max(0.0, self.above + step - self.slack),
            below=max(0.0, self.below - step - self.slack),
            slack=self.slack,
            limit=self.limit,
        )
