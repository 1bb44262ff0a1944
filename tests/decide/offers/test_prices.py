"""Prices of the next term: the ladder of the catalogue in force, or the term as it was sold."""

import numpy as np
import pytest

from tenure.decide.offers.prices import of_offer, offers_of, ordinary
from tenure.decide.offers.rules import discount_minor
from tenure.strategy.loading import preset
from tests.decide.offers.bargains import a_discount, sold

CATALOG = preset("broadband").catalog


@pytest.mark.parametrize(
    ("months", "share", "list_price", "price"),
    [(12, "0.10", 82_800, 74_520), (24, "0.20", 165_600, 132_480)],
)
def test_one_year_is_a_tenth_off_and_two_years_a_fifth(
    months: int, share: str, list_price: int, price: int
) -> None:
    """OFR-01: 69.00 × 12 = 828.00 less 10 % is 745.20; 69.00 × 24 less 20 % is 1,324.80."""
    offer = a_discount(share, term_months=months)

    priced = of_offer(sold(), CATALOG, offer=offer)

    assert priced.price.tolist() == [list_price]
    assert (priced.price - discount_minor(priced.price, offer)).tolist() == [price]


def test_both_rungs_stay_above_what_the_service_costs() -> None:
    """OFR-01 checks the unit cost: 33.00 a month of service under 62.10 and 55.20."""
    offers = [a_discount("0.10", term_months=12), a_discount("0.20", term_months=24)]

    priced = offers_of(sold(), CATALOG, offers=offers)

    assert priced.cost[:, 0].tolist() == [39_600, 79_200]
    after = [p - discount_minor(p, o) for p, o in zip(priced.price, offers, strict=True)]
    assert all((price > cost).all() for price, cost in zip(after, priced.cost, strict=True))


def test_discounts_are_rounded_as_the_invoice_rounds_them() -> None:
    """10 % of 0.05 is half a cent, which goes up; money's own rule says the same."""
    offer = a_discount("0.10")

    assert discount_minor(np.array([5.0, 4.0, 15.0]), offer).tolist() == [1, 0, 2]


def test_who_pays_by_the_month_pays_the_premium_of_the_catalogue() -> None:
    """69.00 and 10 % on top, whatever the old term cost."""
    priced = ordinary(sold(months=1, price=6_900, list_price=6_900), CATALOG)

    assert priced.price.tolist() == [7_590]
    assert priced.cost.tolist() == [3_300]


@pytest.mark.parametrize(
    "unlisted",
    [sold("legacy_50", price=50_000, list_price=60_000), sold(currency="USD", list_price=60_000)],
)
def test_a_term_outside_the_catalogue_keeps_its_own_list_price(unlisted: object) -> None:
    longer = a_discount("0.20", term_months=24)

    priced = ordinary(unlisted, CATALOG)  # type: ignore[arg-type]
    offered = of_offer(unlisted, CATALOG, offer=longer)  # type: ignore[arg-type]

    assert (priced.price.tolist(), priced.cost.tolist()) == ([60_000], [39_600])
    assert np.isnan(offered.price).all()
