"""What each kind of order gives when it is paid: one table, purpose → verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenure.act.payments.rules import AlreadyRenewed
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import Purpose
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.actions.moves import locked
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import comes_after, following, grace_days, renews
from tenure.records.subscriptions.rules import Purchase


@dataclass(frozen=True, slots=True)
class Given:
    """What was given: the term that the payment belongs to, and words for the journal."""

    term_id: int | None = None
    content: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """A paid order and its payment."""

    order: Order
    payment: Payment
    at: datetime
    by: str


def _renew(sold: Sold) -> Given:
    """The renewal of one term; paid for a term that was renewed otherwise, it is refused.

    Raises:
        AlreadyRenewed: the next term is there and somebody else bought it.
    """
    subject = sold.order.subject
    term = locked(subject["term_id"])
    if following(term) is not None:
        raise AlreadyRenewed(amount=Money(sold.payment.amount_minor, sold.payment.currency))
    new = renew(_purchase(sold, term), at=sold.at, by=sold.by)
    return Given(new.pk, {"term": new.pk, "ends_on": str(new.ends_on)})


def _purchase(sold: Sold, term: Term) -> Purchase:
    """What was bought, as of the day on which it was paid.

    Ordered within grace and paid after it, the renewal still counts as of the day of the order:
    the customer gets the days that the bill promised.
    """
    subject, on = sold.order.subject, sold.payment.paid_on
    grace, ordered_on = grace_days(on), sold.order.placed_on
    if not renews(term, on, grace_days=grace) and renews(term, ordered_on, grace_days=grace):
        on = ordered_on
    cycle_months = subject.get("cycle_months", term.cycle_months)
    ends_on = None
    if subject.get("free_days"):
        comes = comes_after(term, on=on, cycle_months=cycle_months, grace_days=grace)
        ends_on = comes.period.ends_on + timedelta(days=subject["free_days"])
    return Purchase(
        term.pk,
        on=on,
        cycle_months=cycle_months,
        price_minor=subject.get("price_minor", sold.order.total_minor),
        plan_version_id=subject.get("plan_version_id"),
        ends_on=ends_on,
        quantity=subject.get("quantity"),
    )


def _nothing(sold: Sold) -> Given:
    """Nothing but its papers."""
    return Given(sold.order.subject.get("term_id"))


FULFIL: Mapping[str, Callable[[Sold], Given]] = {
    Purpose.RENEWAL: _renew,
    Purpose.OTHER: _nothing,
}
