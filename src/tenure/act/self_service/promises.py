"""A promised price is used up by the order that took it, once the order gave what it bought."""

from collections.abc import Sequence
from datetime import datetime

from tenure.decide.saves.promises import PREFIX
from tenure.records.billing.orders.models import Order
from tenure.records.cancellations.actions import use_promise
from tenure.records.cancellations.rules import PromiseGone
from tenure.records.journal.models import Entry


def use_promises(entries: Sequence[Entry], at: datetime, *, by: str = "loop") -> int:
    """Mark the promises on the bills of fulfilled orders; those marked before stay. How many."""
    names = [entry.content["order"] for entry in entries if "order" in entry.content]
    count = 0
    for order in Order.objects.filter(public_id__in=names):
        for offer_id in sorted(_promises_of(order)):
            try:
                # By the day of its price: the promise held when the order was placed.
                use_promise(offer_id, used_by=order.public_id, on=order.placed_on, at=at, by=by)
            except PromiseGone:
                continue
            count += 1
    return count


def _promises_of(order: Order) -> set[int]:
    taken = (one["id"] for line in order.bill.get("lines", []) for one in line.get("taken", []))
    return {int(name.removeprefix(PREFIX)) for name in taken if name.startswith(PREFIX)}
