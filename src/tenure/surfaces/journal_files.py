"""Entries of the journal as a table: what the console hands out, and the command line."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import QuerySet

from tenure.kernel.masking import without_identifiers
from tenure.observe.imports.rules.faults import guarded
from tenure.records.journal.models import Entry

# So many rows of a file are written at a time.
_CHUNK: Final = 2_000
_COLUMNS: Final = ("number", "at", "on", "kind", "by", "customer", "term", "content", "request")


def lines_of(rows: QuerySet[Entry], *, sees_people: bool) -> Iterator[bytes]:
    """The lines of the file, the heading first; the mark lets Excel read Chinese."""
    yield "\ufeff".encode() + _line(_COLUMNS)
    for one in rows.iterator(chunk_size=_CHUNK):
        yield _line(
            (
                one.pk,
                one.at.isoformat(),
                one.on.isoformat(),
                one.kind,
                one.actor,
                one.account.external_id if one.account else "",
                one.term_id or "",
                text_of(one.content, sees_people=sees_people),
                one.request_id,
            )
        )


def text_of(value: Any, *, sees_people: bool) -> str:
    """One value in words; who may not see people reads no address and no number."""
    said = value if isinstance(value, str) else json.dumps(
        value, ensure_ascii=False, sort_keys=True
    )  # fmt: skip
    return said if sees_people else without_identifiers(said)


def _line(cells: tuple[Any, ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells)
    return text.getvalue().encode()
