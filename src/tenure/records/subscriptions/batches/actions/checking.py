"""Look at a list, some lines at a time: their prices, or what is wrong with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from tenure.records.billing.pricing.bill import digest_of as bill_digest
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches.actions.moving import (
    Moment,
    Move,
    locked,
    move_batch,
    move_lines,
)
from tenure.records.subscriptions.batches.judging import Promises, Verdict, judge
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.queries import counts_of, lines_of
from tenure.records.subscriptions.batches.rules import BatchVerb, LineVerb, digest_of, fault_of
from tenure.records.subscriptions.batches.states import BatchState, LineState

SOME: Final = 1_000
_COLUMNS: Final = ("term_id", "bill", "sold", "amount_minor", "fault", "checked_at")


@transaction.atomic
def check_some(
    batch_id: int, *, promises: Promises, at: datetime, by: str, most: int = SOME
) -> Batch:
    """Look at the next lines of a batch; when there are no more, it is checked.

    Lines that found their price on an earlier day are looked at again: one quote is of one day.
    """
    batch, on = locked(batch_id), business_day(at)
    if batch.state != BatchState.CHECKING:
        return batch
    if batch.priced_on != on:
        ready = list(lines_of(batch, LineState.READY))
        move_lines([Move(one, LineVerb.ASK_ANEW) for one in ready])
        batch.priced_on = on
        batch.save(update_fields=["priced_on"])
    lines = list(lines_of(batch, LineState.WAITING)[:most])
    write(judge(batch, lines, on=on, promises=promises), at=at)
    if not lines_of(batch, LineState.WAITING).exists():
        settle(batch, moment=Moment(on, at, by))
    return batch


def write(verdicts: Sequence[Verdict], *, at: datetime) -> int:
    """Store what lines came to."""
    moves = [
        Move(one.line, LineVerb.REFUSE if one.refusal else LineVerb.PRICE, _changes(one, at=at))
        for one in verdicts
    ]
    return move_lines(moves, also=_COLUMNS)


def _changes(one: Verdict, *, at: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "term_id": one.term.pk if one.term else None,
        "bill": {},
        "sold": {},
        "amount_minor": 0,
        "fault": {},
        "checked_at": at,
    }
    if one.refusal is not None:
        fault = fault_of(one.refusal, column=one.column)
        return changes | {"fault": {**fault, "suggestion": one.suggestion}}
    assert one.bill is not None, "a line without a fault has its bill"
    document = one.bill.as_document()
    return changes | {
        "bill": {**document, "digest": bill_digest(document)},
        "sold": dict(one.sold),
        "amount_minor": one.bill.to_pay.amount_minor,
    }


def settle(batch: Batch, *, moment: Moment) -> Batch:
    """Every line was looked at: the batch has its total and its digest."""
    return move_batch(
        batch,
        BatchVerb.SETTLE,
        moment=moment,
        total_minor=counts_of(batch).amount(LineState.READY),
        digest=digest_now(batch),
    )


def digest_now(batch: Batch) -> str:
    """The digest of the lines that can be bought as they are stored now."""
    ready = BatchLine.objects.filter(batch=batch, state=LineState.READY).order_by("place")
    return digest_of(ready.values_list("place", "bill__digest").iterator())
