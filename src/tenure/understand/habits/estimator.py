"""Shares of answers by way and by hour, drawn towards those of people alike.

A few messages say little about one person: with `n` of them the person's own share weighs
`n / (n + WEIGHT)`, and that of people alike the rest (the mean of a beta prior worth WEIGHT
messages; Gelman et al., Bayesian Data Analysis, 3rd ed., § 2.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

type Wholes = npt.NDArray[np.int64]
type Table = Sequence[Sequence[int]]
type Shares = npt.NDArray[np.float64]

WEIGHT: Final = 6.0
#: Below so many answers of one's own nothing is learned; a habit is more than one answer.
LEAST_ANSWERS: Final = 3
#: The best way must be better than the next one by so much, or people alike decide.
LEAST_GAIN: Final = 0.05
HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Ways:
    """The best way of each person: its place, or −1; with its shares."""

    best: Wholes
    share: Shares
    alike: Shares


def best_ways(sent: Wholes, answered: Wholes, *, groups: Wholes) -> Ways:
    """The way on which each person answers most, where that can be said.

    Args:
        sent: persons × ways, messages of a year.
        answered: of those, how many were answered; never more than sent.
        groups: for each person the number of the people alike, from 0.
    Returns:
        For each person the column of the best way, −1 where too little is known or the next
        way is about as good; the drawn share and that of people alike on it (0 where −1).
    """
    alike = _rates(_summed(sent, groups), _summed(answered, groups))[groups]
    drawn = (answered + WEIGHT * alike) / (sent + WEIGHT)
    used = np.where(sent > 0, drawn, -1.0)
    best = np.argmax(used, axis=1)
    rows = np.arange(len(sent))
    rest = used.copy()
    rest[rows, best] = -1.0
    gain = used[rows, best] - np.maximum(rest.max(axis=1, initial=-1.0), 0.0)
    is_known = (answered[rows, best] >= LEAST_ANSWERS) & (gain >= LEAST_GAIN)
    chosen = np.where(is_known, best, -1).astype(np.int64)
    zero = np.zeros(len(sent))
    return Ways(
        chosen,
        np.where(is_known, used[rows, best], zero),
        np.where(is_known, alike[rows, best], zero),
    )


def best_hours(answers: Wholes, *, groups: Wholes) -> Wholes:
    """The hour around which each person answers most, −1 where too few answers are known.

    Args:
        answers: persons × 24 hours, how often somebody answered in it.
        groups: for each person the number of the people alike, from 0.
    """
    around = answers + 0.5 * (np.roll(answers, 1, axis=1) + np.roll(answers, -1, axis=1))
    summed = _summed(answers, groups)
    total = np.maximum(summed.sum(axis=1, keepdims=True), 1)
    alike = (summed / total)[groups]
    count = answers.sum(axis=1)
    drawn = (around + WEIGHT * alike) / (count[:, None] + WEIGHT)
    best = np.argmax(drawn, axis=1)
    return np.where(count >= LEAST_ANSWERS, best, -1).astype(np.int64)


def _summed(values: Wholes, groups: Wholes) -> Wholes:
    """The values of each group together."""
    count = int(groups.max(initial=-1)) + 1
    found = np.zeros((count, values.shape[1]), dtype=np.int64)
    np.add.at(found, groups, values)
    return found


def _rates(sent: Wholes, answered: Wholes) -> Any:
    """Shares of groups, themselves drawn towards that of everybody on the same way."""
    everybody = answered.sum(axis=0) / np.maximum(sent.sum(axis=0), 1)
    return (answered + WEIGHT * everybody) / (sent + WEIGHT)


@dataclass(frozen=True, slots=True)
class Habits:
    """Of each person the column of the best way and the best hour, −1 where unknown; shares."""

    ways: list[int]
    shares: list[float]
    alike: list[float]
    hours: list[int]


def habits(sent: Table, answered: Table, *, answers: Table, groups: Sequence[int]) -> Habits:
    """Ways and hours of everybody, from plain counts.

    Args:
        sent: persons × ways, messages of a year.
        answered: of those, how many were answered.
        answers: persons × 24 hours.
        groups: for each person the number of the people alike, from 0.
    """
    alike = np.asarray(groups, dtype=np.int64)
    ways = best_ways(_whole(sent), _whole(answered), groups=alike)
    hours = best_hours(_whole(answers), groups=alike)
    return Habits(ways.best.tolist(), ways.share.tolist(), ways.alike.tolist(), hours.tolist())


def _whole(table: Table) -> Wholes:
    return np.asarray(table, dtype=np.int64)
