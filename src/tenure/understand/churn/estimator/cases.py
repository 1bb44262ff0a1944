"""What an estimator learns from: rows of numbers, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tenure.understand.churn.estimator.ensemble import Floats, Matrix


@dataclass(frozen=True, slots=True)
class Cases:
    """Past decisions: one row of features each, and what became of it.

    `rows` is float32 with NaN where a value is not known; `outcome` is 1 where it happened.
    """

    names: tuple[str, ...]
    rows: Matrix
    outcome: Floats

    def __post_init__(self) -> None:
        assert self.rows.shape == (len(self.outcome), len(self.names)), "a column per name"

    def of(self, chosen: np.ndarray) -> Cases:
        """Some of the rows."""
        return Cases(self.names, self.rows[chosen], self.outcome[chosen])

    def only(self, columns: Sequence[str]) -> Cases:
        """The same rows with these columns."""
        kept = [self.names.index(name) for name in columns]
        return Cases(tuple(columns), np.ascontiguousarray(self.rows[:, kept]), self.outcome)

    def without(self, columns: Sequence[str]) -> Cases:
        """The same rows without some columns."""
        return self.only([name for name in self.names if name not in columns])
