"""What effects are learned from, and what is at stake in a choice, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.decide.offpolicy.rules import Flags, Floats, Ints, Logged


@dataclass(frozen=True, slots=True)
class History:
    """N matured choices among A arms. Arm 0 is doing nothing.

    `rows` is (N, P), what was known when the choice was made, not a number where it was not;
    `outcome` is (N,), 1 and 0 or an amount; `propensity` is (N, A), as written down.
    """

    names: tuple[str, ...]
    arms: tuple[str, ...]
    rows: Floats
    action: Ints
    outcome: Floats
    propensity: Floats

    def __post_init__(self) -> None:
        count = len(self.action)
        assert self.rows.shape == (count, len(self.names)), "a column per name"
        assert self.outcome.shape == (count,), "an outcome per row"
        assert self.propensity.shape == (count, len(self.arms)), "a propensity per arm"

    def __len__(self) -> int:
        return len(self.action)

    @property
    def is_binary(self) -> bool:
        """Whether the outcome happens or does not."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    @property
    def per_arm(self) -> Ints:
        """How many rows each arm has."""
        return np.bincount(self.action, minlength=len(self.arms)).astype(np.int64)

    def of(self, chosen: np.ndarray) -> History:
        """Some of the rows."""
        return History(
            self.names,
            self.arms,
            self.rows[chosen],
            self.action[chosen],
            self.outcome[chosen],
            self.propensity[chosen],
        )


@dataclass(frozen=True, slots=True)
class Stakes:
    """What an outcome of 1 is worth under each arm, and what the arm costs whatever follows.

    Both are (N, A). A discount lessens the worth, because only who renews gets it: sure renewals
    included. `is_open` says which arms a row may get at all; None means every arm. Arm 0 is always
    open.
    """

    worth: Floats
    cost: Floats
    is_open: Flags | None = None

    def of(self, chosen: np.ndarray) -> Stakes:
        """Some of the rows."""
        is_open = None if self.is_open is None else self.is_open[chosen]
        return Stakes(self.worth[chosen], self.cost[chosen], is_open)

    def where_tried(self, propensity: Floats) -> Stakes:
        """With no arm open to a row that chance could not have given to it, beside doing nothing.

        Args:
            propensity: as written down, (N, A); 0 where an arm was not among the choices.
        """
        tried = propensity > 0
        tried[:, 0] = True
        if self.is_open is not None:
            tried &= self.is_open
        return Stakes(self.worth, self.cost, tried)

    def to_all(self, arm: int) -> Ints:
        """One arm for every row that may get it, and nothing for the others."""
        count = len(self.worth)
        if self.is_open is None:
            return np.full(count, arm, dtype=np.int64)
        return np.where(self.is_open[:, arm], arm, 0).astype(np.int64)

    def best(self, outcome: Floats) -> Ints:
        """The open arm of the greatest expected value for each row; the first wins a tie."""
        value = self.value(outcome)
        if self.is_open is not None:
            value = np.where(self.is_open, value, -np.inf)
        choice: Ints = np.argmax(value, axis=1)
        return choice

    def value(self, outcome: Floats) -> Floats:
        """What each arm is expected to bring, (N, A), where `outcome` is expected of it."""
        expected: Floats = outcome * self.worth - self.cost
        return expected


def plain_stakes(history: History) -> Stakes:
    """The outcome itself is what counts, and nothing costs anything."""
    shape = history.propensity.shape
    return Stakes(np.ones(shape), np.zeros(shape))


def logged(history: History, stakes: Stakes) -> Logged:
    """The past as it is evaluated: with what each choice brought."""
    every = np.arange(len(history))
    taken = history.action
    reward = history.outcome * stakes.worth[every, taken] - stakes.cost[every, taken]
    return Logged(history.arms, taken, reward, history.propensity)
