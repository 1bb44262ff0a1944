"""What each kind of order gives when it is paid: one table, purpose → verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenure.act.payments.grouping import check_formed
from tenure.act.payments.rules import AlreadyRenewed, BatchGone
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import Purpose
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.actions import (
    Attach,
    CoTerm,
    MoreSeats,
    PlanChange,
    add_seats,
    attach_addon,
    change_plan,
    co_term,
    renew,
)
from tenure.records.subscriptions.actions.moves import locked
from tenure.records.subscriptions.batches.actions import Bought, finish
from tenure.records.subscriptions.batches.queries import batch_of_order, counts_of
from tenure.records.subscriptions.batches.states import BatchState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import comes_after, following, grace_days, renews
from tenure.records.subscriptions.quoting.values import from_its_start
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

    @property
    def subject(self) -> Mapping[str, Any]:
        """What was chosen."""
        return dict(self.order.subject)

    @property
    def bill(self) -> Bill | None:
        """The bill that the customer accepted; None where the order has only a total."""
        return Bill.read(self.order.bill) if self.order.bill.get("lines") else None


def _renew(sold: Sold) -> Given:
    """The renewal of one term; paid for a term that was renewed otherwise, it is refused.

    Raises:
        AlreadyRenewed: the next term is there and somebody else bought it.
    """
    term = locked(sold.subject["term_id"])
    if following(term) is not None:
        raise AlreadyRenewed(amount=Money(sold.payment.amount_minor, sold.payment.currency))
    new = renew(_purchase(sold, term), at=sold.at, by=sold.by)
    return Given(new.pk, {"term": new.pk, "ends_on": str(new.ends_on)})


def _purchase(sold: Sold, term: Term) -> Purchase:
    """What was bought, as of the day on which it was paid.

    Ordered within grace and paid after it, the renewal still counts as of the day of the order:
    the customer gets the days that the bill promised.
    """
    subject, on = sold.subject, sold.payment.paid_on
    grace, ordered_on = grace_days(on), sold.order.placed_on
    if not renews(term, on, grace_days=grace) and renews(term, ordered_on, grace_days=grace):
        on = ordered_on
    cycle_months = subject.get("cycle_months", term.cycle_months)
    comes = comes_after(term, on=on, cycle_months=cycle_months, grace_days=grace)
    bill = sold.bill
    return Purchase(
        term.pk,
        on=on,
        cycle_months=cycle_months,
        price_minor=None if bill else subject.get("price_minor", sold.order.total_minor),
        plan_version_id=subject.get("plan_version_id"),
        quantity=subject.get("quantity"),
        bill=from_its_start(bill, comes) if bill else None,
    )


def _change_plan(sold: Sold) -> Given:
    """Another plan for the rest of a running term, as prorated on the day of the order."""
    change = PlanChange(
        sold.subject["term_id"],
        sold.subject["plan_code"],
        on=sold.order.placed_on,
        key=sold.order.public_id,
        bill=sold.bill,
    )
    changed = change_plan(change, at=sold.at, by=sold.by)
    return Given(changed.term.pk, {"term": changed.term.pk, "plan": change.plan_code})


def _add_seats(sold: Sold) -> Given:
    """More seats for the rest of a running term."""
    more = sold.subject["more"]
    wanted = MoreSeats(
        sold.subject["term_id"],
        more,
        on=sold.order.placed_on,
        key=sold.order.public_id,
        bill=sold.bill,
    )
    term = add_seats(wanted, at=sold.at, by=sold.by)
    return Given(term.pk, {"term": term.pk, "more": more})


def _attach(sold: Sold) -> Given:
    """An add-on for the rest of a running term."""
    code = sold.subject["code"]
    wanted = Attach(
        sold.subject["term_id"],
        code,
        on=sold.order.placed_on,
        key=sold.order.public_id,
        quantity=sold.subject.get("quantity", 1),
        bill=sold.bill,
    )
    attach_addon(wanted, at=sold.at, by=sold.by)
    return Given(wanted.term_id, {"term": wanted.term_id, "add_on": code})


def _join(sold: Sold) -> Given:
    """Several terms brought to one date."""
    wanted = CoTerm(
        sold.subject["term_ids"],
        date.fromisoformat(sold.subject["until"]),
        on=sold.order.placed_on,
        bill=sold.bill,
    )
    terms = co_term(wanted, at=sold.at, by=sold.by)
    return Given(None, {"terms": [one.pk for one in terms], "until": sold.subject["until"]})


def bought_batch(sold: Sold) -> Bought:
    """The batch that an order is for, with its payment.

    Raises:
        BatchGone: it was opened again or given up before the money came.
    """
    batch = batch_of_order(sold.order.pk)
    if batch is None or batch.state not in (BatchState.PLACED, BatchState.DONE):
        raise BatchGone(amount=Money(sold.payment.amount_minor, sold.payment.currency))
    return Bought(batch.pk, sold.payment, sold.payment.paid_on, sold.order.placed_on)


def _batch(sold: Sold) -> Given:
    """Many renewals, each tried before; what could never be given goes back (TOP-17)."""
    batch = finish(bought_batch(sold), at=sold.at, by=sold.by)
    counts = counts_of(batch)
    told = {one: counts.of(one) for one in ("given", "failed", "stuck")}
    return Given(None, {"batch": batch.public_id, **told})


def _nothing(sold: Sold) -> Given:
    """Nothing but its papers."""
    return Given(sold.subject.get("term_id"))


def _group(sold: Sold) -> Given:
    """A renewal in a group, once enough have paid.

    Raises:
        GroupWaits: the group still gathers.
        GroupFailed: it was not formed; AlreadyRenewed: the term was renewed otherwise.
    """
    check_formed(sold.payment, sold.order.pk)
    return _renew(sold)


FULFIL: Mapping[str, Callable[[Sold], Given]] = {
    Purpose.RENEWAL: _renew,
    Purpose.PLAN_CHANGE: _change_plan,
    Purpose.SEATS: _add_seats,
    Purpose.ADD_ON: _attach,
    Purpose.CO_TERM: _join,
    Purpose.BATCH: _batch,
    Purpose.GROUP: _group,
    Purpose.OTHER: _nothing,
}
