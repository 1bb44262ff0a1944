"""Chance without a state: the same seed, question and unit always get the same draw.

A draw depends on nothing that was drawn before it, so a small market is the beginning of a bigger
one, and a day can be lived again without living the days before it.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]
Flags = NDArray[np.bool_]

_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_TO_UNIT: Final = 2.0**-53
_MOST_EVENTS: Final = 40


def _mixed(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit depends on every bit."""
    with np.errstate(over="ignore"):
        number = number + _STEP
        number = (number ^ (number >> np.uint64(30))) * _FIRST
        number = (number ^ (number >> np.uint64(27))) * _SECOND
        return number ^ (number >> np.uint64(31))


@dataclass(frozen=True, slots=True)
class Chance:
    """All the chance of one market."""

    seed: int

    def uniform(self, what: str, unit: Wholes, *, step: Wholes | int = 0) -> Floats:
        """Draws strictly between 0 and 1, one for each unit and step of a question."""
        named = hashlib.sha256(f"{self.seed}:{what}".encode()).digest()[:8]
        start = np.uint64(int.from_bytes(named))
        units = np.atleast_1d(np.asarray(unit)).astype(np.uint64)
        steps = np.asarray(step).astype(np.uint64)
        mixed = _mixed(_mixed(units ^ start) ^ _mixed(steps ^ (start >> np.uint64(7))))
        return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * _TO_UNIT

    def normal(self, what: str, unit: Wholes, *, step: Wholes | int = 0) -> Floats:
        """Standard normal draws, by Box and Muller."""
        radius = np.sqrt(-2 * np.log(self.uniform(f"{what}:radius", unit, step=step)))
        angle: Floats = np.cos(2 * np.pi * self.uniform(f"{what}:angle", unit, step=step))
        return radius * angle

    def logistic(self, what: str, unit: Wholes, *, step: Wholes | int = 0) -> Floats:
        """Standard logistic draws: the noise that makes a logit a decision."""
        drawn = self.uniform(what, unit, step=step)
        return np.log(drawn) - np.log1p(-drawn)

    def exponential(self, what: str, unit: Wholes, *, step: Wholes | int = 0) -> Floats:
        """Exponential draws with mean 1."""
        return -np.log(self.uniform(what, unit, step=step))

    def poisson(
        self, what: str, unit: Wholes, *, rate: Floats | float, step: Wholes | int = 0
    ) -> Wholes:
        """How many things happen where `rate` are expected (below about 20)."""
        drawn = self.uniform(what, unit, step=step)
        probability = np.exp(-np.broadcast_to(np.asarray(rate, dtype=np.float64), drawn.shape))
        reached, counts = probability.copy(), np.zeros(drawn.shape, dtype=np.int64)
        for number in range(1, _MOST_EVENTS):
            more = drawn > reached
            if not more.any():
                break
            counts += more
            probability = probability * rate / number
            reached = reached + probability
        return counts

    def choice(self, what: str, unit: Wholes, *, weights: Floats) -> Wholes:
        """The place of one of the weights, drawn in proportion to them."""
        edges = np.cumsum(weights / weights.sum())
        places = np.searchsorted(edges, self.uniform(what, unit), side="right")
        return np.minimum(places, len(weights) - 1).astype(np.int64)

    def stream(self, what: str, step: int) -> np.random.Generator:
        """A generator for one step (a day) of a question, for draws without a unit."""
        named = hashlib.sha256(f"{self.seed}:{what}:{step}".encode()).digest()[:16]
        return np.random.default_rng(int.from_bytes(named))


def expit(logit: Floats) -> Floats:
    """The probability of a logit."""
    return 1 / (1 + np.exp(-logit))
