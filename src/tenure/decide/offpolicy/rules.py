"""The value of a policy on a logged past: IPS, SNIPS and doubly robust, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.offpolicy.refusals import (
    ArmWithoutOutcomes,
    NoOverlap,
    NotAProbability,
    OutcomeBeforeExposure,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

CONFIDENCE: Final = 0.95
# Probabilities over the actions add up to one, but for what rounding leaves.
_ROUNDING: Final = 1e-6
# With fewer outcomes an arm's mean has no interval worth the name.
LEAST_OUTCOMES: Final = 20


@dataclass(frozen=True, slots=True)
class Logged:
    """N choices of the past among A arms: which, what it brought, and with which probabilities.

    `action` is (N,), `reward` (N,), `propensity` (N, A); arm 0 is doing nothing.
    """

    arms: tuple[str, ...]
    action: Ints
    reward: Floats
    propensity: Floats

    def __post_init__(self) -> None:
        rows, arms = self.propensity.shape
        assert arms == len(self.arms), "each arm has a propensity"
        assert self.action.shape == self.reward.shape == (rows,), "one choice and reward per row"
        assert rows == 0 or 0 <= self.action.min() <= self.action.max() < arms, "arms are known"

    @property
    def taken(self) -> Floats:
        """The probability of what was done, (N,)."""
        every = np.arange(len(self.action))
        found: Floats = self.propensity[every, self.action]
        return found


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean per customer with its standard error and two-sided interval."""

    value: float
    deviation: float
    low: float
    high: float

    @property
    def z(self) -> float:
        """How many standard errors from nothing; 0 where there is no doubt and no value."""
        return self.value / self.deviation if self.deviation > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a value rests on: past choices that agree with the policy.

    `effective_rows` is (Σw)²/Σw²; `largest_weight` is that of one row, where 1 is the average;
    `least_propensity` is the smallest probability of anything that the policy asks for.
    """

    rows: int
    matching_rows: int
    effective_rows: float
    largest_weight: float
    least_propensity: float


def mean_of(scores: Floats, *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean of independent scores with the interval of the normal approximation."""
    count = len(scores)
    assert count > 1, "an interval needs two rows"
    value = float(scores.mean())
    deviation = float(scores.std(ddof=1)) / sqrt(count)
    half = NormalDist().inv_cdf((1 + confidence) / 2) * deviation
    return Estimate(value, deviation, value - half, value + half)


def check(logged: Logged, *, least_outcomes: int = LEAST_OUTCOMES) -> None:
    """Refuse a past from which nothing can be concluded.

    Raises:
        NotAProbability: propensities that are missing, impossible or do not add up.
        ArmWithoutOutcomes: an arm that hardly anybody got.
    """
    total = logged.propensity.sum(axis=1)
    bad = ~np.isfinite(total) | (np.abs(total - 1) > _ROUNDING)
    bad |= (logged.propensity < 0).any(axis=1) | ~(logged.taken > 0)
    if bad.any():
        raise NotAProbability(rows=int(bad.sum()))
    seen = np.bincount(logged.action, minlength=len(logged.arms))
    for name, count in zip(logged.arms, seen, strict=True):
        if count < least_outcomes:
            raise ArmWithoutOutcomes(arm=name, seen=int(count), least=least_outcomes)


def check_order(exposed_at: Floats, outcome_at: Floats, *, names: tuple[str, str]) -> None:
    """Refuse outcomes that came before what is said to have caused them.

    Args:
        exposed_at, outcome_at: instants or days on one scale, not a number where not known.
        names: of the two columns, in that order.
    Raises:
        OutcomeBeforeExposure: with the number of such rows.
    """
    early = int((outcome_at < exposed_at).sum())
    if early:
        raise OutcomeBeforeExposure(rows=early, exposed_at=names[0], outcome_at=names[1])


def certain(choice: Ints, *, arms: int) -> Floats:
    """A policy that chooses one arm for each row, as probabilities (N, A)."""
    policy = np.zeros((len(choice), arms))
    policy[np.arange(len(choice)), choice] = 1.0
    return policy


def weights(logged: Logged, policy: Floats) -> Floats:
    """How much more often the policy would do what was done, (N,).

    Raises:
        NoOverlap: the policy asks for an arm where the past never could have.
    """
    never = (policy > 0) & (logged.propensity <= 0)
    if never.any():
        arm = int(never.any(axis=0).argmax())
        raise NoOverlap(arm=logged.arms[arm], rows=int(never[:, arm].sum()))
    asked: Floats = policy[np.arange(len(logged.action)), logged.action]
    return asked / logged.taken


def ips(logged: Logged, policy: Floats) -> Estimate:
    """The value by inverse propensity: unbiased, and wide.

    References:
        Horvitz and Thompson (1952).
    """
    return mean_of(weights(logged, policy) * logged.reward)


def snips(logged: Logged, policy: Floats) -> Estimate:
    """The same with weights that add up to one: a little bias for much less width.

    References:
        Swaminathan and Joachims (2015); the interval is by the delta method.
    """
    weight = weights(logged, policy)
    total = weight.mean()
    if total == 0:
        raise NoOverlap(arm="—", rows=len(weight))
    value = float((weight * logged.reward).mean() / total)
    influence = weight * (logged.reward - value) / total
    spread = mean_of(influence)
    return Estimate(value, spread.deviation, value + spread.low, value + spread.high)


def scores(logged: Logged, predicted: Floats) -> Floats:
    """Doubly robust scores Γ, (N, A): the prediction, corrected where the arm was really tried.

    Args:
        predicted: what each arm is thought to bring, from rows other than the one predicted.
    Returns:
        Their mean over rows is an unbiased value of each arm, however wrong the prediction.
    References:
        Robins, Rotnitzky and Zhao (1994); Dudík, Langford and Li (2011).
    """
    every = np.arange(len(logged.action))
    found = predicted.copy()
    missed = logged.reward - predicted[every, logged.action]
    found[every, logged.action] += missed / logged.taken
    return found


def doubly_robust(logged: Logged, policy: Floats, *, predicted: Floats) -> Estimate:
    """The value of a policy by doubly robust scores; predictions come from other rows."""
    weights(logged, policy)
    return mean_of((policy * scores(logged, predicted)).sum(axis=1))


def gain(gamma: Floats, policy: Floats, *, over: Floats) -> Estimate:
    """What one policy brings beyond another, on the same rows: (N, A) scores and policies."""
    return mean_of(((policy - over) * gamma).sum(axis=1))


def overlap(logged: Logged, policy: Floats) -> Overlap:
    """What the value of a policy rests on."""
    weight = weights(logged, policy)
    squares = float((weight**2).sum())
    asked = logged.propensity[policy > 0]
    return Overlap(
        rows=len(weight),
        matching_rows=int((weight > 0).sum()),
        effective_rows=float(weight.sum()) ** 2 / squares if squares else 0.0,
        largest_weight=float(weight.max()) / float(weight.mean()) if squares else 0.0,
        least_propensity=float(asked.min()) if asked.size else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A column that says who got an arm, although the written propensities say it could not."""

    column: str
    arm: str
    z: float


def imbalances(
    logged: Logged, rows: Floats, *, names: Sequence[str], alarm: float = 0.001
) -> tuple[Imbalance, ...]:
    """Where the written propensities cannot be the ones that chose, the clearest first.

    With true propensities no column knows more about who got an arm than they do; the scores
    (1{A = a} − pₐ)·x then have mean 0. Each column and arm is tested, with Bonferroni's share of
    `alarm`.

    Args:
        rows: (N, P), not a number where a value is not known.
    """
    given = np.zeros_like(logged.propensity)
    given[np.arange(len(given)), logged.action] = 1.0
    surprise = given - logged.propensity
    found = []
    limit = NormalDist().inv_cdf(1 - alarm / (2 * max(rows.shape[1], 1) * len(logged.arms)))
    for place, name in enumerate(names):
        value = rows[:, place]
        known = ~np.isnan(value)
        if not known.any():
            continue
        centred = np.where(known, value - value[known].mean(), 0.0)
        each = surprise * centred[:, None]
        spread = np.sqrt((each**2).sum(axis=0))
        z = np.divide(each.sum(axis=0), spread, out=np.zeros(len(spread)), where=spread > 0)
        found += [
            Imbalance(name, logged.arms[arm], float(z[arm]))
            for arm in np.flatnonzero(np.abs(z) > limit)
        ]
    return tuple(sorted(found, key=lambda one: -abs(one.z)))
