"""From a raw output to a probability that means what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from tenure.understand.churn.estimator.ensemble import Floats, Link

type Shape = Literal["none", "platt", "isotonic"]

# Isotonic needs many cases of both kinds; below that two numbers are safer, below those none.
ISOTONIC_FROM: Final = 1_000
PLATT_FROM: Final = 50
_EDGE: Final = 1e-6


@dataclass(frozen=True)
class Calibration:
    """Knots of a rising line (isotonic), or intercept and slope on the logit (platt)."""

    shape: Shape
    x: Floats
    y: Floats

    def applied(self, probability: Floats) -> Floats:
        """Calibrated probabilities, strictly between 0 and 1."""
        if self.shape == "isotonic":
            return np.interp(probability, self.x, self.y)
        if self.shape == "platt":
            probability = sigmoid(self.y[0] + self.y[1] * logit(probability))
        return np.clip(probability, _EDGE, 1 - _EDGE)


def calibrated(probability: Floats, outcome: Floats) -> Calibration:
    """Fit a calibration on cases that the trees have not seen, later than those that they have.

    Args:
        probability: uncalibrated, 0 to 1.
        outcome: 1 where it happened.
    Returns:
        Isotonic from 1,000 cases of each kind, Platt's from 50, else none; none as well where the
        probabilities order the outcomes the wrong way round.
    """
    rare = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    if rare >= ISOTONIC_FROM:
        return _isotonic(probability, outcome)
    intercept, slope = logistic_line(probability, outcome) if rare >= PLATT_FROM else (0.0, 0.0)
    if slope > 0:
        return Calibration("platt", np.zeros(0), np.array([intercept, slope]))
    return Calibration("none", np.zeros(0), np.zeros(0))


def _isotonic(probability: Floats, outcome: Floats) -> Calibration:
    from sklearn.isotonic import IsotonicRegression

    # No block of cases proves a probability of 0 or 1: the ends stay half a case away.
    edge = 0.5 / (outcome.sum() + 1)
    fitted = IsotonicRegression(y_min=edge, y_max=1 - edge, out_of_bounds="clip")
    fitted.fit(probability, outcome)
    return Calibration("isotonic", fitted.X_thresholds_, fitted.y_thresholds_)


def logistic_line(probability: Floats, outcome: Floats) -> tuple[float, float]:
    """Intercept and slope of outcome on the logit of a probability, by Newton's method.

    A perfect calibration has intercept 0 and slope 1; a slope below 1 means too sure of itself.
    """
    x = logit(probability)
    design = np.column_stack([np.ones_like(x), x])
    line = np.array([0.0, 1.0])
    for _ in range(50):
        expected = sigmoid(design @ line)
        gradient = design.T @ (outcome - expected)
        weight = np.maximum(expected * (1 - expected), 1e-9)
        step = np.linalg.solve((design.T * weight) @ design + 1e-9 * np.eye(2), gradient)
        line = line + step
        if np.abs(step).max() < 1e-10:
            break
    return float(line[0]), float(line[1])


def logit(probability: Floats) -> Floats:
    """ln(p ÷ (1 − p)), finite for 0 and 1."""
    inside = np.clip(probability, _EDGE, 1 - _EDGE)
    return np.log(inside / (1 - inside))


def sigmoid(value: Floats) -> Floats:
    """1 ÷ (1 + e^−x), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * value))


def linked(raw: Floats, link: Link) -> Floats:
    """The probability of a raw output."""
    return raw if link == "identity" else sigmoid(raw)
