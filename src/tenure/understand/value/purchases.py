"""Customers without a contract: what they will still buy and bring, held against what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.understand.value.estimator.bgnbd import BetaGeometricNbd, Purchases, fit_bgnbd
from tenure.understand.value.estimator.gamma_gamma import GammaGamma, fit_gamma_gamma
from tenure.understand.value.estimator.refusals import NotSettled, TooFewBuyers
from tenure.understand.value.histories import Array, Bought, Histories, histories_of

LEAST_CUSTOMERS: Final = 100
LEAST_REPEATERS: Final = 20
DRAWS: Final = 40
LOW, HIGH = 10, 90


@dataclass(frozen=True, slots=True)
class Checked:
    """Purchases forecast from the first part of the time, beside those that came in the rest."""

    weeks: float
    expected: float
    came: int
    mean_error: float

    @property
    def bias(self) -> float:
        """Expected over what came, less one."""
        return self.expected / self.came - 1 if self.came else float("inf")


@dataclass(frozen=True, slots=True)
class PurchaseValue:
    """What customers are expected to buy within `weeks`; amounts are in the table's unit.

    `purchases` is P50 with P10 and P90 over customers drawn anew. Without amounts, or where they
    cannot be fitted, `spend` and `value` are None. `correlation` is of number and amount: the
    gamma-gamma takes it for none.
    """

    customers: int
    repeaters: int
    weeks: float
    rates: BetaGeometricNbd
    purchases: tuple[float, float, float]
    spend: GammaGamma | None
    correlation: float | None
    value: float | None
    checked: Checked | None


@dataclass(frozen=True, slots=True)
class PerCustomer:
    """One element a customer: alive with a probability, purchases and amount expected."""

    customer: np.ndarray
    p_alive: Array
    purchases: Array
    value: Array


def value_of_purchases(
    bought: Bought, *, until: int, weeks: float
) -> tuple[PurchaseValue, PerCustomer]:
    """Fit, forecast, and hold the same forecast against the last third of the time.

    Args:
        bought: every purchase.
        until: last day watched, in days since 1970.
        weeks: how far is looked ahead.
    Raises:
        TooFewBuyers: fewer than a hundred customers or twenty who came back.
        NobodyReturned, NotSettled: nothing can be fitted.
    """
    known = histories_of(bought, until=until)
    again = known.repeats > 0
    if len(known) < LEAST_CUSTOMERS or int(again.sum()) < LEAST_REPEATERS:
        raise TooFewBuyers(
            customers=len(known), again=int(again.sum()), least=LEAST_CUSTOMERS,
            least_again=LEAST_REPEATERS,
        )  # fmt: skip
    rates = fit_bgnbd(_grouped(known))
    purchases = _expected(rates, known, weeks=weeks)
    spend = _spend(known)
    each = np.full(len(known), np.nan)
    if spend is not None:
        amounts = spend.expected_spend(known.repeats, np.nan_to_num(known.mean_amount))
        each = purchases * amounts
    found = PurchaseValue(
        customers=len(known),
        repeaters=int(again.sum()),
        weeks=weeks,
        rates=rates,
        purchases=_interval(known, float(purchases.sum()), weeks=weeks),
        spend=spend,
        correlation=_correlation(known) if spend is not None else None,
        value=float(each.sum()) if spend is not None else None,
        checked=_checked(bought, until=until),
    )
    alive = rates.p_alive(known.repeats, known.last_at, seen_for=known.seen_for)
    return found, PerCustomer(known.customer, alive, purchases, each)


def _grouped(known: Histories) -> Purchases:
    return Purchases.grouped(known.repeats, known.last_at, seen_for=known.seen_for)


def _expected(rates: BetaGeometricNbd, known: Histories, *, weeks: float) -> Array:
    found = rates.expected_purchases(
        known.repeats, known.last_at, seen_for=known.seen_for, ahead=weeks
    )
    if not np.isfinite(found).all():
        raise NotSettled(model="BG/NBD", customers=len(known))
    return found


def _spend(known: Histories) -> GammaGamma | None:
    """How much is spent at a time; None without amounts above 0 of enough customers."""
    paid = (known.repeats > 0) & (known.mean_amount > 0)
    if int(paid.sum()) < LEAST_REPEATERS:
        return None
    found = fit_gamma_gamma(known.repeats[paid], known.mean_amount[paid])
    return found if found.q > 1 else None


def _correlation(known: Histories) -> float:
    paid = (known.repeats > 0) & (known.mean_amount > 0)
    repeats, amounts = known.repeats[paid], known.mean_amount[paid]
    if repeats.std() == 0 or amounts.std() == 0:
        return 0.0
    return float(np.corrcoef(repeats, amounts)[0, 1])


def _interval(known: Histories, middle: float, *, weeks: float) -> tuple[float, float, float]:
    """The sum with its P10 and P90 where customers are drawn anew, the same for the same table."""
    groups, chance = _grouped(known), np.random.default_rng(len(known))
    sums = []
    for _ in range(DRAWS):
        drawn = chance.multinomial(len(known), groups.customers / groups.customers.sum())
        kept = drawn > 0
        again = Purchases(
            groups.repeats[kept], groups.last_at[kept], groups.seen_for[kept],
            drawn[kept].astype(np.float64),
        )  # fmt: skip
        rates = fit_bgnbd(again)
        each = rates.expected_purchases(
            again.repeats, again.last_at, seen_for=again.seen_for, ahead=weeks
        )
        sums.append(float(again.customers @ each))
    if not np.isfinite(sums).all():
        raise NotSettled(model="BG/NBD", customers=len(known))
    low, high = (float(one) for one in np.percentile(sums, [LOW, HIGH]))
    return min(low, middle), middle, max(high, middle)


def _checked(bought: Bought, *, until: int) -> Checked | None:
    """The same model on the first two thirds of the time; None where too few are known by then."""
    begun = int(bought.day.min())
    at = begun + (until - begun) * 2 // 3
    known = histories_of(bought, until=at)
    if len(known) < LEAST_CUSTOMERS or int((known.repeats > 0).sum()) < LEAST_REPEATERS:
        return None
    weeks = (until - at) / 7
    expected = _expected(fit_bgnbd(_grouped(known)), known, weeks=weeks)
    whole = histories_of(bought, until=until)
    came = whole.repeats[np.searchsorted(whole.customer, known.customer)] - known.repeats
    error = float(np.abs(expected - came).mean())
    return Checked(weeks, float(expected.sum()), int(came.sum()), error)
