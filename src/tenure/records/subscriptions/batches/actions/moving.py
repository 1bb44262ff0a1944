"""The only writers of the state of batches and of their lines, and the lock before them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tenure.records.journal.actions import Fact, append
from tenure.records.rows import update_rows
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.rules import BATCH, LINE, BatchVerb, LineVerb
from tenure.records.subscriptions.batches.states import BatchState, LineState

_KINDS = {
    BatchVerb.SETTLE: "batch.checked",
    BatchVerb.PLACE: "batch.placing",
    BatchVerb.ORDER: "batch.ordered",
    BatchVerb.CHANGE: "batch.changed",
    BatchVerb.REOPEN: "batch.reopened",
    BatchVerb.FINISH: "batch.done",
    BatchVerb.DROP: "batch.dropped",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done to a batch, on which day of the business, and by whom."""

    on: date
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Move:
    """One line that moves, and what else of it changes."""

    line: BatchLine
    verb: LineVerb
    changes: Mapping[str, Any] = field(default_factory=dict)


def locked(batch_id: int) -> Batch:
    """The batch, its row locked until the transaction ends."""
    rows = Batch.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("order").get(pk=batch_id)


def move_batch(batch: Batch, verb: BatchVerb, *, moment: Moment, **changes: Any) -> Batch:
    """Move a batch, whose row is locked; the journal hears of it.

    Raises:
        IllegalMove: the batch is not where this can happen.
    """
    batch.state = BATCH.after(BatchState(batch.state), verb)
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *changes])
    append(about(batch, _KINDS[verb], on=moment.on), at=moment.at, by=moment.by)
    return batch


def move_lines(moves: Sequence[Move], *, also: Sequence[str] = ()) -> int:
    """Move lines of one batch, whose row is locked, and change `also` of each; how many.

    Raises:
        IllegalMove: one of them is not where this can happen.
    """
    for one in moves:
        one.line.state = LINE.after(LineState(one.line.state), one.verb)
        for name, value in one.changes.items():
            setattr(one.line, name, value)
    columns = ("state", *also)
    rows = [(*(getattr(one.line, name) for name in columns), one.line.pk) for one in moves]
    return update_rows(BatchLine, rows, columns=columns)


def about(batch: Batch, kind: str, *, on: date, **told: Any) -> Fact:
    """An entry of the journal about a batch."""
    return Fact(
        kind,
        on=on,
        account_id=batch.account_id,
        content={
            "batch": batch.public_id,
            "total_minor": batch.total_minor,
            "currency": batch.currency,
            **told,
        },
    )
