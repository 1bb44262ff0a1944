"""Records, copied into columns as of a day. With `publish.py` the only way between the stores."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection
from django.db.models import Max

from tenure.kernel.periods import day_number
from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.warehouse.readers import child, cursor
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.facts import FACTS

# Below this many rows starting a child costs more than it saves (docs/decisions/snapshots.md).
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
    here = _must_read_here() or _rows_about() < CHILD_FROM_ROWS
    reader = cursor if here else child
    counts = place.place(
        FACTS,
        day=day_number(as_of),
        at=at,
        fill=lambda paths: reader.copy(paths, zone=business_zone),
    )
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
