"""Fit one estimator on past cases: regularised, seeded, never resampled, never on a leak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from tenure.kernel.failures import Refusal, Sentence
from tenure.understand.churn.estimator.calibration import Calibration, calibrated, linked
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import (
    Ensemble,
    Floats,
    Matrix,
    from_boosting,
    from_forest,
)
from tenure.understand.churn.estimator.linear import Linear
from tenure.understand.churn.estimator.paths import walked
from tenure.understand.churn.estimator.quality import roc_auc

# One column that orders outcomes this well by itself was written after the outcome.
LEAKS_FROM_AUC: Final = 0.98
LEAK_ROWS: Final = 20_000
LEAK_LEAST_KNOWN: Final = 500
# Each tree of a forest sees at most this many rows: more cost time and change nothing.
ROWS_PER_TREE: Final = 4_096
# A contribution is scaled by how much calibration stretches it, within these bounds.
_STRETCH: Final = (0.2, 3.0)


class LeakyColumn(Refusal):
    """A column that knows the outcome."""

    code = "leaky_column"
    said = Sentence(
        zh="列 {columns} 单独就几乎能判定结果，说明它是事后才知道的；请去掉这些列再训练。",
        en="{columns} almost determine the outcome by themselves, so they were known only "
        "afterwards; leave them out and fit again.",
    )


type Additive = Ensemble | Linear


class Learner(Protocol):
    """One kind of estimator, before it has seen anything."""

    def fit(self, cases: Cases) -> Additive:
        """What these cases teach, as arrays whose shares add up."""
        ...


def added_up(estimator: Additive, rows: Matrix) -> tuple[Floats, Floats]:
    """Raw output and shares of every row; base plus shares is the raw output."""
    if isinstance(estimator, Linear):
        shares = estimator.shares(rows)
        return estimator.base + shares.sum(axis=1), shares
    return walked(estimator, rows)


@dataclass(frozen=True, slots=True)
class Forest:
    """A random forest; deep enough to find shares, with leaves large enough to hold them."""

    trees: int = 120
    least_in_leaf: int = 10
    rows_per_tree: int = ROWS_PER_TREE
    seed: int = 0

    def fit(self, cases: Cases) -> Ensemble:
        """Grow each tree on a bootstrap sample, a random root of the columns per split.

        Each tree has a seed of its own, so it does not matter which core grows it.
        """
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(
            n_estimators=self.trees,
            min_samples_leaf=self.least_in_leaf,
            max_samples=min(len(cases.outcome), self.rows_per_tree),
            random_state=self.seed,
            n_jobs=-1,
        )
        forest.fit(cases.rows, cases.outcome.astype(np.int64))
        return from_forest(forest, features=len(cases.names))


@dataclass(frozen=True, slots=True)
class Boosting:
    """Histogram gradient boosting of shallow trees."""

    trees: int = 250
    least_in_leaf: int = 40
    leaves: int = 8
    learning_rate: float = 0.03
    seed: int = 0

    def fit(self, cases: Cases) -> Ensemble:
        """Grow the trees one after the other, without early stopping."""
        from sklearn.ensemble import HistGradientBoostingClassifier

        boosting = HistGradientBoostingClassifier(
            max_iter=self.trees,
            min_samples_leaf=self.least_in_leaf,
            max_leaf_nodes=self.leaves,
            learning_rate=self.learning_rate,
            early_stopping=False,
            random_state=self.seed,
        )
        boosting.fit(cases.rows.astype(np.float64), cases.outcome.astype(np.int64))
        return from_boosting(boosting, features=len(cases.names))


@dataclass(frozen=True)
class Fitted:
    """Trees or a line, and their calibration, over named columns."""

    names: tuple[str, ...]
    ensemble: Additive
    calibration: Calibration

    def predict(self, rows: Matrix) -> Floats:
        """The calibrated probability of each row."""
        raw, _ = added_up(self.ensemble, rows)
        return self._probability(raw)

    def contributions(self, rows: Matrix) -> tuple[Floats, Floats, Floats]:
        """Probability, baseline and shares; baseline plus a row's shares is its probability.

        The path's own changes are stretched as the way from the base to the row's output is
        stretched by link and calibration. Where that is not well defined (a row at the base, a
        step of the calibration) the stretch is bounded and the baseline takes the rest.
        """
        raw, shares = added_up(self.ensemble, rows)
        probability = self._probability(raw)
        base = np.array([self.ensemble.base])
        moved = raw - base
        plain = self._slope(raw)
        with np.errstate(divide="ignore", invalid="ignore"):
            secant = (probability - self._probability(base)) / moved
        secant = np.where(np.abs(moved) < 1e-9, plain, secant)
        stretch = np.clip(secant, _STRETCH[0] * plain, _STRETCH[1] * plain)
        scaled = shares * stretch[:, None]
        return probability, probability - scaled.sum(axis=1), scaled

    def _probability(self, raw: Floats) -> Floats:
        return self.calibration.applied(linked(raw, self.ensemble.link))

    def _slope(self, raw: Floats) -> Floats:
        """How a probability moves with the raw output, before calibration."""
        if self.ensemble.link == "identity":
            return np.ones_like(raw)
        probability = linked(raw, "logit")
        return np.maximum(probability * (1 - probability), 0.01)


def fitted(learner: Learner, cases: Cases, *, later: Cases, is_searched: bool = False) -> Fitted:
    """Fit on some cases and calibrate on later ones, by the columns that tell cases apart.

    Args:
        is_searched: these cases were looked through for leaks already, as for another kind.
    Raises:
        LeakyColumn: a column almost determines the outcome by itself.
    """
    leaking = [] if is_searched else leaking_columns(cases)
    if leaking:
        raise LeakyColumn(columns=leaking)
    told = cases.without(silent_columns(cases))
    ensemble = learner.fit(told)
    raw, _ = added_up(ensemble, later.only(told.names).rows)
    return Fitted(told.names, ensemble, calibrated(linked(raw, ensemble.link), later.outcome))


def silent_columns(cases: Cases) -> list[str]:
    """Columns that are the same everywhere, or known nowhere."""
    first = cases.rows[:1]
    same = (cases.rows == first) | (np.isnan(cases.rows) & np.isnan(first))
    return [name for place, name in enumerate(cases.names) if same[:, place].all()]


def leaking_columns(cases: Cases) -> list[str]:
    """Columns that order the outcomes almost perfectly, or are known for one outcome alone."""
    every = max(1, len(cases.outcome) // LEAK_ROWS)
    outcome = cases.outcome[::every]
    return [
        name
        for place, name in enumerate(cases.names)
        if _area(cases.rows[::every, place], outcome) >= LEAKS_FROM_AUC
    ]


def _area(values: Matrix, outcome: Floats) -> float:
    """How well a column orders the outcomes: by its value, or by being known at all."""
    known = ~np.isnan(values)
    # What is known of everybody orders nobody by being known.
    areas = [0.5 if known.all() else _either_way(known.astype(np.float64), outcome)]
    if known.sum() >= LEAK_LEAST_KNOWN:
        areas.append(_either_way(values[known].astype(np.float64), outcome[known]))
    return max(areas)


def _either_way(score: Floats, outcome: Floats) -> float:
    if outcome.min() == outcome.max():
        return 0.5
    area = roc_auc(score, outcome)
    return max(area, 1 - area)
