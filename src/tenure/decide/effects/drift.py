"""Whether an action has stopped doing what it did: what was learned of it before is then over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.decide.effects.estimator.shared import Belief, SharedEffect
from tenure.decide.effects.history import History
from tenure.decide.offpolicy.rules import Flags, Floats, Ints

WEEK_DAYS: Final = 7
# Standard errors at which an effect has changed. Every week of a year is looked at, for every
# action, and again each week: with this many, one of about twenty years raises a false alarm.
CHANGED_Z: Final = 4.5
LEAST_ROWS: Final = 200
_ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One action whose effect is not what it was.

    `since` is the first day of the new effect, `moved` by how much the outcome per row has
    changed beside the other actions, and `z` the same in standard errors.
    """

    arm: int
    since: int
    moved: float
    z: float


def changes(
    history: History, day: Ints, *, belief: Belief | None = None, least: int = LEAST_ROWS
) -> tuple[Change, ...]:
    """Every action whose effect changed, with the week since when.

    What happened is compared with what one model of all the past expects, for each action beside
    the others of the same week, so that a season or a rise of prices is no change of an action.

    Args:
        history: matured choices.
        day: when each was made, (N,), in any order.
        least: rows that must lie on either side of a change.
    References:
        docs/algorithms/effects.md; Page (1954) for the scan over all points of change.
    """
    if len(history) < 2 * least:
        return ()
    fitted = SharedEffect(belief=belief, rounds=_ROUNDS).fit(history)
    every = np.arange(len(history))
    missed = history.outcome - fitted.outcome(history.rows)[every, history.action]
    first = int(day.min())
    week = ((day - first) // WEEK_DAYS).astype(np.int64)
    found = []
    for arm in range(1, len(history.arms)):
        one = _scan(missed, week, is_arm=history.action == arm, least=least)
        if one is not None:
            place, moved, z = one
            found.append(Change(arm, first + place * WEEK_DAYS, moved, z))
    return tuple(found)


def _scan(
    missed: Floats, week: Ints, *, is_arm: Flags, least: int
) -> tuple[int, float, float] | None:
    """The week that divides an action's misses best, where the halves really differ."""
    weeks = int(week.max()) + 1
    own = np.bincount(week[is_arm], minlength=weeks).astype(np.float64)
    others = np.bincount(week[~is_arm], minlength=weeks).astype(np.float64)
    total = np.bincount(week[is_arm], weights=missed[is_arm], minlength=weeks)
    beside = np.bincount(week[~is_arm], weights=missed[~is_arm], minlength=weeks)
    beside /= np.maximum(others, 1.0)
    variance = float(missed.var())
    # The noise of a week's own rows and of the mean that they are held against.
    noise = variance * (own + own**2 / np.maximum(others, 1.0))
    count, level, doubt = (one.cumsum() for one in (own, total - own * beside, noise))
    before, after = count[:-1], count[-1] - count[:-1]
    may = (before >= least) & (after >= least)
    if not may.any():
        return None
    size = np.maximum(before, 1.0), np.maximum(after, 1.0)
    moved = (level[-1] - level[:-1]) / size[1] - level[:-1] / size[0]
    spread = np.sqrt(doubt[:-1] / size[0] ** 2 + (doubt[-1] - doubt[:-1]) / size[1] ** 2)
    z = np.where(may, moved / np.maximum(spread, 1e-12), 0.0)
    place = int(np.abs(z).argmax())
    if abs(z[place]) < CHANGED_Z:
        return None
    return place + 1, float(moved[place]), float(z[place])


def without_what_is_over(
    history: History, day: Ints, *, changed: tuple[Change, ...]
) -> tuple[History, Flags]:
    """The history in which no action that changed has rows from before; others keep theirs.

    Returns:
        The history with the chances of the actions that are left, and which rows those are.
    """
    chance = history.propensity.copy()
    for one in changed:
        chance[day < one.since, one.arm] = 0.0
    every = np.arange(len(history))
    kept = (chance[every, history.action] > 0) & ((chance > 0).sum(axis=1) > 1)
    left = chance[kept] / chance[kept].sum(axis=1, keepdims=True)
    some = history.of(kept)
    return (
        History(some.names, some.arms, some.rows, some.action, some.outcome, left),
        kept,
    )
