"""From a checked list to an order: every line is looked at once more, then it is placed."""

from datetime import datetime, timedelta

from django.db import transaction

from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches.actions.checking import SOME, write
from tenure.records.subscriptions.batches.actions.moving import (
    Moment,
    Move,
    locked,
    move_batch,
    move_lines,
)
from tenure.records.subscriptions.batches.judging import Promises, Verdict, judge
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.queries import lines_of, stale
from tenure.records.subscriptions.batches.refusals import Moved, NothingLeft, NotReady
from tenure.records.subscriptions.batches.rules import BatchVerb, LineVerb
from tenure.records.subscriptions.batches.states import BatchState, LineState

_A_MOMENT = timedelta(microseconds=1)
# What a move of thousands of lines need not read.
_LONG = ("wish", "bill", "sold", "fault")
_OVER = (OrderState.CANCELLED, OrderState.EXPIRED)


@transaction.atomic
def begin_placing(
    batch_id: int, *, at: datetime, by: str, seen: str = "", is_rest_left_out: bool = False
) -> Batch:
    """Let a checked batch go on to its order; on its way or ordered already, it stays so.

    Args:
        seen: the digest of the quote that was looked at; empty where nobody looked.
        is_rest_left_out: rows with faults are left out; otherwise there may be none.
    Raises:
        NotReady, NothingLeft: some row is to be corrected, or none is left.
        Moved: the batch is not checked, or not the one that was looked at any more.
    """
    batch = locked(batch_id)
    if batch.state in (BatchState.PLACING, BatchState.PLACED, BatchState.DONE):
        return batch
    if batch.state != BatchState.CHECKED or (seen and seen != batch.digest):
        raise Moved(batch=batch.public_id, state=batch.state)
    faulty = list(lines_of(batch, LineState.FAULTY))
    if faulty and not is_rest_left_out:
        raise NotReady(batch=batch.public_id, faulty=len(faulty))
    if not lines_of(batch, LineState.READY).exists():
        raise NothingLeft(batch=batch.public_id)
    move_lines([Move(one, LineVerb.LEAVE_OUT) for one in faulty])
    moment = Moment(business_day(at), at, by)
    return move_batch(batch, BatchVerb.PLACE, moment=moment, placing_at=at, changed_lines=0)


@transaction.atomic
def recheck_some(
    batch_id: int, *, promises: Promises, at: datetime, by: str, most: int = SOME
) -> tuple[Batch, int]:
    """Look at the next lines of a batch that is being placed; how many are still to be looked at.

    Where a line costs something else now, or can no longer be bought, nothing is ordered: the
    batch is checked anew, and says how many lines changed.
    """
    batch, on = locked(batch_id), business_day(at)
    if batch.state != BatchState.PLACING:
        return batch, 0
    lines = list(stale(batch)[:most])
    assert batch.placing_at is not None, "a batch that is being placed has its instant"
    looked_at = max(at, batch.placing_at + _A_MOMENT)
    verdicts = judge(batch, lines, on=on, promises=promises)
    changed = [one for one in verdicts if not _is_same(one)]
    same = [one.line.pk for one in verdicts if _is_same(one)]
    BatchLine.objects.filter(pk__in=same).update(checked_at=looked_at)
    if changed:
        write(changed, at=looked_at)
        batch.changed_lines += len(changed)
        batch.save(update_fields=["changed_lines"])
    left = stale(batch).count()
    if not left and batch.changed_lines:
        move_batch(batch, BatchVerb.CHANGE, moment=Moment(on, at, by), priced_on=on)
    return batch, left


def _is_same(verdict: Verdict) -> bool:
    """Whether a line costs what it cost when it was checked."""
    return verdict.bill is not None and verdict.bill.digest == verdict.line.bill.get("digest")


@transaction.atomic
def note_order(batch_id: int, order: Order, *, at: datetime, by: str) -> Batch:
    """The batch is this order now; its lines wait for the money."""
    batch = locked(batch_id)
    if batch.state != BatchState.PLACING:
        return batch
    ready = list(lines_of(batch, LineState.READY).defer(*_LONG))
    move_lines([Move(one, LineVerb.ORDER) for one in ready])
    moment = Moment(business_day(at), at, by)
    return move_batch(batch, BatchVerb.ORDER, moment=moment, order=order)


@transaction.atomic
def reopen(batch_id: int, *, at: datetime, by: str) -> Batch:
    """The order ended unpaid: the list is checked anew and can be placed again.

    Raises:
        Moved: its order still waits, or is paid.
    """
    batch = locked(batch_id)
    if batch.state in (BatchState.CHECKING, BatchState.CHECKED):
        return batch
    if batch.state != BatchState.PLACED or batch.order is None or batch.order.state not in _OVER:
        raise Moved(batch=batch.public_id, state=batch.state)
    ordered = list(lines_of(batch, LineState.ORDERED).defer(*_LONG))
    move_lines([Move(one, LineVerb.ASK_ANEW) for one in ordered])
    moment = Moment(business_day(at), at, by)
    return move_batch(batch, BatchVerb.REOPEN, moment=moment, changed_lines=0)
