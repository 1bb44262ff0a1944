"""Payments to make papers of."""

from datetime import date
from typing import Any

from tenure.records.billing.actions import Receipt, record_payment
from tenure.records.billing.models import Payment
from tenure.records.customers.models import Account
from tests.builders import AS_OF, AT, a_term, an_account
from tests.builders.moments import fresh


def a_payment(
    *,
    account: Account | None = None,
    amount_minor: int = 106_920,
    paid_on: date = AS_OF,
    method: str = "wechat",
    currency: str = "CNY",
    external_id: str = "",
    **of_term: Any,
) -> Payment:
    """A payment for a term that arrived; it happened on the day of the tests."""
    term = a_term(account=account or an_account(), currency=currency, **of_term)
    receipt = Receipt(
        term.account_id,
        "wechat",
        external_id or fresh("pay"),
        amount_minor,
        currency,
        paid_on,
        term_id=term.pk,
        method=method,
    )
    return record_payment(receipt, at=AT, by="test")
