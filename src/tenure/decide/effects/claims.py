"""What may be claimed of a choice that was learned: judged on customers who came after it.

Cross-fitting judges every customer by a model that did not see them, yet the models of two folds
saw each other's customers. Where the best choice is not unique (in the extreme, where nothing
works) luck in one fold draws the choice of the others, and luck in those its own: the folds err
together, and an interval that counts them as independent is too narrow, by up to the root of two.
Here customers stand in blocks, and each block is judged by what the blocks *before* it taught.
Given those, the error of a block has mean 0 whatever was chosen, and divided by its own standard
error it is a standard normal one; so is the sum over blocks by the root of their number. Weighing
blocks by their standard errors makes an interval of it that holds however unstable the choice is.

References:
    Luedtke and van der Laan (2016), Statistical inference for the mean outcome under a possibly
    non-unique optimal treatment strategy. docs/decisions/0092
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from tenure.decide.effects.estimator.folds import from_earlier
from tenure.decide.effects.estimator.protocol import Learner
from tenure.decide.effects.history import History, Stakes, logged
from tenure.decide.offpolicy.rules import (
    CONFIDENCE,
    Estimate,
    Floats,
    Ints,
    mean_of,
    scores,
)

# A block in which hardly anybody is chosen otherwise looks surer than it is: it weighs as if its
# standard error were at least this share of the largest.
_LEAST_SHARE: Final = 0.25


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
class Judged:
    """One way of learning on the customers of all blocks but the first: M rows.

    `predicted` is (M, A), `choice` (M,).
    """

    predicted: Floats
    choice: Ints


@dataclass(frozen=True, slots=True)
class Later:
    """The customers of all blocks but the first, M rows, and the doubly robust scores of each arm.

    `whole` and `numbers` (N,) are all customers and their blocks. `single` (M,) is the arm that
    looked best for all in the blocks before. `gamma` is (M, A).
    """

    whole: History
    numbers: Ints
    history: History
    stakes: Stakes
    block: Ints
    single: Ints
    first: Judged
    gamma: Floats

    @classmethod
    def of(cls, history: History, stakes: Stakes, *, block: Ints, first: Learner) -> Later:
        """Judge the first way of learning, whose predictions the scores of all rest on."""
        rows = block > 0
        here, own = history.of(rows), stakes.of(rows)
        predicted = from_earlier(first, history, block=block)[rows]
        return cls(
            whole=history,
            numbers=block,
            history=here,
            stakes=own,
            block=block[rows],
            single=_singles(history, stakes, block=block)[rows],
            first=Judged(predicted, own.best(predicted)),
            gamma=scores(logged(here, own), own.value(predicted)),
        )

    def by(self, learner: Learner) -> Judged:
        """Another way of learning, on the same customers."""
        predicted = from_earlier(learner, self.whole, block=self.numbers)[self.numbers > 0]
        return Judged(predicted, self.stakes.best(predicted))

    def gain(self, choice: Ints, *, over: Ints | int = 0) -> Estimate:
        """What one choice per customer brought beyond another, per head, weighed by blocks."""
        return _together(self._by_block(choice, over))

    def weights(self, choice: Ints, *, over: Ints | int = 0) -> Floats:
        """How much of `gain` each customer is, (M,): they add up to one."""
        shares = _shares(self._by_block(choice, over))
        numbers, place, size = np.unique(self.block, return_inverse=True, return_counts=True)
        assert len(numbers) == len(shares), "an estimate per block"
        found: Floats = (shares / size)[place]
        return found

    def _by_block(self, choice: Ints, over: Ints | int) -> list[Estimate]:
        every = np.arange(len(self.gamma))
        brought = self.gamma[every, choice] - self.gamma[every, over]
        return [mean_of(brought[self.block == number]) for number in np.unique(self.block)]

    def calibrate(self, judged: Judged) -> Calibration:
        """Regress what happened on what had been predicted before.

        Under the written propensities the centred prediction is independent of everything else
        that a row is, so that the slope is that of the true effects on the predicted ones.

        References:
            Chernozhukov, Demirer, Duflo and Fernández-Val (2018), Generic machine learning
            inference.
        """
        history, predicted = self.history, judged.predicted
        every = np.arange(len(history))
        effect = predicted - predicted[:, :1]
        spread = np.empty_like(effect)
        for number in np.unique(self.block):
            here = self.block == number
            spread[here] = effect[here] - effect[here].mean(axis=0)
        missed = history.outcome - (history.propensity * predicted).sum(axis=1)

        def slope(of: Floats) -> Estimate:
            centred = of[every, history.action] - (history.propensity * of).sum(axis=1)
            blocks = [self.block == number for number in np.unique(self.block)]
            return _together([_slope(missed[one], centred[one]) for one in blocks])

        return Calibration(slope=slope(effect), varying=slope(spread))


def _shares(blocks: Sequence[Estimate]) -> Floats:
    """How much each block weighs, adding up to one; evenly where there is no doubt at all."""
    errors = np.array([one.deviation for one in blocks])
    floored = np.maximum(errors, _LEAST_SHARE * errors.max())
    weight = 1 / floored if errors.max() > 0 else np.ones(len(errors))
    found: Floats = weight / weight.sum()
    return found


def _together(blocks: Sequence[Estimate]) -> Estimate:
    """One estimate of blocks, each unbiased given those before it."""
    shares = _shares(blocks)
    value = float(shares @ np.array([one.value for one in blocks]))
    deviation = float(np.linalg.norm(shares * np.array([one.deviation for one in blocks])))
    half = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * deviation
    return Estimate(value, deviation, value - half, value + half)


def beyond(gamma: Floats, choice: Ints | int, *, over: Ints | int = 0) -> Estimate:
    """What one choice per row brings beyond another by scores (N, A), per row."""
    every = np.arange(len(gamma))
    return mean_of(gamma[every, choice] - gamma[every, over])


def _singles(history: History, stakes: Stakes, *, block: Ints) -> Ints:
    """The arm that looked best for all in the blocks before each row, (N,); block 0 gets none."""
    past = logged(history, stakes)
    arms = range(len(history.arms))
    to_all = np.stack([stakes.to_all(arm) for arm in arms], axis=1)
    weight = (to_all == past.action[:, None]) / past.taken[:, None]
    found = np.zeros(len(history), dtype=np.int64)
    for number in range(1, int(block.max()) + 1):
        before, here = block < number, block == number
        seen = weight[before].sum(axis=0)
        brought = past.reward[before] @ weight[before]
        value = np.divide(brought, seen, out=np.full(len(seen), -np.inf), where=seen > 0)
        found[here] = to_all[here, int(value.argmax())]
    return found


def _slope(outcome: Floats, centred: Floats) -> Estimate:
    """A least-squares slope through 0 with a robust standard error."""
    squares = float(centred @ centred)
    if squares <= 0:
        return Estimate(0.0, 0.0, 0.0, 0.0)
    value = float(centred @ outcome) / squares
    left = outcome - value * centred
    deviation = float(np.sqrt(((centred * left) ** 2).sum())) / squares
    half = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * deviation
    return Estimate(value, deviation, value - half, value + half)
