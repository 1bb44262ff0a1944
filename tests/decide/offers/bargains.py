"""Offers and terms for the tests of what they are worth."""

from decimal import Decimal
from typing import Any

import numpy as np

from tenure.decide.offers.prices import Priced, Sold
from tenure.decide.offers.rules import Facing
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.messages import MessageClass
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.rules import ALWAYS


def an_offer(**given: Any) -> Offer:
    """A reminder that costs nothing, does nothing, and may go to everybody."""
    defaults: dict[str, Any] = {
        "id": "an_offer",
        "name": Sentence(zh="某动作", en="some action"),
        "kind": OfferKind.REMINDER,
        "message_class": MessageClass.TRANSACTIONAL,
        "message": "",
        "contact_cost": Money(0, "CNY"),
        "discount_share": Decimal(0),
        "discount_amount": Money(0, "CNY"),
        "term_months": None,
        "extension_days": 0,
        "valid_days": 30,
        "uses_per_term": 1,
        "uses_per_year": 12,
        "capacity_per_day": None,
        "prior_logit_lift": 0.0,
        "prior_logit_sd": 0.0,
        "prior_uptake_share": Decimal(1),
        "prior_source": Sentence(zh="测试", en="a test"),
        "modifiers": (),
        "eligible": ALWAYS,
    }
    return Offer(**defaults | given)


def a_discount(share: str = "0.10", **given: Any) -> Offer:
    """A term discount."""
    defaults = {
        "kind": OfferKind.TERM_DISCOUNT,
        "message_class": MessageClass.MARKETING,
        "discount_share": Decimal(share),
    }
    return an_offer(**defaults | given)


def facing(p_renew: float, *, price: int = 82_800, cost: int = 39_600, months: int = 12) -> Facing:
    """One term that faces a choice; a year of 828.00 whose service costs 396.00."""
    return Facing(
        p_renew=np.array([p_renew]),
        cycle_months=np.array([months]),
        same=Priced(price=np.array([float(price)]), cost=np.array([float(cost)])),
    )


def sold(
    plan: str = "home_300",
    *,
    months: int = 12,
    price: int = 82_800,
    list_price: int = 82_800,
    currency: str = "CNY",
) -> Sold:
    """One running term as it was sold."""
    return Sold(
        plan=np.array([plan], dtype=object),
        cycle_months=np.array([months]),
        price=np.array([price]),
        list_price=np.array([list_price]),
        cost_per_month=np.array([3_300]),
        currency=np.array([currency], dtype=object),
    )
