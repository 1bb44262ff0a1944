"""What the next term costs by itself: the very bill that the customer is shown elsewhere."""

from datetime import date

from tenure.act.payments.ordering import as_promised
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import Basket, Item, LineKind
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.rules import price
from tenure.records.catalog.rules import NoPrice
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.quoting.values import AS_IT_IS
from tenure.records.subscriptions.rules import term_from


def bill_today(term: Term, *, on: date) -> Bill:
    """The bill of the next term as it is sold on a day.

    A plan that is not sold in this cycle any more keeps the list price that it last had.
    """
    try:
        return quote_renewal(term.pk, as_promised(term.pk, AS_IT_IS, on=on), on=on).bill
    except NoPrice:
        return bill_for(term, Money(term.list_price_minor, term.currency))


def bill_of(term: Term, amount: Money, *, on: date) -> Bill:
    """The bill of a deduction that was announced: today's where it is that, else at its amount.

    What was announced is what is taken, also when the price has changed since.
    """
    found = bill_today(term, on=on)
    return found if found.total == amount else bill_for(term, amount)


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
