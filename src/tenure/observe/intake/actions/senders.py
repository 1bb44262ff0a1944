"""Let somebody send events, and stop it."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from tenure.kernel.clock import today
from tenure.observe.intake.models import Source
from tenure.observe.intake.queries import hash_of
from tenure.records.journal.actions import Fact, append

KEY_BYTES = 24


@transaction.atomic
def open_source(
    name: str, *, zone: str, at: datetime, by: str, kind: str = Source.Kind.SERVER
) -> tuple[Source, str]:
    """Let a sender called `name` write events; the key that it writes with is shown once.

    Opening a name again gives it a new key, and the old one stops.
    """
    ZoneInfo(zone)
    write_key = secrets.token_urlsafe(KEY_BYTES)
    changed = {"kind": kind, "zone": zone, "write_key_hash": hash_of(write_key)}
    source, _ = Source.objects.update_or_create(
        name=name,
        defaults={**changed, "closed_at": None},
        create_defaults={**changed, "created_at": at},
    )
    append(Fact("source.opened", on=today(zone, at), content={"source": name}), at=at, by=by)
    return source, write_key


@transaction.atomic
def close_source(source: Source, *, at: datetime, by: str) -> Source:
    """Let a sender write no more; what it sent stays."""
    locked = Source.objects.select_for_update().get(pk=source.pk)
    if locked.closed_at is None:
        locked.closed_at = at
        locked.save(update_fields=["closed_at"])
        append(
            Fact("source.closed", on=today(locked.zone, at), content={"source": locked.name}),
            at=at,
            by=by,
        )
    return locked
