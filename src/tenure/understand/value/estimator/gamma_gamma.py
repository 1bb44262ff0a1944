"""How much a customer spends at a time: the gamma-gamma model of Fader and Hardie (2013).

It takes for granted that how much is spent does not depend on how often; the correlation of the
two is therefore shown beside every result.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from tenure.understand.value.estimator.refusals import NobodyReturned, NotSettled

type Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Fitted: p, q and v; `v` is in the unit of the amounts."""

    p: float
    q: float
    v: float
    log_likelihood: float = 0.0

    @property
    def mean_spend(self) -> float:
        """The mean amount of a purchase over all customers; infinite where q is 1 or less."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")

    def expected_spend(self, repeats: Array, mean_amount: Array) -> Array:
        """A customer's own mean amount, drawn towards everybody's where little was seen."""
        shape = self.p * repeats + self.q - 1
        return np.asarray(self.p * (self.v + repeats * mean_amount) / shape)


def fit_gamma_gamma(repeats: Array, mean_amount: Array) -> GammaGamma:
    """Fit on customers with at least one repeat purchase of a positive mean amount.

    Args:
        repeats: purchases after the first, 1 or more.
        mean_amount: their mean amount, above 0, in any one unit.
    Raises:
        NobodyReturned: there is no such customer.
        NotSettled: the search found no maximum.
    References:
        Fader, Hardie (2013), The gamma-gamma model of monetary value; docs/algorithms/bgnbd.md
    """
    if not len(repeats):
        raise NobodyReturned(customers=0)
    assert np.all(repeats >= 1), "only repeat purchases say something"
    assert np.all(mean_amount > 0), "amounts are above 0"
    unit = float(mean_amount.mean())
    x, z = repeats.astype(np.float64), mean_amount / unit
    log_x, log_z = np.log(x), np.log(z)

    def loss(log_parameters: Array) -> tuple[float, Array]:
        p, q, v = np.exp(log_parameters)
        px, whole = p * x, np.log(v + x * z)
        value = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
        value += (px - 1) * log_z + px * log_x - (px + q) * whole
        both = digamma(px + q)
        by_p = x * (both - digamma(px) + log_z + log_x - whole)
        by_q = both - digamma(q) + np.log(v) - whole
        by_v = q / v - (px + q) / (v + x * z)
        gradient = np.array([by_p.mean() * p, by_q.mean() * q, by_v.mean() * v])
        return -float(value.mean()), -gradient

    found = minimize(
        loss, np.array([1.0, 1.0, 0.0]), jac=True, method="L-BFGS-B",
        options={"maxiter": 1_000, "ftol": 1e-14, "gtol": 1e-9},
    )  # fmt: skip
    if not np.all(np.isfinite(found.x)):
        raise NotSettled(model="gamma-gamma", customers=len(x))
    p, q, v = (float(one) for one in np.exp(found.x))
    likelihood = -float(found.fun) * len(x) - len(x) * float(np.log(unit))
    return GammaGamma(p, q, v * unit, likelihood)
