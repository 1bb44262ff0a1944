"""What terms cost: list prices that were raised once, and discounts."""

import numpy as np

from tenure.world.chance import Floats, Wholes
from tenure.world.market.catalogue import Catalogue
from tenure.world.market.population import Population
from tenure.world.market.recipe import Recipe

RAISED_DAYS_BEFORE_END = 300  # the price list before then was lower
OLD_PRICE_SHARE = 0.93
NEW_CUSTOMER_DISCOUNT, NEW_CUSTOMER_SHARE = 0.20, 0.40
LOYAL_DISCOUNT, LOYAL_SHARE = 0.10, 0.12


def list_prices(
    recipe: Recipe, catalogue: Catalogue, *, who: Population, sold_day: Wholes
) -> Wholes:
    """The list price on the day of the sale: higher tiers were raised once."""
    price = catalogue.price(who.version, who.cycle)
    before = sold_day < recipe.history_day - RAISED_DAYS_BEFORE_END
    unit = _written(price * np.where(before & (who.version > 0), OLD_PRICE_SHARE, 1.0))
    return unit * who.seats


def net_prices(recipe: Recipe, list_minor: Wholes, *, who: Wholes, number: Wholes) -> Wholes:
    """What was charged for the term of a number: some first terms and some later ones are cheaper.

    Args:
        number: 1 for the first term of the chain.
    """
    drawn = recipe.chance.uniform("discount", who, step=number)
    share: Floats = np.where(
        number == 1,
        np.where(drawn < NEW_CUSTOMER_SHARE, NEW_CUSTOMER_DISCOUNT, 0.0),
        np.where(drawn < LOYAL_SHARE, LOYAL_DISCOUNT, 0.0),
    )
    return _written(list_minor * (1 - share))


def _written(minor: Floats | Wholes) -> Wholes:
    """Whole tens of minor units, as price lists are written; whole amounts stay as they are."""
    minor = np.asarray(minor, dtype=np.float64)
    exact = minor == np.rint(minor)
    return np.where(exact, minor, np.rint(minor / 10) * 10).astype(np.int64)
