"""What must not get worse: whether a harm is ruled out, is not, or too few were seen to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import floor
from statistics import NormalDist
from typing import Final

from tenure.prove.statistics.groups import ALPHA, Difference, Group
from tenure.prove.statistics.many import is_not_worse

_NORMAL: Final = NormalDist()


class Guarded(StrEnum):
    """What may be said of a guardrail."""

    HELD = "held"
    NOT_HELD = "not_held"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Guarding:
    """What may be said, and where too few were seen, how many of the treated it takes.

    `needs` is None where no number can be named: amounts of which none differs from another.
    """

    state: Guarded
    needs: int | None = None


def guarded(one: Difference, treated: Group, *, margin: float, alpha: float = ALPHA) -> Guarding:
    """Judge a guardrail, one-sided.

    Where it happened to nobody, or to everybody, nothing varies and the normal interval has no
    width, however few were seen. There the score interval says what may still be behind it: after
    none among n, a share of z²/(n + z²).

    Args:
        one: treated minus control, where more is better.
        treated: the arm that could be harmed.
        margin: the harm that is still borne, above 0, stated beforehand.
    References:
        Wilson (1927); Newcombe (1998), method 10, at the edge.
    """
    if one.deviation > 0 or -one.effect >= margin:
        holds = is_not_worse(one, margin=margin, alpha=alpha)
        return Guarding(Guarded.HELD if holds else Guarded.NOT_HELD)
    if not treated.is_binomial or margin >= 1:
        return Guarding(Guarded.TOO_FEW)
    square = _NORMAL.inv_cdf(1 - alpha) ** 2
    borne = margin + one.effect
    if square / (treated.accounts + square) < borne:
        return Guarding(Guarded.HELD)
    return Guarding(Guarded.TOO_FEW, floor(square * (1 - borne) / borne) + 1)


def at_any_look(judged: Guarding, shown: Difference, *, margin: float) -> Guarding:
    """The judgement of whoever may look every day: held where the interval of any look says so.

    Args:
        shown: treated minus control, where more is better, with that interval.
    """
    if judged.state is not Guarded.HELD or shown.low > -margin:
        return judged
    return Guarding(Guarded.NOT_HELD)
