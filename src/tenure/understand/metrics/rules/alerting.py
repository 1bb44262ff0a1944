"""A change that is not noise: judged against how much a metric usually moves (MET-08)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

# A window apart, two values of a 30-day figure share no term.
WINDOW_DAYS = 30
LEAST_HISTORY = 60
LEAST_CASES = 30
# One false alarm a metric and year at most, looked at every day: see docs/algorithms/alerts.md.
Z_ALERT = 3.6
# A share that is beyond chance must only be beyond most of its own habit.
HABIT_OF_SHARE = 2.0
# Smaller changes are nobody's business, however certain.
LEAST_CHANGE = 0.03
MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class Point:
    """A metric on one day (day number), and how many stand behind it."""

    day: int
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a metric was a window ago, what it is, and how unusual that is."""

    before: float
    now: float
    z: float

    @property
    def relative(self) -> float:
        """The change over the earlier value."""
        return (self.now - self.before) / abs(self.before) if self.before else 0.0


def change_of(points: Sequence[Point], *, is_share: bool) -> Change | None:
    """The change over the last window where it is not noise; else nothing.

    A share must differ beyond chance (two proportions, pooled) and, once 60 earlier changes are
    known, beyond its own habit too; an amount has only its habit to go by.

    Args:
        points: one a day, oldest first; days may be missing.
    """
    if not points:
        return None
    at = {point.day: point for point in points}
    last = points[-1]
    then = at.get(last.day - WINDOW_DAYS)
    if then is None or not then.value:
        return None
    change = Change(then.value, last.value, 0.0)
    if abs(change.relative) < LEAST_CHANGE:
        return None
    judged = _judged(at, last=last, then=then, is_share=is_share)
    unusual = min(judged, key=abs, default=0.0)
    if abs(unusual) < Z_ALERT:
        return None
    return Change(then.value, last.value, unusual)


def _judged(at: dict[int, Point], *, last: Point, then: Point, is_share: bool) -> list[float]:
    judged = []
    if is_share:
        if min(last.n, then.n) < LEAST_CASES:
            return []
        judged.append(proportions(last, then))
    past = [
        point.value - at[day - WINDOW_DAYS].value
        for day, point in at.items()
        if day <= last.day - WINDOW_DAYS and day - WINDOW_DAYS in at
    ]
    if len(past) >= LEAST_HISTORY:
        unusual = _habit(last.value - then.value, past)
        judged.append(unusual * Z_ALERT / HABIT_OF_SHARE if is_share else unusual)
    return judged


def proportions(now: Point, before: Point) -> float:
    """The z of two proportions, pooled; 0 where nothing varies."""
    pooled = (now.value * now.n + before.value * before.n) / (now.n + before.n)
    spread = pooled * (1 - pooled) * (1 / now.n + 1 / before.n)
    return (now.value - before.value) / math.sqrt(spread) if spread > 0 else 0.0


def _habit(step: float, past: Sequence[float]) -> float:
    """How many usual deviations a step lies from the usual one, by median and MAD."""
    usual = median(past)
    spread = MAD_TO_DEVIATION * median(abs(one - usual) for one in past)
    if not spread:
        return math.copysign(math.inf, step - usual) if step != usual else 0.0
    return (step - usual) / spread


@dataclass(frozen=True, slots=True)
class Part:
    """One slice then and now."""

    slice_by: str
    slice_value: str
    now: Point
    before: Point


def driver_of(parts: Iterable[Part], *, falls: bool) -> Part | None:
    """The slice that moved the whole most in the direction in which it moved.

    What a slice adds is its change times its share of those behind the number.
    """
    every = list(parts)
    wholes: dict[str, int] = {}
    for part in every:
        wholes[part.slice_by] = wholes.get(part.slice_by, 0) + part.now.n

    def added(part: Part) -> float:
        return (part.now.value - part.before.value) * part.now.n / max(wholes[part.slice_by], 1)

    moved = [part for part in every if (added(part) < 0) == falls and added(part)]
    return max(moved, key=lambda part: abs(added(part)), default=None)
