"""Records, copied into columns as of a day. With `publish.py` the only way between the stores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from django.db import connection
from django.db.models import Max

from tenure.kernel.periods import day_number
from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.copies.actions import settle, watch
from tenure.records.copies.queries import last_copies
from tenure.records.customers.models import Account
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.warehouse.readers import child, cursor
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.facts import FACTS

# Below this many rows starting a child costs more than it saves (docs/decisions/0005).
CHILD_FROM_ROWS = 50_000


def take(
    *, as_of: date, at: datetime, zone: str | None = None, store: Store | None = None
) -> dict[str, int]:
    """Copy every table of facts into the warehouse, day = `as_of`, all as of one moment.

    Taken again, a day shows the records as they are then; unchanged records change nothing.

    Args:
        zone: whose days tickets and messages are counted in; the business's when not given.
    Returns:
        Rows per table.
    Raises:
        StoreFull: the disk has no room.
        CopyFailed: the database could not be read.
    """
    place = store or current_store()
    business_zone = zone or current().business.zone
    if _must_read_here() or _rows_about() < CHILD_FROM_ROWS:
        counts = place.place(
            FACTS,
            day=day_number(as_of),
            at=at,
            fill=lambda paths: cursor.copy(paths, zone=business_zone),
        )
        return dict(counts)
    return _by_child(place, day=day_number(as_of), at=at, zone=business_zone)


def _by_child(store: Store, *, day: int, at: datetime, zone: str) -> dict[str, int]:
    """Let the child read what changed since it read last (docs/decisions/0005)."""
    noted = watch()
    copies = last_copies(zone=zone) if noted else {}
    bases = {fact: store.home / path for fact, path in copies.items()}
    seen = 0

    def fill(paths: Mapping[str, Path]) -> Mapping[str, int]:
        nonlocal seen
        # Files of another shape hold other columns.
        alike = {fact: path for fact, path in bases.items() if path.parent == paths[fact].parent}
        done = child.copy(paths, bases=alike, zone=zone)
        seen = done.seen
        return done.rows

    counts = store.place(FACTS, day=day, at=at, fill=fill)
    settle(store.names(FACTS, day=day), zone=zone, seen=seen)
    return dict(counts)


def _must_read_here() -> bool:
    """Whether a child could not see the records: uncommitted, or in this process's memory."""
    in_memory = connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"])
    return connection.in_atomic_block or in_memory


def _rows_about() -> int:
    """About how many rows there are, from the highest ids: costs four look-ups."""
    highest = (
        model.objects.aggregate(highest=Max("pk"))["highest"]
        for model in (Account, Term, Payment, Message)
    )
    return sum(one or 0 for one in highest)
