"""Whose is a number that stands on a paper: of an order, a payment, a contract, an invoice."""

from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Model, Q

from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.refunds.models import Refund
from tenure.records.contracts.models import Contract
from tenure.records.documents.models import Document
from tenure.records.invoicing.models import Invoice
from tenure.records.subscriptions.batches.models import Batch

# Each of these columns is unique, so that a number is looked up and never searched for.
_NUMBERED: Final[tuple[tuple[type[Model], str], ...]] = (
    (Order, "public_id"),
    (Payment, "number"),
    (Refund, "number"),
    (Contract, "public_id"),
    (Invoice, "public_id"),
    (Invoice, "number"),
    (Document, "public_id"),
    (Batch, "public_id"),
)
_SHORTEST: Final = 6


def accounts_with_number(sought: str) -> Q:
    """A condition on accounts: that something of theirs has exactly this number.

    Whatever is shorter than six characters or has no digit is no number, and nobody's.
    """
    if len(sought) < _SHORTEST or not any(map(str.isdigit, sought)):
        return Q(pk__in=[])
    asked = (
        Q(pk__in=model._default_manager.filter(**{column: sought}).values("account"))
        for model, column in _NUMBERED
    )
    return reduce(or_, asked)
