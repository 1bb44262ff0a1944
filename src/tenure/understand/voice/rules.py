"""What answers add up to: NPS, CSAT, CES and intent, each with n and an interval (R-M-011, G12)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

Z95: Final = 1.959963984540054
# A score of fewer answers says more about who answered than about the customers.
HIDDEN_BELOW, FEW_BELOW = 5, 30
_TOP: Final = {"csat": (4, 5), "ces": (5, 7), "intent": (4, 5)}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a survey; `value`, `low` and `high` are points for NPS, else shares.

    `mean` is of the raw scores. Below five answers nothing is shown.
    """

    kind: str
    n: int
    value: Fraction | None
    low: float | None
    high: float | None
    mean: Fraction | None

    @property
    def is_hidden(self) -> bool:
        return self.n < HIDDEN_BELOW

    @property
    def is_thin(self) -> bool:
        """Too few answers to lean on."""
        return self.n < FEW_BELOW

    @property
    def points(self) -> int | None:
        """An NPS as it is told."""
        return None if self.value is None else rounded_points(self.value)

    @property
    def mean_value(self) -> float | None:
        return None if self.mean is None else float(self.mean)


def figure_of(kind: str, scores: Sequence[int]) -> Figure:
    """NPS, or the share of the best answers, with its 95 % interval; null without answers."""
    n = len(scores)
    if not n:
        return Figure(kind, 0, None, None, None, None)
    mean = Fraction(sum(scores), n)
    if kind == "nps":
        good = sum(1 for one in scores if one >= 9)
        bad = sum(1 for one in scores if one <= 6)
        value = Fraction(100 * (good - bad), n)
        half = Z95 * nps_error(scores)
        low, high = max(-100.0, float(value) - half), min(100.0, float(value) + half)
        return Figure(kind, n, value, low, high, mean)
    least, most = _TOP[kind]
    top = sum(1 for one in scores if least <= one <= most)
    low, high = wilson(top, n)
    return Figure(kind, n, Fraction(top, n), low, high, mean)


def nps_error(scores: Sequence[int]) -> float:
    """The standard error of an NPS in points (G12)."""
    n = len(scores)
    good = sum(1 for one in scores if one >= 9) / n
    bad = sum(1 for one in scores if one <= 6) / n
    return 100 * math.sqrt(good + bad - (good - bad) ** 2) / math.sqrt(n)


def nps_change(now: Sequence[int], before: Sequence[int]) -> tuple[float, float, float]:
    """How far the NPS moved between two rounds, with its 95 % interval, in points.

    Both rounds must have answers.
    """
    moved = [figure_of("nps", one).value for one in (now, before)]
    assert moved[0] is not None
    assert moved[1] is not None
    change = float(moved[0] - moved[1])
    half = Z95 * math.hypot(nps_error(now), nps_error(before))
    return change, change - half, change + half


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927); `whole` is above 0."""
    share = part / whole
    middle = (share + Z95**2 / (2 * whole)) / (1 + Z95**2 / whole)
    half = (
        Z95 / (1 + Z95**2 / whole)
        * math.sqrt(share * (1 - share) / whole + Z95**2 / (4 * whole**2))
    )  # fmt: skip
    return max(0.0, middle - half), min(1.0, middle + half)


def rounded_points(value: Fraction) -> int:
    """An NPS as it is told: the nearest whole number, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * math.floor(abs(value) + Fraction(1, 2))
