"""Predictions for rows that were not learned from."""

from __future__ import annotations

import numpy as np

from tenure.decide.effects.estimator.protocol import Learner
from tenure.decide.effects.history import History
from tenure.decide.offpolicy.rules import Floats, Ints


def fold_of(rows: int, *, folds: int, seed: int) -> Ints:
    """The fold of each row, (N,): even in size, drawn from a seed."""
    chance = np.random.default_rng(seed)
    return chance.permutation(np.arange(rows) % folds).astype(np.int64)


def out_of_fold(learner: Learner, history: History, *, fold: Ints) -> Floats:
    """The outcome expected under each arm, (N, A), each row by a model that never saw it."""
    found = np.empty(history.propensity.shape)
    for number in range(int(fold.max()) + 1):
        here = fold == number
        found[here] = learner.fit(history.of(~here)).outcome(history.rows[here])
    return found


def from_earlier(learner: Learner, history: History, *, block: Ints) -> Floats:
    """The outcome expected under each arm, (N, A), each block by a model of the blocks before it.

    Nobody stands before block 0: its rows are not a number.
    """
    found = np.full(history.propensity.shape, np.nan)
    for number in range(1, int(block.max()) + 1):
        here = block == number
        found[here] = learner.fit(history.of(block < number)).outcome(history.rows[here])
    return found
