"""Write to the journal. Every verb that changes a row calls one of these in its transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tenure.kernel.tracing import current_request, current_trace
from tenure.records.journal.models import Entry
from tenure.records.rows import insert_row, insert_rows

_COLUMNS = (
    "at",
    "on",
    "kind",
    "actor",
    "account_id",
    "term_id",
    "content",
    "once_key",
    "request_id",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened, to whom, and on which day of the business.

    A fact with a `once_key` that the journal already holds is not written again.
    """

    kind: str
    on: date
    account_id: int | None = None
    term_id: int | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    once_key: str | None = None


def append(fact: Fact, *, at: datetime, by: str) -> Entry | None:
    """Write one entry; None where its `once_key` was there before.

    Args:
        at: the instant of the verb.
        by: who did it: "loop", "import:crm", "user:7".
    """
    content = _traced(fact.content)
    entry = Entry(
        at=at,
        on=fact.on,
        kind=fact.kind,
        actor=by,
        account_id=fact.account_id,
        term_id=fact.term_id,
        content=dict(content),
        once_key=fact.once_key,
        request_id=current_request(),
    )
    if fact.once_key is None:
        entry.save(force_insert=True)
        return entry
    about = (at, fact.on, fact.kind, by, fact.account_id, fact.term_id)
    row = (*about, content, fact.once_key, entry.request_id)
    entry.pk = insert_row(Entry, row, columns=_COLUMNS)
    entry._state.adding = False
    return entry if entry.pk is not None else None


def _traced(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is told of a fact, with the trace of the request that it came from, if any."""
    trace = current_trace()
    return content if trace is None else {**content, "trace_id": trace.trace_id}


def append_many(facts: Iterable[Fact], *, at: datetime, by: str) -> int:
    """Write many entries at once; how many were new."""
    request = current_request()
    rows = (
        (
            at,
            fact.on,
            fact.kind,
            by,
            fact.account_id,
            fact.term_id,
            _traced(fact.content),
            fact.once_key,
            request,
        )
        for fact in facts
    )
    return insert_rows(Entry, rows, columns=_COLUMNS)
