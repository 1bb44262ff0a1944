"""What the next term costs by itself, as a bill that the customer can be shown."""

from datetime import date

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Basket, Item, LineKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.rules import price
from tenure.records.catalog.price_list import PriceList
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import term_from


def price_today(term: Term, *, on: date, price_list: PriceList) -> Money:
    """The list price of the next term, for all seats, as sold on a day.

    A plan that is not sold in this cycle any more keeps the list price that it last had.
    """
    version = price_list.version_in_force(term.plan_version_id, on=on)
    unit = price_list.prices.get((version, term.cycle_months, term.currency))
    if unit is None:
        return Money(term.list_price_minor, term.currency)
    return Money(unit * term.subscription.quantity, term.currency)


def bill_for(term: Term, amount: Money) -> Bill:
    """The bill of a renewal at an agreed amount: one line, the next term."""
    anchor_on = term.subscription.anchor_on
    comes = term_from(term.ends_on, anchor_on=anchor_on, cycle_months=term.cycle_months)
    plan = term.plan_version.plan
    item = Item(
        kind=LineKind.RENEWAL,
        ref=f"term:{term.pk}",
        said=Sentence(zh=plan.name_zh, en=plan.name_en),
        unit=amount,
        period=Period(comes.period.starts_on, comes.period.ends_on),
    )
    return price(Basket(amount.currency, (item,)))
