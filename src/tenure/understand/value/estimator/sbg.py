"""How long contracts live: the shifted beta-geometric model of Fader and Hardie (2007).

Each customer has a churn probability of their own, drawn from a beta distribution; who stays
longer is therefore, on average, more loyal, and the retention of a cohort rises with its age.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, digamma, hyp2f1

from tenure.understand.value.estimator.refusals import NothingWasLost, TooFewPeriods

type Array = npt.NDArray[np.float64]

LEAST_PERIODS = 2
# Logarithms of parameters beyond this say no more; below this curvature the likelihood is flat.
LARGEST, FLATTEST = 12.0, 0.05
# A sum is taken until what is left of it is worth less than this share, and no further.
LEAST_WORTH, LONGEST = 1e-9, 20_000


@dataclass(frozen=True, slots=True)
class ShiftedBetaGeometric:
    """A fitted cohort: alpha and beta of the churn probability's beta distribution."""

    alpha: float
    beta: float
    log_likelihood: float = 0.0

    def survival(self, periods: Array) -> Array:
        """The share that is left after so many renewals: B(α, β+t) / B(α, β)."""
        return np.asarray(np.exp(betaln(self.alpha, self.beta + periods) - self._norm))

    def retention(self, period: int) -> float:
        """The share of those left that renews at the `period`-th decision, 1 or more."""
        assert period >= 1, "renewals are counted from 1"
        return (self.beta + period - 1) / (self.alpha + self.beta + period - 1)

    def expected_lifetime(self, *, discount_per_period: float) -> float:
        """Discounted expected lifetime (DEL) of a new customer, in periods."""
        z = 1 / (1 + discount_per_period)
        return float(hyp2f1(1, self.beta, self.alpha + self.beta, z))

    def expected_residual(self, renewal: int, *, discount_per_period: float) -> float:
        """Discounted expected residual lifetime (DERL) just before the `renewal`-th decision.

        This, and not the lifetime of a new customer, is what keeping one at that decision is worth.
        """
        renewals = np.array([float(renewal)])
        return float(self.expected_residuals(renewals, discount_per_period=discount_per_period)[0])

    def expected_residuals(self, renewals: Array, *, discount_per_period: float) -> Array:
        """`expected_residual` of many decisions at once; always a number.

        The closed form overflows where the parameters are large; there the same sum is taken from
        its far end: each age is worth its retention, times one and what the next age is worth.
        """
        assert np.all(renewals >= 1), "renewals are counted from 1"
        z, start = 1 / (1 + discount_per_period), self.beta + renewals - 1
        kept = start / (self.alpha + start)
        closed = kept * hyp2f1(1, start + 1, self.alpha + start + 1, z)
        if np.isfinite(closed).all():
            return np.asarray(closed)
        ahead = min(LONGEST, 1 + int(np.ceil(np.log(LEAST_WORTH) / np.log(z))))
        worth = np.zeros_like(start)
        for later in range(ahead, -1, -1):
            aged = start + later
            worth = aged / (self.alpha + aged) * (1 + z * worth)
        return np.asarray(worth)

    @property
    def _norm(self) -> float:
        return float(betaln(self.alpha, self.beta))


def fit_sbg(survivors: Sequence[int]) -> ShiftedBetaGeometric:
    """Fit a cohort by maximum likelihood.

    Args:
        survivors: how many are left after 0, 1, 2 … renewals; never rising.
    Raises:
        TooFewPeriods: fewer than two renewals were seen, so two parameters cannot be told apart.
        NothingWasLost: nobody left, so every large beta fits equally well.
    References:
        Fader, Hardie (2007), How to project customer retention; docs/algorithms/sbg.md
    """
    counts = np.asarray(survivors, dtype=np.float64)
    assert np.all(np.diff(counts) <= 0), "survivors never become more"
    periods = len(counts) - 1
    if periods < LEAST_PERIODS:
        raise TooFewPeriods(seen=periods, least=LEAST_PERIODS)
    lost, kept = -np.diff(counts), counts[-1]
    if not lost.sum():
        raise NothingWasLost(customers=int(counts[0]))
    steps = np.arange(1, periods + 1, dtype=np.float64)

    def loss(log_parameters: Array) -> tuple[float, Array]:
        alpha, beta = np.exp(log_parameters)
        norm = betaln(alpha, beta)
        likelihood = lost @ (betaln(alpha + 1, beta + steps - 1) - norm)
        likelihood += kept * (betaln(alpha, beta + periods) - norm)
        whole = digamma(alpha + beta)
        ends = digamma(alpha + beta + steps)
        left = digamma(alpha + beta + periods)
        by_alpha = lost @ (digamma(alpha + 1) - ends - digamma(alpha) + whole)
        by_alpha += kept * (whole - left)
        by_beta = lost @ (digamma(beta + steps - 1) - ends - digamma(beta) + whole)
        by_beta += kept * (digamma(beta + periods) - left - digamma(beta) + whole)
        return -float(likelihood), -np.array([by_alpha * alpha, by_beta * beta])

    found = minimize(loss, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-7})
    alpha, beta = np.exp(found.x)
    return ShiftedBetaGeometric(float(alpha), float(beta), -float(found.fun))


def fit_sbg_decisions(
    decided: Array, renewed: Array, *, draws: int = 0
) -> tuple[ShiftedBetaGeometric, list[ShiftedBetaGeometric]]:
    """Fit many cohorts at once, whose newest customers have been seen for a part of the way.

    Each decision at the t-th renewal is one case that was kept with the model's retention at t, so
    that cohorts of different ages add up (the censored likelihood of Fader and Hardie).

    Args:
        decided: how many customers came to their 1st, 2nd, 3rd … decision.
        renewed: how many of them stayed.
        draws: models drawn from the normal approximation of the likelihood, for intervals.
    Returns:
        The model, and the draws; always the same ones for the same counts.
    Raises:
        TooFewPeriods: fewer than two decisions were seen.
        NothingWasLost: nobody left.
    """
    seen = int(np.count_nonzero(decided))
    if seen < LEAST_PERIODS:
        raise TooFewPeriods(seen=seen, least=LEAST_PERIODS)
    lost = decided - renewed
    if not lost.sum():
        raise NothingWasLost(customers=int(decided[0]))

    def loss(at: Array) -> tuple[float, Array]:
        value, slope, _ = _likelihood(at, renewed=renewed, lost=lost)
        return -value, -slope

    bounds = [(-LARGEST, LARGEST)] * 2
    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds).x
    likelihood, _, curvature = _likelihood(found, renewed=renewed, lost=lost)
    chance = np.random.default_rng(seen)
    drawn = chance.multivariate_normal(found, _covariance(curvature), size=draws)
    models = np.exp(np.clip(drawn, -LARGEST, LARGEST)).tolist()
    alpha, beta = np.exp(found)
    model = ShiftedBetaGeometric(float(alpha), float(beta), likelihood)
    return model, [ShiftedBetaGeometric(*one) for one in models]


def expected_lifetimes(
    models: Sequence[ShiftedBetaGeometric], *, discount_per_period: float
) -> Array:
    """The expected lifetime of each of many models, in periods."""
    alpha, beta = (np.array([getattr(one, name) for one in models]) for name in ("alpha", "beta"))
    return np.asarray(hyp2f1(1, beta, alpha + beta, 1 / (1 + discount_per_period)))


def _likelihood(at: Array, *, renewed: Array, lost: Array) -> tuple[float, Array, Array]:
    """The log-likelihood with its slope and minus its curvature, by logarithms of parameters."""
    alpha, beta = np.exp(at)
    aged = beta + np.arange(len(renewed))
    whole, decided, gone = alpha + aged, renewed + lost, lost.sum()
    value = renewed @ np.log(aged) + gone * at[0] - decided @ np.log(whole)
    falls, bends = (decided / whole).sum(), (decided / whole**2).sum()
    by_alpha, by_beta = gone - alpha * falls, beta * ((renewed / aged).sum() - falls)
    both = alpha * beta * bends
    curved = -np.array(
        [
            [alpha**2 * bends - alpha * falls, both],
            [both, beta**2 * (bends - (renewed / aged**2).sum()) + by_beta],
        ]
    )
    return float(value), np.array([by_alpha, by_beta]), curved


def _covariance(curvature: Array) -> Array:
    """The inverse of the curvature, made positive where the ridge is flat."""
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray(vectors @ np.diag(1 / np.maximum(values, FLATTEST)) @ vectors.T)
