"""Other ways of learning effects, asked once each arm has thousands of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tenure.decide.effects.estimator.design import Design, design_of
from tenure.decide.effects.estimator.folds import fold_of, out_of_fold
from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.history import History
from tenure.decide.offpolicy.rules import Floats, Logged, scores

LEAST_PER_ARM: Final = 4_000
_INNER_FOLDS: Final = 3


@dataclass(frozen=True, slots=True)
class Trees:
    """Shallow boosted trees: few leaves, many rows in each."""

    rounds: int = 100
    leaves: int = 6
    least_in_leaf: int = 60
    rate: float = 0.08
    seed: int = 0

    def fit(self, rows: Floats, outcome: Floats, *, is_binary: bool) -> Any:
        """Boosted trees for an outcome that happens or not, or for an amount."""
        from sklearn.ensemble import (
            HistGradientBoostingClassifier,
            HistGradientBoostingRegressor,
        )

        kind = HistGradientBoostingClassifier if is_binary else HistGradientBoostingRegressor
        return kind(
            max_iter=self.rounds,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.least_in_leaf,
            learning_rate=self.rate,
            random_state=self.seed,
        ).fit(rows, outcome)


def _expected(model: Any, rows: Floats, *, is_binary: bool) -> Floats:
    if not is_binary:
        found: Floats = model.predict(rows)
        return found
    if len(model.classes_) == 1:  # an early block may not have seen both outcomes
        return np.full(len(rows), float(model.classes_[0]))
    chance: Floats = model.predict_proba(rows)[:, 1]
    return chance


@dataclass(frozen=True, slots=True)
class _OneModel:
    """One model that reads the arm as columns."""

    model: Any
    arms: int
    is_binary: bool

    def outcome(self, rows: Floats) -> Floats:
        """The outcome expected under each arm, (N, A)."""
        return np.stack(
            [
                _expected(self.model, _with_arm(rows, arm, self.arms), is_binary=self.is_binary)
                for arm in range(self.arms)
            ],
            axis=1,
        )


def _with_arm(rows: Floats, arm: int, arms: int) -> Floats:
    named = np.zeros((len(rows), arms))
    named[:, arm] = 1.0
    return np.concatenate([rows, named], axis=1)


@dataclass(frozen=True, slots=True)
class SLearner:
    """One model of the outcome that has the arm among its columns."""

    trees: Trees = Trees()
    least_per_arm: int = LEAST_PER_ARM

    @property
    def name(self) -> str:
        return "s_learner"

    def fit(self, history: History) -> _OneModel:
        """One model of the outcome over rows and arms."""
        arms = len(history.arms)
        named = np.eye(arms)[history.action]
        rows = np.concatenate([history.rows, named], axis=1)
        model = self.trees.fit(rows, history.outcome, is_binary=history.is_binary)
        return _OneModel(model, arms, history.is_binary)


@dataclass(frozen=True, slots=True)
class _BaseAndEffects:
    """The outcome when nothing is done, and a linear effect for each arm beside it."""

    base: Any  # something that answers `outcome(rows)[:, 0]`
    design: Design
    effects: Floats  # (A, D)

    def outcome(self, rows: Floats) -> Floats:
        """The outcome expected under each arm, (N, A)."""
        without = self.base.outcome(rows)[:, :1]
        found: Floats = without + self.design.columns(rows) @ self.effects.T
        return found


def _ridge(columns: Floats, target: Floats, *, weight: Floats | None, strength: float) -> Floats:
    """Linear effects, held to nothing but for the constant."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=strength).fit(columns[:, 1:], target, sample_weight=weight)
    found: Floats = np.concatenate([[model.intercept_], model.coef_])
    return found


@dataclass(frozen=True, slots=True)
class DRLearner:
    """A linear effect of doubly robust scores.

    References:
        Kennedy (2023), Towards optimal doubly robust estimation of heterogeneous effects.
    """

    strength: float = 400.0
    seed: int = 0
    least_per_arm: int = LEAST_PER_ARM

    @property
    def name(self) -> str:
        return "dr_learner"

    def fit(self, history: History) -> _BaseAndEffects:
        """Scores from the shared-effect model of other rows, then one ridge for each arm."""
        fold = fold_of(len(history), folds=_INNER_FOLDS, seed=self.seed + 1)
        predicted = out_of_fold(SharedEffect(), history, fold=fold)
        past = Logged(history.arms, history.action, history.outcome, history.propensity)
        gamma = scores(past, predicted)
        design = design_of(history.rows)
        columns = design.columns(history.rows)
        effects = np.zeros((len(history.arms), design.width))
        for arm in range(1, len(history.arms)):
            target = gamma[:, arm] - gamma[:, 0]
            strength = self.strength / max(float(history.propensity[:, arm].mean()), 1e-9)
            effects[arm] = _ridge(columns, target, weight=None, strength=strength)
        return _BaseAndEffects(SharedEffect().fit(history), design, effects)


@dataclass(frozen=True, slots=True)
class XLearner:
    """Effects imputed from a model of the other arm, weighted by the propensity.

    References:
        Künzel et al. (2019), Metalearners for estimating heterogeneous treatment effects.
    """

    trees: Trees = Trees()
    strength: float = 400.0
    least_per_arm: int = LEAST_PER_ARM

    @property
    def name(self) -> str:
        return "x_learner"

    def fit(self, history: History) -> _BaseAndEffects:
        """A model for each arm, then one ridge on what each arm is thought to have changed."""
        design, arms = design_of(history.rows), len(history.arms)
        models = [self._of_arm(history, arm) for arm in range(arms)]
        effects = np.zeros((arms, design.width))
        for arm in range(1, arms):
            effects[arm] = self._effect(history, models, design=design, arm=arm)
        return _BaseAndEffects(_Untreated(models[0], history.is_binary), design, effects)

    def _of_arm(self, history: History, arm: int) -> Any:
        given = history.action == arm
        return self.trees.fit(
            history.rows[given], history.outcome[given], is_binary=history.is_binary
        )

    def _effect(
        self, history: History, models: Sequence[Any], *, design: Design, arm: int
    ) -> Floats:
        given, none = history.action == arm, history.action == 0
        otherwise = _expected(models[0], history.rows[given], is_binary=history.is_binary)
        instead = _expected(models[arm], history.rows[none], is_binary=history.is_binary)
        treated = history.outcome[given] - otherwise
        spared = instead - history.outcome[none]
        share = history.propensity[:, arm] / (history.propensity[:, arm] + history.propensity[:, 0])
        rows = np.concatenate([history.rows[given], history.rows[none]])
        weight = np.concatenate([1 - share[given], share[none]])
        return _ridge(
            design.columns(rows),
            np.concatenate([treated, spared]),
            weight=weight,
            strength=self.strength,
        )


@dataclass(frozen=True, slots=True)
class _Untreated:
    model: Any
    is_binary: bool

    def outcome(self, rows: Floats) -> Floats:
        """The outcome expected when nothing is done, (N, 1)."""
        return _expected(self.model, rows, is_binary=self.is_binary)[:, None]


CHALLENGERS: Final = (DRLearner(), XLearner(), SLearner())
