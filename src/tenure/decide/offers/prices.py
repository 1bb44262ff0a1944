"""What the next term of each customer costs on the list, and what serving it costs us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenure.strategy.catalog import Catalog
from tenure.strategy.offers import Offer

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sold:
    """N running terms as they were sold, arrays of length N; amounts in minor units.

    `plan` holds codes; `cost_per_month` and `list_price` stand in where the catalogue in force
    does not have the plan any more, or has it in another currency.
    """

    plan: npt.NDArray[np.object_]
    cycle_months: Ints
    price: Ints
    list_price: Ints
    cost_per_month: Ints
    currency: npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Priced:
    """List price and cost of a whole term, in minor units; not a number where it is not sold."""

    price: Floats
    cost: Floats


def ordinary(sold: Sold, catalog: Catalog) -> Priced:
    """The next term of the same length: by the catalogue in force, else as it was sold."""
    listed = _listed(sold, catalog, months=sold.cycle_months)
    known = ~np.isnan(listed.price)
    return Priced(
        price=np.where(known, listed.price, sold.list_price),
        cost=np.where(known, listed.cost, sold.cost_per_month * sold.cycle_months),
    )


def of_offer(sold: Sold, catalog: Catalog, *, offer: Offer) -> Priced:
    """The term that an offer leads to: its own length, or the one that the customer has."""
    same = ordinary(sold, catalog)
    if offer.term_months is None:
        return same
    months = np.full_like(sold.cycle_months, offer.term_months)
    longer = _listed(sold, catalog, months=months)
    is_same = sold.cycle_months == offer.term_months
    return Priced(
        price=np.where(is_same, same.price, longer.price),
        cost=np.where(is_same, same.cost, longer.cost),
    )


def offers_of(sold: Sold, catalog: Catalog, *, offers: Sequence[Offer]) -> Priced:
    """`of_offer` for each offer: arrays (A, N)."""
    priced = [of_offer(sold, catalog, offer=offer) for offer in offers]
    return Priced(
        price=np.stack([one.price for one in priced]), cost=np.stack([one.cost for one in priced])
    )


def _listed(sold: Sold, catalog: Catalog, *, months: Ints) -> Priced:
    """Looked up once for each plan, currency and length that occurs."""
    price, cost = np.full(len(months), np.nan), np.full(len(months), np.nan)
    plans, plan_at = np.unique(sold.plan.astype(str), return_inverse=True)
    for place, code in enumerate(plans):
        plan = catalog.plans.get(str(code))
        if plan is None:
            continue
        here = (plan_at == place) & (sold.currency == plan.base_price.currency)
        for length in np.unique(months[here]):
            if int(length) not in catalog.cycles:
                continue
            rows = here & (months == length)
            price[rows] = catalog.price(str(code), months=int(length)).amount_minor
            cost[rows] = plan.monthly_cost.amount_minor * int(length)
    return Priced(price=price, cost=cost)
