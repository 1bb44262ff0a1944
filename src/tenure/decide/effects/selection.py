"""Which estimator to follow and whether to follow any: decided on customers not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

from tenure.decide.effects.claims import Calibration, Judged, Later, beyond
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
class Candidate:
    """One way of choosing, valued on rows that came after those it was learned from.

    `gain` is what it brings per customer beyond doing nothing, `ahead` beyond the first
    candidate.
    """

    name: str
    gain: Estimate
    ahead: Estimate


@dataclass(frozen=True, slots=True)
class Gains:
    """What choosing for each customer brings beyond doing nothing, what the best one action for
    all does, and what choosing brings beyond the action that looked best for all until then.

    What was learned is judged on customers who came after it, so that it is told of choices that
    knew a little less than the final one. `crossed` is `personal` with every customer judged by
    the others: its value is the surer one, its interval is too narrow (`claims`); it is only asked
    whether it speaks against what the rest says.
    """

    personal: Estimate
    single: Estimate
    beyond_single: Estimate
    crossed: Estimate


@dataclass(frozen=True, slots=True)
class Learned:
    """What a history teaches. `choice` and `predicted` are of its own rows, out of fold.

    `by_arm` is the gain of giving each action to everybody; `gamma` are doubly robust scores.
    `later` are the customers on whom the claims were judged, `judged` what was chosen for them.
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
    later: Later
    judged: Judged

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
    later = Later.of(history, stakes, block=fold, first=first)
    least = int(history.per_arm.min()) * (FOLDS - 1) // FOLDS
    learners = [first, *(one for one in challengers if one.least_per_arm <= least)]
    judged = [later.first, *(later.by(one) for one in learners[1:])]
    candidates = tuple(
        Candidate(
            learner.name, later.gain(one.choice), later.gain(one.choice, over=later.first.choice)
        )
        for learner, one in zip(learners, judged, strict=True)
    )
    place = _chosen(candidates)
    crossed = out_of_fold(first, history, fold=fold)
    predicted = crossed if place == 0 else out_of_fold(learners[place], history, fold=fold)
    gamma, choice = scores(past, stakes.value(crossed)), best(predicted, stakes)
    by_arm = tuple(beyond(gamma, stakes.to_all(arm)) for arm in range(len(history.arms)))
    single = max(range(len(by_arm)), key=lambda arm: by_arm[arm].value)
    calibration = later.calibrate(judged[place])
    against = later.gain(judged[place].choice, over=later.single)
    gains = Gains(candidates[place].gain, by_arm[single], against, beyond(gamma, choice))
    return Learned(
        verdict=judge(calibration, gains, arms=len(by_arm)),
        learner=learners[place],
        fitted=learners[place].fit(history),
        candidates=candidates,
        calibration=calibration,
        gains=gains,
        single_arm=single,
        by_arm=by_arm,
        overlap=overlap(past, certain(choice, arms=len(by_arm))),
        doubts=imbalances(past, history.rows, names=history.names),
        predicted=predicted,
        choice=choice,
        gamma=gamma,
        later=later,
        judged=judged[place],
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
    personal, crossed = gains.personal, gains.crossed
    may = personal.z > z or (works and crossed.value > -crossed.deviation)
    single_is_shown = gains.single.z > z_of_best
    if single_is_shown and gains.beyond_single.value <= 0:
        return Verdict.SINGLE
    if may and (calibration.varying.z > z or gains.beyond_single.z > z):
        return Verdict.PERSONAL
    if single_is_shown:
        return Verdict.SINGLE
    return Verdict.NOTHING
