"""Take back that two identities are the same customer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from tenure.kernel.clock import today
from tenure.observe.intake.messages import Message, message_of
from tenure.observe.intake.models import IdentityLink, InboxEvent
from tenure.observe.intake.rules import identity_of
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.warehouse.additions import remove_rows, rows_that_mention
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = (
    "source_id", "message_id", "kind", "name", "identity", "day", "claimed_day", "at_us",
    "known_us", "raw", "waited",
)  # fmt: skip


def undo_link(link: IdentityLink, *, at: datetime, by: str, store: Store | None = None) -> int:
    """Take a link back: what it brought to an account waits again for its own.

    Events that name the account's identity themselves stay with it. Undone again, a link that was
    cut short is finished, and one that was finished changes nothing.

    Returns:
        How many sealed events left the account.
    """
    place = store or current_store()
    with open_engine(settings.TENURE_ENGINE) as engine:
        sealed = rows_that_mention(place, EVENTS, text=link.known_as, engine=engine)
        mine = _of_identity(sealed, link)
        _back_into_inbox(mine, link=link, at=at, by=by)
        remove_rows(place, EVENTS, rows=mine, at=at, engine=engine)
    return int(mine.num_rows)


def _of_identity(sealed: pa.Table, link: IdentityLink) -> pa.Table:
    """The sealed events of this source that were sent under the identity itself."""
    import pyarrow as pa

    pairs = zip(sealed["source"].to_pylist(), sealed["content"].to_pylist(), strict=True)
    return sealed.filter(
        pa.array(
            [
                source == link.source.name and identity_of(_message(content)) == link.known_as
                for source, content in pairs
            ],
            type=pa.bool_(),
        )
    )


def _message(content: str | None) -> Message:
    return message_of((content or "{}").encode())


@transaction.atomic
def _back_into_inbox(mine: pa.Table, *, link: IdentityLink, at: datetime, by: str) -> None:
    """The link ends and its events wait, in one transaction; the files follow."""
    locked = IdentityLink.objects.select_for_update().get(pk=link.pk)
    waiting = InboxEvent.objects.filter(source=link.source, identity=link.known_as)
    waiting.update(account=None, sealed_at=None, waited=True)
    rows = (_inbox_row(row, link=link) for row in mine.to_pylist())
    insert_rows(InboxEvent, rows, columns=_COLUMNS)
    if locked.undone_at is None:
        locked.undone_at = at
        locked.save(update_fields=["undone_at"])
        content = {"known_as": link.known_as, "belongs_to": link.belongs_to}
        on = today(link.source.zone, at)
        append(Fact("identity.unlinked", on=on, content=content), at=at, by=by)


def _inbox_row(row: dict[str, Any], *, link: IdentityLink) -> tuple[Any, ...]:
    read = _message(row["content"])
    original = read.original_timestamp or read.timestamp
    claimed_day = None if original is None else row["day"]
    return (
        link.source_id, row["message_id"], read.kind or "track", row["name"], link.known_as,
        row["day"], claimed_day, row["at_us"], row["known_us"], row["content"], True,
    )  # fmt: skip
