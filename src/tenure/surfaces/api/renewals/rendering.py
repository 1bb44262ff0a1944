"""Rows and values as the API tells them."""

from typing import Any

from tenure.act.payments.opening import Opened
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.values import RenewalQuote


def amount(value: Money) -> dict[str, Any]:
    """Minor units with their currency."""
    return {"amount": value.amount_minor, "currency": value.currency}


def said(sentence: Sentence) -> dict[str, str]:
    """A sentence in both languages."""
    return {"zh": sentence.say("zh-Hans"), "en": sentence.say("en")}


def bill(one: Bill) -> dict[str, Any]:
    """A bill with every line."""
    lines = [
        {
            "kind": str(line.kind),
            "said": said(line.said),
            "amount": amount(line.amount),
            "discount": amount(line.discount),
        }
        for line in one.lines
    ]
    return {
        "lines": lines,
        "total": amount(one.total),
        "to_pay": amount(one.to_pay),
        "digest": one.digest,
    }


def quote(one: RenewalQuote) -> dict[str, Any]:
    """One way to renew."""
    period = one.comes.period
    return {
        "cycle_months": one.cycle_months,
        "said": said(one.cycle),
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "bill": bill(one.bill),
    }


def order(one: Order) -> dict[str, Any]:
    """An order with its payments, in the order in which they were tried."""
    term_id = one.subject.get("term_id")
    payments = Payment.objects.filter(order=one).order_by("pk")
    return {
        "id": one.public_id,
        "purpose": one.purpose,
        "state": one.state,
        "customer": f"cus_{one.account_id}",
        "term": None if term_id is None else f"trm_{term_id}",
        "total": amount(Money(one.total_minor, one.currency)),
        "digest": one.digest,
        "placed_at": one.placed_at,
        "expires_at": one.expires_at,
        "paid_at": one.paid_at,
        "payments": [payment(each) for each in payments],
    }


def payment(one: Payment) -> dict[str, Any]:
    """One attempt to pay."""
    return {
        "number": one.number or one.external_id,
        "method": one.method,
        "state": one.state,
        "amount": amount(Money(one.amount_minor, one.currency)),
    }


def opened(one: Opened) -> dict[str, Any]:
    """An attempt with where it is paid."""
    handoff = one.handoff
    told = None
    if handoff is not None:
        fields = {name: str(value) for name, value in handoff.fields.items()}
        told = {"kind": str(handoff.kind), "url": handoff.url, "fields": fields}
    return {"payment": payment(one.payment), "handoff": told}


def leaving(term: Term) -> dict[str, Any]:
    """A contract that ends, or goes on again."""
    return {
        "subscription": f"sub_{term.subscription_id}",
        "term": f"trm_{term.pk}",
        "state": term.state,
        "ends_on": term.closed_on or term.ends_on,
    }
