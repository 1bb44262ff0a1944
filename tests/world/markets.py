"""Small markets for tests, without any store."""

from datetime import date

import numpy as np

from tenure.world.market.business import business_named
from tenure.world.market.catalogue import Catalogue
from tenure.world.market.market import Market, assemble
from tenure.world.market.recipe import Recipe

UNTIL = date(2026, 3, 11)


def a_catalogue() -> Catalogue:
    """Three plans, each sold by the month, the year and two years."""
    monthly = np.array([4900, 6900, 12900])
    prices = np.stack([monthly * 11 // 10, monthly * 12, monthly * 24], axis=1)
    return Catalogue(
        version_ids=np.array([1, 2, 3]),
        plan_codes=("basic", "plus", "premium"),
        modules=(("download", "cloud"), ("download", "cloud", "study"), ("download", "game")),
        cycles=(1, 12, 24),
        price_minor=prices,
        currency="CNY",
    )


def a_recipe(
    *,
    business: str = "broadband",
    customers: int = 2_000,
    seed: int = 7,
    until: date = UNTIL,
    rehearsed_days: int = 30,
) -> Recipe:
    """A recipe that names only what a test cares about."""
    return Recipe(
        business=business_named(business),
        customers=customers,
        seed=seed,
        until=until,
        rehearsed_days=rehearsed_days,
        zone="Asia/Shanghai",
        currency="CNY",
        country="CN",
        grace_days=15,
    )


def a_market(*, business: str = "broadband", customers: int = 2_000, seed: int = 7) -> Market:
    """A market of so many customers."""
    return assemble(a_recipe(business=business, customers=customers, seed=seed), a_catalogue())
