"""What is put into a basket to be priced."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import (
    Basket,
    Discount,
    DiscountKind,
    Item,
    LineKind,
    UsageItem,
)
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.rules import price

SAID = Sentence(zh="一项", en="one thing")
YEAR = Period(date(2027, 1, 1), date(2028, 1, 1))


def an_item(
    *,
    unit_minor: int = 120_000,
    kind: LineKind = LineKind.RENEWAL,
    ref: str = "term:1",
    currency: str = "CNY",
    period: Period = YEAR,
    **wanted: Any,
) -> Item:
    return Item(kind, ref, SAID, Money(unit_minor, currency), period, **wanted)


def a_discount(
    id: str,
    *,
    percent: int = 0,
    minor: int | None = None,
    months: int = 0,
    days: int = 0,
    **wanted: Any,
) -> Discount:
    """A share off unless an amount or free time is named."""
    kind, amount = DiscountKind.PERCENT, None
    if minor is not None:
        kind, amount = DiscountKind.AMOUNT, Money(minor, "CNY")
    elif months or days:
        kind = DiscountKind.FREE
    share = Decimal(percent) / 100
    return Discount(id, SAID, kind, share=share, amount=amount, months=months, days=days, **wanted)


def a_bill(
    *items: Item | UsageItem,
    discounts: Sequence[Discount] = (),
    balance_minor: int | None = None,
    currency: str = "CNY",
) -> Bill:
    balance = None if balance_minor is None else Money(balance_minor, currency)
    return price(Basket(currency, items, tuple(discounts), balance))
