"""Many questions of one experiment: what is left of their p-values, and what must not get worse."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Final

from tenure.prove.statistics.groups import ALPHA, Difference

_NORMAL: Final = NormalDist()


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for being many, in the given order.

    References:
        Holm (1979).
    """
    found, most = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        most = max(most, min(1.0, (len(p_values) - rank) * p_values[place]))
        found[place] = most
    return found


def is_not_worse(one: Difference, *, margin: float, alpha: float = ALPHA) -> bool:
    """Whether a harm larger than a margin is ruled out, one-sided.

    Args:
        one: treated minus control, where more is better.
        margin: the harm that is still borne, above 0, stated beforehand.
    """
    return one.effect - _NORMAL.inv_cdf(1 - alpha) * one.deviation > -margin
