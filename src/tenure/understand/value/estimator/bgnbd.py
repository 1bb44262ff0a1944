"""How often customers without a contract still buy: BG/NBD of Fader, Hardie and Lee (2005).

While alive a customer buys at a rate of their own (gamma over customers); after each purchase
they may leave for good, with a probability of their own (beta over customers).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import digamma, gammaln, hyp2f1

from tenure.understand.value.estimator.refusals import NobodyReturned, NotSettled

type Array = npt.NDArray[np.float64]

# Logarithms of parameters beyond this say no more, and overflow.
LARGEST = 10.0


@dataclass(frozen=True, slots=True)
class Purchases:
    """Customers grouped by equal history, one element a group.

    `repeats` counts purchases after the first, `last_at` is when the last one was and `seen_for`
    how long the customer has been watched, both counted from the first purchase in any one unit
    of time; `customers` says how many there are of a group.
    """

    repeats: Array
    last_at: Array
    seen_for: Array
    customers: Array

    @classmethod
    def grouped(cls, repeats: Array, last_at: Array, *, seen_for: Array) -> "Purchases":
        """Count equal histories of single customers once."""
        rows = np.column_stack([repeats, last_at, seen_for]).astype(np.float64)
        order = np.lexsort(rows.T)
        rows = rows[order]
        is_first = np.ones(len(rows), dtype=bool)
        is_first[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        starts = np.flatnonzero(is_first)
        customers = np.diff(np.append(starts, len(rows))).astype(np.float64)
        kept = rows[starts]
        return cls(kept[:, 0], kept[:, 1], kept[:, 2], customers)


@dataclass(frozen=True, slots=True)
class BetaGeometricNbd:
    """Fitted: r and alpha of the rate's gamma, a and b of the leaving probability's beta."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float = 0.0

    def p_alive(self, repeats: Array, last_at: Array, *, seen_for: Array) -> Array:
        """The probability that a customer has not left yet; 1 for who bought once only."""
        return np.asarray(1 / (1 + self._odds_left(repeats, last_at, seen_for=seen_for)))

    def expected_purchases(
        self, repeats: Array, last_at: Array, *, seen_for: Array, ahead: float
    ) -> Array:
        """Purchases expected in the next `ahead` units of time, given a customer's history."""
        whole = self.alpha + seen_for + ahead
        kept = (self.alpha + seen_for) / whole
        exponent = self.r + repeats
        series = hyp2f1(exponent, self.b + repeats, self.a + self.b + repeats - 1, ahead / whole)
        still = (self.a + self.b + repeats - 1) / (self.a - 1) * (1 - kept**exponent * series)
        return np.asarray(still * self.p_alive(repeats, last_at, seen_for=seen_for))

    def _odds_left(self, repeats: Array, last_at: Array, *, seen_for: Array) -> Array:
        bought = repeats > 0
        once_more = np.where(bought, self.b + repeats - 1, 1.0)
        silence = np.log((self.alpha + seen_for) / (self.alpha + last_at))
        return np.where(bought, self.a / once_more * np.exp((self.r + repeats) * silence), 0.0)


def fit_bgnbd(purchases: Purchases) -> BetaGeometricNbd:
    """Fit by maximum likelihood, with the gradient in closed form.

    Raises:
        NobodyReturned: nobody bought twice.
        NotSettled: the search found no maximum.
    References:
        Fader, Hardie, Lee (2005), “Counting your customers” the easy way; docs/algorithms/bgnbd.md
    """
    customers = int(purchases.customers.sum())
    if not np.any(purchases.repeats > 0):
        raise NobodyReturned(customers=customers)
    likelihood = _Likelihood(purchases)
    found = minimize(
        likelihood,
        np.zeros(4),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-LARGEST, LARGEST)] * 4,
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-8},
    )
    if not np.all(np.isfinite(found.x)):
        raise NotSettled(model="BG/NBD", customers=customers)
    r, alpha, a, b = (float(one) for one in np.exp(found.x))
    return BetaGeometricNbd(r, alpha * likelihood.unit, a, b, likelihood.of(found.fun))


class _Likelihood:
    """Minus the mean log-likelihood and its gradient by the logarithms of the parameters.

    Time is divided by the longest one, so that all parameters are of one size.
    """

    def __init__(self, purchases: Purchases) -> None:
        self.unit = float(purchases.seen_for.max())
        counts, places = np.unique(purchases.repeats, return_inverse=True)
        self._counts, self._places = counts, places
        self._last, self._seen = purchases.last_at / self.unit, purchases.seen_for / self.unit
        self._repeats, self._bought = purchases.repeats, purchases.repeats > 0
        self._customers, self._size = purchases.customers, float(purchases.customers.sum())
        self._of_count = np.bincount(places, weights=purchases.customers)

    def of(self, mean_loss: float) -> float:
        """The log-likelihood in the caller's own unit of time."""
        repeats = float(self._customers @ self._repeats)
        return -float(mean_loss) * self._size - repeats * float(np.log(self.unit))

    def __call__(self, log_parameters: Array) -> tuple[float, Array]:
        r, alpha, a, b = np.exp(log_parameters)
        x = self._counts
        exponent = r + self._repeats
        seen, last = np.log(alpha + self._seen), np.log(alpha + self._last)
        odds = np.where(self._bought, a / np.where(self._bought, b + self._repeats - 1, 1.0), 0.0)
        grown = odds * np.exp(exponent * (seen - last))
        left = grown / (1 + grown)  # the probability of having left, given everything
        fixed = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        fixed += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        value = self._of_count @ fixed
        value += self._customers @ (np.log1p(grown) - exponent * seen)
        by_r = self._of_count @ (digamma(r + x) - digamma(r) + np.log(alpha))
        by_r -= self._customers @ ((1 - left) * seen + left * last)
        inverse = (1 - left) / (alpha + self._seen) + left / (alpha + self._last)
        by_alpha = self._size * r / alpha - self._customers @ (exponent * inverse)
        both = digamma(a + b) - digamma(a + b + x)
        by_a = self._of_count @ both + self._customers @ left / a
        by_b = self._of_count @ (both + digamma(b + x) - digamma(b))
        shift = np.where(self._bought, left / np.where(self._bought, b + self._repeats - 1, 1.0), 0)
        by_b -= self._customers @ shift
        gradient = np.array([by_r * r, by_alpha * alpha, by_a * a, by_b * b])
        return -float(value) / self._size, -gradient / self._size
