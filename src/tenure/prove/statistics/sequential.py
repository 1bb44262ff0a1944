"""Looking more than once: intervals that hold at any look, and lines for looks that are planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import pairwise
from math import erfc, log, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.prove.statistics.groups import ALPHA, Difference

_NORMAL: Final = NormalDist()
_NODES: Final = 256
# Wider than any line that spends a part of 5 % worth naming.
_WIDEST: Final = 12.0
_HALVINGS: Final = 60

type _Floats = NDArray[np.float64]


def always_valid(
    one: Difference, *, accounts: int, tuning: int, alpha: float = ALPHA
) -> Difference:
    """The interval that may be looked at every day: an asymptotic confidence sequence.

    Args:
        one: the difference with its standard error.
        accounts: both groups together.
        tuning: the number of accounts at which the interval is made tightest.
    References:
        Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2021), arXiv 2103.06476, eq. 14.
    """
    tightest = -2 * log(alpha)
    rho = sqrt((tightest + log(tightest + 1)) / tuning)
    spread = accounts * rho**2 + 1
    half = one.deviation * sqrt(accounts) * sqrt(2 * spread * log(sqrt(spread) / alpha))
    half /= accounts * rho
    return Difference(one.effect, one.deviation, one.effect - half, one.effect + half)


def stopping_chances(lines: Sequence[float], *, fractions: Sequence[float]) -> list[float]:
    """How likely a true null is to cross each line first.

    Args:
        lines: |z| at each look from which one stops.
        fractions: the share of the planned information at each look, rising to 1.
    References:
        Armitage, McPherson, Rowe (1969), by Gauss-Legendre quadrature.
    """
    chances, walk = [], _Walk.start()
    for line, (before, now) in zip(lines, pairwise((0.0, *fractions)), strict=True):
        bound = line * sqrt(now)
        chances.append(walk.beyond(bound, step=now - before))
        walk = walk.within(bound, step=now - before)
    return chances


def obrien_fleming(looks: int, *, alpha: float = ALPHA) -> list[float]:
    """Lines for evenly spaced looks, strict at first: c·√(looks / look)."""
    return _evenly(looks, lambda look: sqrt(looks / look), alpha=alpha)


def pocock(looks: int, *, alpha: float = ALPHA) -> list[float]:
    """The same line for each of evenly spaced looks."""
    return _evenly(looks, lambda _: 1.0, alpha=alpha)


def spending_lines(fractions: Sequence[float], *, alpha: float = ALPHA) -> list[float]:
    """Lines for looks at any fractions, by the O'Brien-Fleming-like spending of alpha.

    Args:
        fractions: the share of the planned information at each look, rising, at most 1.
    References:
        Lan, DeMets (1983): each side spends 2 − 2·Φ(z / √t) of its half of alpha.
    """
    z = _NORMAL.inv_cdf(1 - alpha / 4)
    spent = [2 * erfc(z / sqrt(t) / sqrt(2)) for t in fractions]
    lines: list[float] = []
    walk = _Walk.start()
    for (before, now), (had, has) in zip(
        pairwise((0.0, *fractions)), pairwise((0.0, *spent)), strict=True
    ):
        step = now - before
        bound = _solved(partial(walk.beyond, step=step), wanted=has - had)
        lines.append(bound / sqrt(now))
        walk = walk.within(bound, step=step)
    return lines


def _evenly(looks: int, shape: Callable[[int], float], *, alpha: float) -> list[float]:
    assert looks >= 1, "somebody looks at least once"
    shapes = [shape(look) for look in range(1, looks + 1)]
    fractions = [look / looks for look in range(1, looks + 1)]

    def spent(constant: float) -> float:
        return sum(stopping_chances([constant * one for one in shapes], fractions=fractions))

    constant = _solved(spent, wanted=alpha)
    return [constant * one for one in shapes]


def _solved(falling: Callable[[float], float], *, wanted: float) -> float:
    """Where a falling chance is the wanted one, by halving."""
    low, high = 0.0, _WIDEST
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > wanted else (low, middle)
    return (low + high) / 2


class _Walk:
    """Where the sum of a true null may be, so far as it crossed no line."""

    def __init__(self, places: _Floats, masses: _Floats) -> None:
        self._places, self._masses = places, masses

    @classmethod
    def start(cls) -> _Walk:
        """All of it at zero."""
        return cls(np.zeros(1), np.ones(1))

    def beyond(self, bound: float, *, step: float) -> float:
        """The chance to be outside ±bound after a step of this variance."""
        from scipy.special import ndtr

        spread = sqrt(step)
        above = ndtr((self._places - bound) / spread)
        below = ndtr((-bound - self._places) / spread)
        return float(self._masses @ (above + below))

    def within(self, bound: float, *, step: float) -> _Walk:
        """What is left inside ±bound after a step of this variance."""
        nodes, weights = _quadrature()
        places = nodes * bound
        far = (places[:, None] - self._places[None, :]) ** 2 / (2 * step)
        density = np.exp(-far) @ self._masses / sqrt(2 * np.pi * step)
        return _Walk(places, density * weights * bound)


@cache
def _quadrature() -> tuple[_Floats, _Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return nodes, weights
