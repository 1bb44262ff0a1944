"""Correct a line, leave it out, or give the whole batch up."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from tenure.records.billing.orders.states import TAKEN
from tenure.records.journal.actions import append
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches.actions.moving import (
    Moment,
    Move,
    about,
    locked,
    move_batch,
    move_lines,
)
from tenure.records.subscriptions.batches.models import Batch
from tenure.records.subscriptions.batches.queries import lines_of
from tenure.records.subscriptions.batches.refusals import Moved
from tenure.records.subscriptions.batches.rules import BatchVerb, LineVerb, Wish
from tenure.records.subscriptions.batches.states import BatchState, LineState

_OPEN = (BatchState.CHECKING, BatchState.CHECKED)


@transaction.atomic
def mend(batch_id: int, wish: Wish, *, at: datetime, by: str) -> Batch:
    """Write one row anew; it, and rows that may have stood against it, are looked at again.

    Raises:
        Moved: the batch is on its way already.
    """
    batch = _open(batch_id)
    line = lines_of(batch).get(place=wish.place)
    given = {**line.given, **wish.given}
    changes = {"contract": wish.contract, "wish": wish.as_document, "fault": dict(wish.fault)}
    others = lines_of(batch, LineState.FAULTY).filter(
        contract__in=[line.contract, wish.contract]
    ).exclude(pk=line.pk)  # fmt: skip
    moves = [Move(one, LineVerb.ASK_ANEW) for one in others]
    if line.state != LineState.WAITING:
        moves.append(Move(line, LineVerb.ASK_ANEW, {**changes, "given": given}))
    move_lines(moves, also=("contract", "wish", "fault", "given"))
    return _look_again(batch, "batch.mended", at=at, by=by, rows=[wish.place])


@transaction.atomic
def leave_out(batch_id: int, places: Collection[int], *, at: datetime, by: str) -> Batch:
    """Take rows out; nothing is bought by them.

    Raises:
        Moved: the batch is on its way already.
    """
    batch = _open(batch_id)
    found = lines_of(batch, LineState.WAITING, LineState.READY, LineState.FAULTY)
    gone = list(found.filter(place__in=places))
    rest = lines_of(batch, LineState.FAULTY).exclude(place__in=places)
    again = list(rest.filter(contract__in=[one.contract for one in gone]))
    move_lines([Move(one, LineVerb.LEAVE_OUT) for one in gone])
    move_lines([Move(one, LineVerb.ASK_ANEW) for one in again])
    return _look_again(batch, "batch.mended", at=at, by=by, left_out=[one.place for one in gone])


@transaction.atomic
def put_back(batch_id: int, places: Collection[int], *, at: datetime, by: str) -> Batch:
    """Take rows in again that were left out.

    Raises:
        Moved: the batch is on its way already.
    """
    batch = _open(batch_id)
    back = list(lines_of(batch, LineState.LEFT_OUT).filter(place__in=places))
    move_lines([Move(one, LineVerb.ASK_ANEW) for one in back])
    return _look_again(batch, "batch.mended", at=at, by=by, put_back=[one.place for one in back])


@transaction.atomic
def drop(batch_id: int, *, at: datetime, by: str) -> Batch:
    """Give a batch up that is not paid; given up before, it stays so.

    Its order, where there is one, is cancelled by whoever calls this.

    Raises:
        Moved: it is paid.
    """
    batch = locked(batch_id)
    if batch.state == BatchState.DROPPED:
        return batch
    if batch.state == BatchState.DONE or (batch.order and batch.order.state in TAKEN):
        raise Moved(batch=batch.public_id, state=batch.state)
    ordered = list(lines_of(batch, LineState.ORDERED))
    move_lines([Move(one, LineVerb.ASK_ANEW) for one in ordered])
    return move_batch(batch, BatchVerb.DROP, moment=Moment(business_day(at), at, by))


def _open(batch_id: int) -> Batch:
    batch = locked(batch_id)
    if batch.state not in _OPEN:
        raise Moved(batch=batch.public_id, state=batch.state)
    return batch


def _look_again(batch: Batch, kind: str, *, at: datetime, by: str, **told: Any) -> Batch:
    on = business_day(at)
    append(about(batch, kind, on=on, **told), at=at, by=by)
    if batch.state == BatchState.CHECKED:
        move_batch(batch, BatchVerb.CHANGE, moment=Moment(on, at, by))
    return batch
