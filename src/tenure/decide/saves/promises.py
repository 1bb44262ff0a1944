"""A price that was promised to somebody who stayed, as a discount of the next renewal."""

from __future__ import annotations

from datetime import date
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.records.billing.pricing.basket import Discount, DiscountKind
from tenure.records.cancellations.models import SaveOffer
from tenure.records.cancellations.queries import promised
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.quoting.values import TERM_GROUP
from tenure.strategy.saves import SaveKind

PREFIX: Final = "save:"


def promised_discounts(
    subscription_id: int, *, on: date, cycle_months: int
) -> tuple[Discount, ...]:
    """What a renewal of a contract on a day gets because the customer stayed; mostly nothing.

    It stands in the group of the term's own reductions: the better of the two counts, so nobody
    pays more than was promised and nothing is given twice. Free months belong to the term that was
    named with them.
    """
    return discounts_of(promised(subscription_id, on=on), cycle_months=cycle_months)


def discounts_of(offer: SaveOffer | None, *, cycle_months: int) -> tuple[Discount, ...]:
    """A promise that was read already, as a discount of one cycle, where it fits."""
    if offer is None or not _fits(offer, cycle_months):
        return ()
    is_percent = offer.kind == SaveKind.DISCOUNT
    return (
        Discount(
            id=f"{PREFIX}{offer.pk}",
            said=_said(offer),
            kind=DiscountKind.PERCENT if is_percent else DiscountKind.FREE,
            share=offer.discount_share,
            months=offer.free_months,
            group=TERM_GROUP,
        ),
    )


def _fits(offer: SaveOffer, cycle_months: int) -> bool:
    if offer.kind == SaveKind.FREE_MONTHS:
        return cycle_months == offer.buy_months
    return cycle_months == offer.months


def _said(offer: SaveOffer) -> Sentence:
    saves = current().saves.offers
    if offer.save_id in saves:
        return saves[offer.save_id].name
    return Sentence(zh="挽留优惠", en="offer to stay")
