"""Orders as customers place them, and providers as they are configured in these tests."""

from datetime import datetime, timedelta
from typing import Any

from tenure.kernel.money import Money
from tenure.records.billing.orders.actions import place
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import NewOrder
from tenure.records.billing.orders.states import Purpose
from tenure.records.subscriptions.models import Term
from tests.builders import AS_OF, AT, a_term
from tests.builders.moments import fresh


def an_order(
    *,
    term: Term | None = None,
    total_minor: int = 106_920,
    currency: str = "CNY",
    once_key: str = "",
    digest: str = "d" * 64,
    at: datetime = AT,
    expires_at: datetime | None = None,
    **more: Any,
) -> Order:
    """The renewal of a term that ends in 30 days."""
    term = term or a_term()
    new = NewOrder(
        account_id=term.account_id,
        purpose=Purpose.RENEWAL,
        subject={"term_id": term.pk},
        total=Money(total_minor, currency),
        digest=digest,
        once_key=once_key or fresh("order"),
        placed_on=AS_OF,
        expires_at=expires_at or at + timedelta(hours=24),
        subject_key=f"renewal:term:{term.pk}",
        **more,
    )
    return place(new, at=at, by="customer")
