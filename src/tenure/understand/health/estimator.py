"""Weights of a health score learned from renewals, and what a score turned out to be worth.

A score is the weighted mean of its parts. Learned weights are those of a logistic regression of
*renewed* on the parts, none below zero, held near the expert's by a ridge: with little evidence the
expert is right, with much the customers are. The order is then turned into odds by a line that only
rises, so that 70 means: of a hundred such customers seventy renew.

References: docs/algorithms/health.md; Vickers and Elkin (2006), decision curve analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np

from tenure.understand.churn.estimator.calibration import (
    ISOTONIC_FROM,
    PLATT_FROM,
    Calibration,
    calibrated,
    sigmoid,
)
from tenure.understand.churn.estimator.ensemble import Floats

# As if so many customers had already been seen who obey the expert's weights.
PRIOR_CASES: Final = 50.0
_SCALE: Final = 50.0  # a part of 0 to 100 becomes −1 to 1
_STEP: Final = 20.0
_RIDGE: Final = 1e-3
_Z: Final = 1.959963984540054


def weighted(parts: Floats, weights: Floats) -> Floats:
    """The weighted mean of the parts that are known, 0 to 100; NaN where none is.

    Args:
        parts: one row per case, one column per part, 0 to 100, NaN where it is not known.
        weights: none below zero, not all zero.
    """
    known = ~np.isnan(parts)
    share = known @ weights
    total = np.where(known, parts, 0.0) @ weights
    unknown = np.full(len(parts), np.nan)
    mean: Floats = np.divide(total, share, out=unknown, where=share > 0)
    return mean


def learned_weights(parts: Floats, renewed: Floats, *, expert: Floats) -> Floats:
    """Weights that add up to 100, none below zero, by penalised likelihood.

    Args:
        parts: as for `weighted`; what is not known counts as the mean of the column.
        renewed: 1 where the term was renewed.
        expert: the weights to stay near to, in the same order.
    """
    from scipy.optimize import minimize

    with np.errstate(invalid="ignore"):
        middle = np.array([_mean(column) for column in parts.T])
    x = (np.where(np.isnan(parts), middle, parts) - middle) / _SCALE
    prior, count = expert / expert.sum(), parts.shape[1]

    def loss(value: Floats) -> tuple[float, Floats]:
        weights, strength, base = value[:count], value[count], value[count + 1]
        z = x @ weights + base
        away = weights - strength * prior
        surprise = float(np.logaddexp(0.0, z).sum() - renewed @ z)
        error = sigmoid(z) - renewed
        gradient = np.concatenate(
            [
                x.T @ error + PRIOR_CASES * away,
                [-PRIOR_CASES * float(away @ prior), float(error.sum())],
            ]
        )
        return surprise + PRIOR_CASES / 2 * float(away @ away), gradient

    start = np.concatenate([prior, [1.0, 0.0]])
    bounds = [(0.0, None)] * (count + 1) + [(None, None)]
    found = cast("Any", minimize)(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x[:count]
    total = float(found.sum())
    # Where the parts order nothing there is nothing to learn: the expert stays.
    return 100.0 * (found / total if total > 1e-9 else prior)


def _mean(column: Floats) -> float:
    known = column[~np.isnan(column)]
    return float(known.mean()) if len(known) else _SCALE


def odds_of(score: Floats, renewed: Floats) -> Calibration:
    """How the weighted mean turns into the chance of a renewal: a line that never falls.

    Isotonic from 1,000 outcomes of each kind, straight in the log-odds from 50, else none.
    """
    rare = min(renewed.sum(), len(renewed) - renewed.sum())
    if rare >= ISOTONIC_FROM:
        return calibrated(_on_line(score), renewed)
    nothing = Calibration("none", np.zeros(0), np.zeros(0))
    if rare < PLATT_FROM:
        return nothing
    base, slope = _straight((score - 50.0) / _STEP, renewed)
    return Calibration("platt", np.zeros(0), np.array([base, slope])) if slope > 0 else nothing


def _straight(z: Floats, renewed: Floats) -> tuple[float, float]:
    """Intercept and slope of the log-odds, by descent: safe wherever the scores lie."""
    from scipy.optimize import minimize

    middle = float(z.mean())

    def loss(line: Floats) -> tuple[float, Floats]:
        eta = line[0] + line[1] * (z - middle)
        error = sigmoid(eta) - renewed
        surprise = float(np.logaddexp(0.0, eta).sum() - renewed @ eta)
        ridge = 0.5 * _RIDGE * float(line[1]) ** 2
        slope = float(error @ (z - middle)) + _RIDGE * float(line[1])
        return surprise + ridge, np.array([float(error.sum()), slope])

    found = cast("Any", minimize)(loss, np.zeros(2), jac=True, method="L-BFGS-B").x
    return float(found[0] - found[1] * middle), float(found[1])


def _on_line(score: Floats) -> Floats:
    """Points as a probability whose log-odds are straight in them: 0 and 100 stay finite."""
    return sigmoid((score - 50.0) / _STEP)


def displayed(score: Floats, odds: Calibration) -> Floats:
    """100 × the chance of a renewal; the score itself where too few outcomes taught nothing."""
    if odds.shape == "none":
        return score
    told: Floats = np.where(np.isnan(score), np.nan, 100.0 * odds.applied(_on_line(score)))
    return told


@dataclass(frozen=True, slots=True)
class Band:
    """What became of those whose score lay between two values."""

    low: float
    high: float
    n: int
    renewed: int
    mean: float  # of their scores

    @property
    def share(self) -> float:
        return self.renewed / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, by Wilson."""
        centre = (self.share + _Z**2 / (2 * self.n)) / (1 + _Z**2 / self.n)
        spread = self.share * (1 - self.share) / self.n + _Z**2 / (4 * self.n**2)
        half = _Z * float(np.sqrt(spread)) / (1 + _Z**2 / self.n)
        return max(0.0, centre - half), min(1.0, centre + half)


def deciles(score: Floats, renewed: Floats, *, count: int = 10) -> tuple[Band, ...]:
    """What became of each tenth, the lowest scores first; equal scores stay together."""
    told = ~np.isnan(score)
    value, outcome = score[told], renewed[told]
    if not len(value):
        return ()
    cuts = np.unique(np.quantile(value, np.linspace(0, 1, count + 1)[1:-1]))
    return _bands(value, outcome, np.searchsorted(cuts, value, side="left"))


def tens(score: Floats, renewed: Floats) -> tuple[Band, ...]:
    """What became of each band of ten points."""
    told = ~np.isnan(score)
    value = score[told]
    return _bands(value, renewed[told], np.minimum(value // 10, 9).astype(np.int64))


def _bands(value: Floats, outcome: Floats, place: np.ndarray) -> tuple[Band, ...]:
    found = []
    for one in np.unique(place):
        mine = place == one
        found.append(
            Band(
                low=float(value[mine].min()),
                high=float(value[mine].max()),
                n=int(mine.sum()),
                renewed=int(outcome[mine].sum()),
                mean=float(value[mine].mean()),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Benefit:
    """What acting below a score is worth, in leavers per customer, beside acting on all."""

    line: float  # act below this score
    below: float  # share of everybody
    net: float
    treat_all: float

    @property
    def is_worth_it(self) -> bool:
        """Whether the score does better than acting on everybody and than acting on nobody."""
        return self.net >= max(self.treat_all, 0.0)


def net_benefit(p_lapse: Floats, lapsed: Floats, *, at: float) -> float:
    """TP ÷ n − FP ÷ n × p ÷ (1 − p): who acts from the probability `at` on."""
    chosen = p_lapse >= at
    hit = float((chosen & (lapsed == 1)).sum())
    return (hit - (float(chosen.sum()) - hit) * at / (1 - at)) / len(lapsed)


def benefit_curve(score: Floats, renewed: Floats, *, lines: Floats) -> tuple[Benefit, ...]:
    """The net benefit of acting below each line, for a score that is a chance of renewing."""
    told = ~np.isnan(score)
    p_lapse, lapsed = 1 - score[told] / 100.0, 1 - renewed[told]
    found = []
    for line in lines.tolist():
        at = 1 - line / 100.0
        everybody = np.ones_like(p_lapse)
        found.append(
            Benefit(
                line=line,
                below=float((p_lapse >= at).mean()),
                net=net_benefit(p_lapse, lapsed, at=at),
                treat_all=net_benefit(everybody, lapsed, at=at),
            )
        )
    return tuple(found)


def line_of_costs(*, contact: float, offer: float, value: float, taken: float) -> float:
    """Below which score acting pays: 100 × (1 − (contact + offer) ÷ (taken × value)).

    Args:
        contact: of one intervention.
        offer: what it gives away, also to those who would have renewed.
        value: of a renewal.
        taken: share of leavers whom it keeps, above 0.
    Returns:
        0 to 100; 0 where acting never pays.
    """
    return max(0.0, 100.0 * (1 - (contact + offer) / (taken * value)))
