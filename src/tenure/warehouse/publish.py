"""Results of a set, brought back into the records: the other way between the two stores.

What is brought back streams through in batches, over Django's own connection and inside the
caller's transaction, and rows that a unique key already holds are left alone: whoever publishes
the same result twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import models

from tenure.kernel.clock import from_us
from tenure.kernel.periods import date_of
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.warehouse.engines import Engine, Frame


def publish_rows(
    frame: Frame, model: type[models.Model], *, columns: Sequence[str], engine: Engine
) -> int:
    """Insert the rows of a frame; how many were new.

    Args:
        frame: one row per row of the model, its columns named like the model's attributes
            ("account_id"). Days since 1970 become dates, microseconds instants, 0 and 1 flags,
            JSON text what it says.
        columns: which of them are written; what is left out takes its field's default.
    """
    return insert_rows(model, _rows(frame, model, columns=columns, engine=engine), columns=columns)


def publish_changes(
    frame: Frame,
    model: type[models.Model],
    *,
    columns: Sequence[str],
    engine: Engine,
    key: str = "id",
) -> int:
    """Set `columns` of the rows that `key` names; give it only rows that changed. How many."""
    named = (*columns, key)
    rows = _rows(frame, model, columns=named, engine=engine)
    return update_rows(model, rows, columns=columns, key=key)


def publish_entries(frame: Frame, *, engine: Engine, on: date, at: datetime, by: str) -> int:
    """Write one journal entry per row of a frame; how many were new.

    Args:
        frame: `kind`, `account_id`, `term_id` (may be null), `content` (JSON text) and
            `once_key`, under which an entry is written once for ever.
        on: the day that the entries belong to, in the business's zone.
        by: who did it, such as "loop".
    """
    names = ["kind", "account_id", "term_id", "content", "once_key"]
    facts = (
        Fact(
            kind,
            on=on,
            account_id=account_id,
            term_id=term_id,
            content=json.loads(content),
            once_key=once_key,
        )
        for batch in engine.batches(frame.select(*names))
        for kind, account_id, term_id, content, once_key in zip(
            *(column.to_pylist() for column in batch.columns), strict=True
        )
    )
    return append_many(facts, at=at, by=by)


def _rows(
    frame: Frame, model: type[models.Model], *, columns: Sequence[str], engine: Engine
) -> Iterator[Sequence[Any]]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    readings = [_reading(fields[name]) for name in columns]
    for batch in engine.batches(frame.select(*columns)):
        values = (
            column.to_pylist() if read is None else [_read(read, one) for one in column.to_pylist()]
            for column, read in zip(batch.columns, readings, strict=True)
        )
        yield from zip(*values, strict=True)


def _read(read: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else read(value)


def _reading(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a stored number becomes the value of this field; None: as it is."""
    if isinstance(field, models.DateTimeField):
        return from_us
    if isinstance(field, models.DateField):
        return date_of
    if isinstance(field, models.BooleanField):
        return bool
    if isinstance(field, models.JSONField):
        return json.loads
    return None
