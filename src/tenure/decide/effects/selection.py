"""Which estimator to follow and whether to follow any: decided on customers not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

import numpy as np

from tenure.decide.effects.estimator.challengers import CHALLENGERS
from tenure.decide.effects.estimator.folds import fold_of, out_of_fold
from tenure.decide.effects.estimator.protocol import Fitted, Learner
from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.history import History, Stakes, logged
from tenure.decide.offpolicy.refusals import TooFewRows
from tenure.decide.offpolicy.rules import (
    Estimate,
    Floats,
    Imbalance,
    Ints,
    Overlap,
    certain,
    check,
    imbalances,
    mean_of,
    overlap,
    scores,
)

FOLDS: Final = 5
LEAST_ROWS: Final = 200
# A challenger replaces the shared model where its advantage is this many standard errors.
_CHALLENGE_Z: Final = 1.645
FIRST: Final = SharedEffect()
# One-sided: of a hundred markets in which nothing works, so many at most are acted upon.
_GATE_SHARE: Final = 0.01


class Verdict(StrEnum):
    """What the evidence allows."""

    PERSONAL = "personal"  # each customer the action that is best for them
    SINGLE = "single"  # the same action for everybody
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether predicted effects are there in customers not learned from.

    `slope` is the change of the outcome per predicted change, over all arms that chance gave; it
    is 1 for true predictions and 0 where there is no effect. `varying` is the same for what is
    predicted to differ between customers of one arm.
    """

    slope: Estimate
    varying: Estimate


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way of choosing, valued on rows it was not learned from.

    `gain` is what it brings per customer beyond doing nothing, `ahead` beyond the first
    candidate.
    """

    name: str
    gain: Estimate
    ahead: Estimate


@dataclass(frozen=True, slots=True)
class Gains:
    """What choosing for each customer brings beyond doing nothing, what the best one action for
    all does, and their difference on the same rows.
    """

    personal: Estimate
    single: Estimate
    beyond_single: Estimate


@dataclass(frozen=True, slots=True)
class Learned:
    """What a history teaches. `choice` and `predicted` are of its own rows, out of fold.

    `by_arm` is the gain of giving each action to everybody; `gamma` are doubly robust scores.
    """

    verdict: Verdict
    learner: Learner
    fitted: Fitted
    candidates: tuple[Candidate, ...]
    calibration: Calibration
    gains: Gains
    single_arm: int
    by_arm: tuple[Estimate, ...]
    overlap: Overlap
    doubts: tuple[Imbalance, ...]
    predicted: Floats
    choice: Ints
    gamma: Floats

    @property
    def is_personal_better(self) -> bool:
        """Whether choosing for each customer is shown to beat the best single action."""
        return self.gains.beyond_single.low > 0

    def choose(self, rows: Floats, stakes: Stakes) -> Ints:
        """One arm for each row, as the verdict allows."""
        if self.verdict is Verdict.PERSONAL:
            return best(self.fitted.outcome(rows), stakes)
        return stakes.to_all(self.single_arm if self.verdict is Verdict.SINGLE else 0)


def best(predicted: Floats, stakes: Stakes) -> Ints:
    """The open arm of the greatest expected value for each row; the first wins a tie."""
    return stakes.best(predicted)


def learn(
    history: History,
    stakes: Stakes,
    *,
    first: Learner = FIRST,
    challengers: Sequence[Learner] = CHALLENGERS,
    seed: int = 0,
) -> Learned:
    """Learn effects, choose the estimator, and judge whether to act on it.

    Args:
        history: matured choices that chance made, with their propensities.
        stakes: what each row's outcome is worth under each arm.
        first: the estimator that stays unless a challenger is clearly better.
        challengers: asked where every arm has rows enough for them.
    Raises:
        TooFewRows, ArmWithoutOutcomes, NotAProbability: nothing can be concluded.
    """
    if len(history) < LEAST_ROWS:
        raise TooFewRows(rows=len(history), least=LEAST_ROWS)
    past = logged(history, stakes)
    check(past)
    fold = fold_of(len(history), folds=FOLDS, seed=seed)
    least = int(history.per_arm.min()) * (FOLDS - 1) // FOLDS
    learners = [first, *(one for one in challengers if one.least_per_arm <= least)]
    predicted = [out_of_fold(one, history, fold=fold) for one in learners]
    gamma = scores(past, stakes.value(predicted[0]))
    choices = [best(one, stakes) for one in predicted]
    candidates = _valued(gamma, choices, names=[one.name for one in learners])
    place = _chosen(candidates)
    to_all = [stakes.to_all(arm) for arm in range(len(history.arms))]
    by_arm = tuple(_over(gamma, choice, other=0) for choice in to_all)
    single = max(range(len(by_arm)), key=lambda arm: by_arm[arm].value)
    calibration = calibrate(history, predicted[place], fold=fold)
    beyond = _over(gamma, choices[place], other=to_all[single])
    gains = Gains(candidates[place].gain, by_arm[single], beyond)
    return Learned(
        verdict=judge(calibration, gains, arms=len(by_arm)),
        learner=learners[place],
        fitted=learners[place].fit(history),
        candidates=candidates,
        calibration=calibration,
        gains=gains,
        single_arm=single,
        by_arm=by_arm,
        overlap=overlap(past, certain(choices[place], arms=len(by_arm))),
        doubts=imbalances(past, history.rows, names=history.names),
        predicted=predicted[place],
        choice=choices[place],
        gamma=gamma,
    )


def _over(gamma: Floats, choice: Ints | int, *, other: Ints | int) -> Estimate:
    """What one choice per row brings beyond another, per row."""
    every = np.arange(len(gamma))
    return mean_of(gamma[every, choice] - gamma[every, other])


def _valued(
    gamma: Floats, choices: Sequence[Ints], *, names: Sequence[str]
) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(name, _over(gamma, choice, other=0), _over(gamma, choice, other=choices[0]))
        for name, choice in zip(names, choices, strict=True)
    )


def _chosen(candidates: Sequence[Candidate]) -> int:
    """The first, unless the most valuable other is clearly ahead of it."""
    place = max(range(len(candidates)), key=lambda one: candidates[one].gain.value)
    return place if candidates[place].ahead.z > _CHALLENGE_Z else 0


def judge(calibration: Calibration, gains: Gains, *, arms: int) -> Verdict:
    """What the evidence allows; doing nothing where it allows nothing.

    Two ways lead past doing nothing. The value itself is shown: its one-sided interval on fresh
    customers lies above 0. Or the effects are shown (their slope on fresh customers is clearly
    above 0, a test that every arm of the trial takes part in) and fresh value, expected to be
    positive, does not speak against them. Nothing rests on what a model says of its own rows. The
    best of several single actions was picked by its value, and must be surer (Bonferroni).
    """
    z = NormalDist().inv_cdf(1 - _GATE_SHARE)
    z_of_best = NormalDist().inv_cdf(1 - _GATE_SHARE / max(arms - 1, 1))
    works = calibration.slope.z > z
    personal = gains.personal
    may = personal.z > z or (works and personal.value > -personal.deviation)
    single_is_shown = gains.single.z > z_of_best
    if single_is_shown and gains.beyond_single.value <= 0:
        return Verdict.SINGLE
    if may and (calibration.varying.z > z or gains.beyond_single.z > z):
        return Verdict.PERSONAL
    if single_is_shown:
        return Verdict.SINGLE
    return Verdict.NOTHING


def calibrate(history: History, predicted: Floats, *, fold: Ints) -> Calibration:
    """Regress what happened on what was predicted, over rows that were not learned from.

    Under the written propensities the centred prediction is independent of everything else that a
    row is, so that the slope is that of the true effects on the predicted ones.

    References:
        Chernozhukov, Demirer, Duflo and Fernández-Val (2018), Generic machine learning inference.
    """
    every = np.arange(len(history))
    effect = predicted - predicted[:, :1]
    spread = np.empty_like(effect)
    for number in np.unique(fold):
        here = fold == number
        spread[here] = effect[here] - effect[here].mean(axis=0)
    missed = history.outcome - (history.propensity * predicted).sum(axis=1)

    def slope(of: Floats) -> Estimate:
        centred = of[every, history.action] - (history.propensity * of).sum(axis=1)
        return _slope(missed, centred)

    return Calibration(slope=slope(effect), varying=slope(spread))


def _slope(outcome: Floats, centred: Floats) -> Estimate:
    """A least-squares slope through 0 with a robust standard error."""
    squares = float(centred @ centred)
    if squares <= 0:
        return Estimate(0.0, 0.0, 0.0, 0.0)
    value = float(centred @ outcome) / squares
    left = outcome - value * centred
    deviation = float(np.sqrt(((centred * left) ** 2).sum())) / squares
    half = NormalDist().inv_cdf(0.975) * deviation
    return Estimate(value, deviation, value - half, value + half)
