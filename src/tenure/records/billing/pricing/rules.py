"""The one pure function that says what a customer pays. Nothing else computes a price."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import CurrencyMismatch, Money, rounded
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Basket, UsageItem
from tenure.records.billing.pricing.bill import Bill, Line
from tenure.records.billing.pricing.discounts import Reduced, applied
from tenure.records.billing.pricing.metering import statement


class NothingToPrice(Refusal):
    """A bill without a single line."""

    code = "nothing_to_price"
    said = Sentence(
        zh="没有选择任何要购买的内容；请先选择。", en="Nothing was chosen; choose first."
    )


def price(basket: Basket) -> Bill:
    """What a basket costs, exactly: each line is rounded half-up once, and the lines add up.

    Discounts never take a line below zero and never touch a credit. The customer's balance pays
    as much as it can, and never more than the lines come to.

    Raises:
        NothingToPrice: the basket is empty.
        CurrencyMismatch: something in it is in another currency.
    """
    if not basket.items:
        raise NothingToPrice()
    _check_currency(basket)
    listed = [(one, one.exact_minor) for one in basket.items]
    lines = tuple(_line(row) for row in applied(listed, basket.discounts))
    zero = Money.zero(basket.currency)
    subtotal = Money.total((one.amount for one in lines), currency=basket.currency)
    balance = min(basket.balance or zero, max(subtotal, zero))
    return Bill(currency=basket.currency, lines=lines, balance=balance)


def tax_split(gross: Money, tax_share: Decimal) -> tuple[Money, Money]:
    """Net and tax of an amount with the tax inside (G20): net is rounded, tax is the rest."""
    net = gross.share_of(1 / (1 + Fraction(tax_share)))
    return net, gross - net


def _check_currency(basket: Basket) -> None:
    amounts = [Money.zero(one.currency) for one in basket.items]
    amounts += [one.amount for one in basket.discounts if one.amount is not None]
    amounts += [basket.balance] if basket.balance is not None else []
    for amount in amounts:
        if amount.currency != basket.currency:
            raise CurrencyMismatch(left=str(amount), right=str(Money.zero(basket.currency)))


def _line(row: Reduced) -> Line:
    item, currency = row.item, row.item.currency
    listed, amount = Money(rounded(row.list_exact), currency), Money(row.amount_minor, currency)
    net, tax = tax_split(amount, item.tax_share)
    return Line(
        kind=item.kind,
        ref=item.ref,
        said=item.said,
        period=Period(item.period.starts_on, item.period.ends_on + timedelta(row.free_days)),
        quantity=item.quantity,
        list_price=listed,
        discount=listed - amount,
        amount=amount,
        tax_share=item.tax_share,
        net=net,
        tax=tax,
        free_days=row.free_days,
        gift=Money(rounded(row.gift_exact), currency),
        taken=tuple(row.taken),
        statement=statement(item.meter, item.used) if isinstance(item, UsageItem) else (),
    )
