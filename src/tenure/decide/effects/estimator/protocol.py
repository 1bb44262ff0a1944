"""What every estimator of effects is asked, and all that is believed of its answer."""

from __future__ import annotations

from typing import Protocol

from tenure.decide.effects.history import History
from tenure.decide.offpolicy.rules import Floats


class Fitted(Protocol):
    """Something that has learned from a history."""

    def outcome(self, rows: Floats) -> Floats:
        """The outcome expected under each arm, (N, A)."""
        ...


class Learner(Protocol):
    """A way of learning, before it has seen anything."""

    @property
    def name(self) -> str:
        """What it is called on pages and in the log."""
        ...

    @property
    def least_per_arm(self) -> int:
        """It is not asked where an arm has fewer rows than these."""
        ...

    def fit(self, history: History) -> Fitted:
        """Learn from a history, the same way each time."""
        ...
