"""The shared-effect model: all arms share who renews, and each arm shifts it a little.

On the log-odds, arm a of a row x stands at x·β + x·dₐ. Each dₐ is held to what is believed of it,
and every interaction has a prior of its own whose width is learned: most are nothing, a few are
large (automatic relevance, a Student prior by expectation and maximisation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.decide.effects.estimator.design import Design, design_of
from tenure.decide.effects.history import History
from tenure.decide.offpolicy.rules import Floats

_MAIN: Final = 1.0  # prior variance of what is shared by all arms
_SQUARES: Final = 0.3  # squares are believed in less, by this factor
_NEWTON: Final = 8
_SETTLED: Final = 1e-4
_LEAST_WEIGHT: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Belief:
    """What is believed of each arm before any outcome, (A,): on the log-odds, for anybody.

    Where the outcome is an amount, both are in its standard deviations.
    """

    lift: Floats
    sd: Floats


@dataclass(frozen=True, slots=True)
class Lift:
    """What each arm adds to the log-odds, (N, A): the mean and how unsure we are of it."""

    mean: Floats
    sd: Floats


@dataclass(frozen=True, slots=True)
class SharedEffects:
    """The fitted model: `shared` is (D,), `shift` (A, D), `doubt` (A, D, D); arm 0 is all zero.

    `unit` is 0 for an outcome that happens or not; else the standard deviation of the amount,
    and `middle` its mean.
    """

    design: Design
    shared: Floats
    shift: Floats
    doubt: Floats
    middle: float
    unit: float

    def outcome(self, rows: Floats) -> Floats:
        """The outcome expected under each arm, (N, A)."""
        columns = self.design.columns(rows)
        level: Floats = columns @ (self.shared + self.shift).T
        return _expit(level) if self.unit == 0 else self.middle + self.unit * level

    def lift(self, rows: Floats) -> Lift:
        """What each arm adds, on the log-odds or in standard deviations, with its doubt."""
        columns = self.design.columns(rows)
        variance = np.stack([((columns @ one) * columns).sum(axis=1) for one in self.doubt], axis=1)
        return Lift(columns @ self.shift.T, np.sqrt(np.maximum(variance, 0.0)))

    def effect(self, rows: Floats, *, z: float = 1.96) -> tuple[Floats, Floats, Floats]:
        """The change of the outcome by each arm with the ends of its interval, each (N, A)."""
        columns = self.design.columns(rows)
        base = (columns @ self.shared)[:, None]
        lift = self.lift(rows)
        ends = [lift.mean, lift.mean - z * lift.sd, lift.mean + z * lift.sd]
        if self.unit:
            middle, low, high = (self.unit * one for one in ends)
        else:
            middle, low, high = (_expit(base + one) - _expit(base) for one in ends)
        return middle, low, high


@dataclass(frozen=True, slots=True)
class SharedEffect:
    """How the shared-effect model learns; the defaults suit effects of a few percent.

    `interaction` is the prior variance of an interaction on the log-odds, `freedom` how many
    observations that prior is worth: below one, single large interactions are let through.
    """

    belief: Belief | None = None
    arm: float = 0.3
    interaction: float = 0.003
    freedom: float = 0.4
    rounds: int = 6

    @property
    def name(self) -> str:
        return "shared"

    @property
    def least_per_arm(self) -> int:
        return 0

    def fit(self, history: History) -> SharedEffects:
        """The posterior by Newton's method around its mode, prior widths by expectation."""
        design = design_of(history.rows)
        middle, unit = _units(history)
        outcome = history.outcome if unit == 0 else (history.outcome - middle) / unit
        sums = _Sums(design.columns(history.rows), history.action, outcome, len(history.arms))
        prior = _Prior.of(self, design, arms=len(history.arms), is_binary=unit == 0)
        found, covariance = _posterior(sums, prior, rounds=self.rounds, is_binary=unit == 0)
        blocks = found.reshape(len(history.arms), design.width)
        doubt = np.zeros((len(history.arms), design.width, design.width))
        for arm in range(1, len(history.arms)):
            place = slice(arm * design.width, (arm + 1) * design.width)
            doubt[arm] = covariance[place, place]
        shift = blocks.copy()
        shift[0] = 0.0
        return SharedEffects(design, blocks[0].copy(), shift, doubt, middle, unit)


def _units(history: History) -> tuple[float, float]:
    if history.is_binary:
        return 0.0, 0.0
    return float(history.outcome.mean()), float(history.outcome.std()) or 1.0


@dataclass(slots=True)
class _Prior:
    """Means and variances of all coefficients, blocks of D: shared first, then each arm."""

    mean: Floats
    variance: Floats
    start: Floats
    free: np.ndarray  # whose variance is learned
    freedom: float

    @classmethod
    def of(cls, how: SharedEffect, design: Design, *, arms: int, is_binary: bool) -> _Prior:
        # One unit of log-odds moves a probability by at most a quarter.
        scale = 1.0 if is_binary else 0.2
        variance = np.full((arms, design.width), how.interaction * scale)
        variance[:, design.plain :] *= _SQUARES
        variance[:, 0] = how.arm * scale
        variance[0] = _MAIN
        variance[0, 0] = 1e6
        mean = np.zeros_like(variance)
        if how.belief is not None:
            mean[1:, 0] = how.belief.lift[1:]
            variance[1:, 0] = np.maximum(how.belief.sd[1:], 1e-6) ** 2
        free = np.zeros(variance.shape, dtype=np.bool_)
        free[1:, 1:] = True
        flat = variance.ravel()
        return cls(mean.ravel(), flat.copy(), flat.copy(), free.ravel(), how.freedom)

    def learn(self, found: Floats, covariance: Floats) -> None:
        """Widen what turned out large, narrow what did not."""
        square = (found - self.mean) ** 2 + covariance.diagonal()
        learned = (square + self.freedom * self.start) / (1 + self.freedom)
        self.variance = np.where(self.free, learned, self.start)


class _Sums:
    """Rows by arm, and the sums over them that a step needs."""

    def __init__(self, columns: Floats, action: np.ndarray, outcome: Floats, arms: int) -> None:
        places = [np.flatnonzero(action == arm) for arm in range(arms)]
        self.columns = [np.ascontiguousarray(columns[one]) for one in places]
        self.outcome = [outcome[one] for one in places]
        self.width = columns.shape[1]
        self.arms = arms

    def step(self, found: Floats, *, noise: float) -> tuple[Floats, Floats, float]:
        """Curvature, slope and residual sum of squares at some coefficients.

        Args:
            noise: variance of an amount; 0 where the outcome happens or not.
        """
        width, size = self.width, self.width * self.arms
        curve, slope, square = np.zeros((size, size)), np.zeros(size), 0.0
        shared = slice(0, width)
        for arm, (columns, outcome) in enumerate(zip(self.columns, self.outcome, strict=True)):
            own = slice(arm * width, (arm + 1) * width)
            level = columns @ (found[shared] + (found[own] if arm else 0.0))
            expected = level if noise else _expit(level)
            weight = np.maximum(expected * (1 - expected), _LEAST_WEIGHT)
            missed = outcome - expected
            each = columns * weight[:, None] if not noise else columns / noise
            grown, pull = each.T @ columns, columns.T @ missed / (noise or 1.0)
            square += float(missed @ missed)
            curve[shared, shared] += grown
            slope[shared] += pull
            if arm:
                curve[own, own] += grown
                curve[shared, own] += grown
                curve[own, shared] += grown
                slope[own] += pull
        return curve, slope, square


def _posterior(
    sums: _Sums, prior: _Prior, *, rounds: int, is_binary: bool
) -> tuple[Floats, Floats]:
    found = prior.mean.copy()
    noise, count = (0.0 if is_binary else 1.0), sum(len(one) for one in sums.outcome)
    covariance = np.eye(len(found))
    for number in range(rounds):
        for _ in range(_NEWTON if number == 0 else 2):
            curve, slope, square = sums.step(found, noise=noise)
            curve[np.diag_indices_from(curve)] += 1 / prior.variance
            pull = slope - (found - prior.mean) / prior.variance
            move = np.linalg.solve(curve, pull)
            found = found + move
            noise = 0.0 if is_binary else max(square / count, 1e-9)
            if np.abs(move).max() < _SETTLED:
                break
        covariance = np.linalg.inv(curve)
        if number + 1 < rounds:
            prior.learn(found, covariance)
    return found, covariance


def _expit(level: Floats) -> Floats:
    probability: Floats = 1 / (1 + np.exp(-np.clip(level, -35, 35)))
    return probability
