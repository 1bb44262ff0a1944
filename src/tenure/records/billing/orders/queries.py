"""Find orders."""

from tenure.kernel.money import Money
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import UnknownOrder
from tenure.records.billing.orders.states import TAKEN


def order_named(public_id: str) -> Order:
    """The order of a public id.

    Raises:
        UnknownOrder: there is none.
    """
    found = Order.objects.filter(public_id=public_id).first()
    if found is None:
        raise UnknownOrder(order=public_id[:40])
    return found


def total_of(order: Order) -> Money:
    """What the order comes to."""
    return Money(order.total_minor, order.currency)


def taken_for(subject_key: str) -> Order | None:
    """The order that holds money for this thing, and was not taken back."""
    taken = Order.objects.filter(state__in=TAKEN, reversed_at=None)
    return taken.filter(subject_key=subject_key).first() if subject_key else None
