"""The verbs of a batch, as pages and programs call them.

Whatever takes long goes on in handfuls: `go_on` does the next one, so that a page can show how far
it is and a process that is killed loses nothing.
"""

from collections.abc import Sequence
from datetime import date, datetime

from tenure.act.payments.actions import How, Opened, cancel_order, open_attempt
from tenure.act.payments.opening import WAITS_FOR_TRANSFER
from tenure.act.payments.ordering import Wanted, order
from tenure.decide.saves.promises import discounts_of
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState, Purpose
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.states import PAID
from tenure.records.cancellations.queries import promised_to
from tenure.records.stores.queries import stores_of
from tenure.records.stores.rules import sold_by
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches import actions as batches
from tenure.records.subscriptions.batches.actions import Bought
from tenure.records.subscriptions.batches.judging import Promised
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.queries import lines_of, under_way
from tenure.records.subscriptions.batches.refusals import Moved
from tenure.records.subscriptions.batches.rules import NewBatch, summed
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term

_WORKING = (BatchState.CHECKING, BatchState.PLACING)


def promises(wanted: Sequence[tuple[Term, int]], on: date) -> dict[int, Promised]:
    """Term → the discounts of the price that was promised to it, or the store that renews it."""
    stores = stores_of({term.subscription_id for term, _ in wanted})
    offers = promised_to({term.subscription_id for term, _ in wanted}, on=on)
    found: dict[int, Promised] = {
        term.pk: discounts_of(offers[term.subscription_id], cycle_months=months)
        for term, months in wanted
        if term.subscription_id in offers
    }
    theirs: dict[int, Promised] = {
        term.pk: sold_by(stores[term.subscription_id])
        for term, _ in wanted
        if term.subscription_id in stores
    }
    return {pk: several for pk, several in (found | theirs).items() if several}


def begin(new: NewBatch, *, at: datetime, by: str) -> Batch:
    """Take a list in; the same list of the same customer is the batch that is there.

    Raises:
        NoLines, TooManyLines.
    """
    return batches.begin(new, at=at, by=by)


def go_on(batch: Batch, *, at: datetime, by: str) -> Batch:
    """Do the next handful of what a batch is going through; nothing where it waits for somebody."""
    if batch.state == BatchState.CHECKING:
        return batches.check_some(batch.pk, promises=promises, at=at, by=by)
    if batch.state != BatchState.PLACING:
        return batch
    rechecked, left = batches.recheck_some(batch.pk, promises=promises, at=at, by=by)
    if rechecked.state == BatchState.PLACING and not left:
        return _ordered(rechecked, at=at, by=by)
    return rechecked


def go_on_to_the_end(batch: Batch, *, at: datetime, by: str) -> Batch:
    """Go on until the batch waits for somebody."""
    while (batch := go_on(batch, at=at, by=by)).state in _WORKING:
        pass
    return batch


def waits_to_go_on() -> bool:
    """Whether some batch was begun and left."""
    return under_way().exists()


def go_on_with_all(*, at: datetime, by: str) -> int:
    """Finish what was begun and left, such as by a browser that was closed; how many batches."""
    waiting = list(under_way())
    for one in waiting:
        go_on_to_the_end(one, at=at, by=by)
    return len(waiting)


def bill_of(batch: Batch) -> Bill:
    """The one bill of all lines that are bought, as it is ordered, charged and invoiced."""
    bought = [one for one in LineState if one not in (
        LineState.WAITING, LineState.FAULTY, LineState.LEFT_OUT
    )]  # fmt: skip
    rows = lines_of(batch, *bought).values_list("sold", "bill")
    bills = ((sold["plan"], Bill.read(bill)) for sold, bill in rows.iterator())
    return summed(bills, currency=batch.currency)


def _ordered(batch: Batch, *, at: datetime, by: str) -> Batch:
    """One order for every line that was looked at a moment ago."""
    wanted = Wanted(
        account_id=batch.account_id,
        purpose=Purpose.BATCH,
        bill=bill_of(batch),
        on=business_day(at),
        subject={"batch": batch.public_id},
        subject_key=f"batch:{batch.public_id}",
        named=batch.digest,
        waits=WAITS_FOR_TRANSFER,
    )
    placed = order(wanted, at=at, by=by)
    return batches.note_order(batch.pk, placed, at=at, by=by)


def drop(batch: Batch, *, at: datetime, by: str) -> Batch:
    """Give a batch up with its unpaid order; nobody can pay it any more.

    Raises:
        Moved: it is paid.
    """
    if batch.order is not None and batch.state == BatchState.PLACED:
        if batch.order.state in (OrderState.PAID, OrderState.FULFILLED):
            raise Moved(batch=batch.public_id, state=batch.order.state)
        cancel_order(batch.order.public_id, at=at, by=by)
    return batches.drop(batch.pk, at=at, by=by)


def pay(batch: Batch, how: How, *, at: datetime, by: str) -> Opened:
    """Open an attempt to pay a placed batch.

    Raises:
        Moved: it has no order.
        AlreadyPaid, OrderOver, StillUnknown, ProviderDown: see `open_attempt`.
    """
    if batch.order is None:
        raise Moved(batch=batch.public_id, state=batch.state)
    return open_attempt(batch.order, how, at=at, by=by)


def settle_line(
    batch: Batch, place: int, *, at: datetime, by: str, is_given_up: bool = False
) -> Batch:
    """Try a line again that got stuck, or give its money back.

    Raises:
        Moved: the batch is not paid and done.
    """
    return batches.retry(bought(batch), place, at=at, by=by, is_given_up=is_given_up)


def ask_back(batch: Batch, place: int, *, at: datetime, by: str) -> Refund:
    """Ask for the money of one line that was given; its term ends when the money has gone.

    Raises:
        Moved, NotRunning, RefundTooLarge, TooManyRefunds.
    """
    return batches.ask_back(bought(batch), place, at=at, by=by)


def bought(batch: Batch) -> Bought:
    """The batch with the payment that brought its money.

    Raises:
        Moved: no money came.
    """
    found = payment_of(batch.order) if batch.order is not None else None
    if found is None or batch.order is None:
        raise Moved(batch=batch.public_id, state=batch.state)
    return Bought(batch.pk, found, found.paid_on, batch.order.placed_on)


def payment_of(placed: Order) -> Payment | None:
    """The attempt that brought the money of an order."""
    return Payment.objects.filter(order=placed, state__in=PAID).order_by("pk").first()
