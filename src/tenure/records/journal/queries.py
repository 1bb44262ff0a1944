"""Read the journal: one customer's timeline, and everything after a place reached."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from tenure.records.journal.models import Entry
from tenure.records.rows import select_rows

OLDEST_RUNNING = Path(__file__).with_name("oldest_running.sql")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """How far a follower has read: the last entry's writing transaction and its id."""

    written_in: int = 0
    entry_id: int = 0

    def __str__(self) -> str:
        return f"{self.written_in}:{self.entry_id}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place that `str` wrote."""
        written_in, entry_id = text.split(":")
        return cls(int(written_in), int(entry_id))

    @classmethod
    def of(cls, entry: Entry) -> "Place":
        """The place right after an entry."""
        return cls(entry.written_in, entry.pk)


START = Place()


def timeline(account_id: int, *, limit: int = 50, before: Entry | None = None) -> list[Entry]:
    """What happened to an account, newest first; pass the last entry shown to read on."""
    entries = Entry.objects.filter(account_id=account_id)
    if before is not None:
        entries = entries.filter(Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.pk))
    return list(entries.order_by("-at", "-pk")[:limit])


def after(
    place: Place,
    *,
    limit: int = 1_000,
    until: Place | None = None,
    kinds: Collection[str] | None = None,
) -> list[Entry]:
    """The next entries after a place, none of which can be overtaken by an earlier one.

    Ids are given out before their transactions commit, so a follower that remembers only the
    highest id loses what commits late. Entries are therefore read in the order of their writing
    transaction, and only those of transactions older than every one still running. On SQLite one
    writer commits at a time, every `written_in` is 0 and the id alone is the order.

    Args:
        until: the last place to read, which `newest` gave.
        kinds: only entries of these kinds.
    """
    entries = Entry.objects.filter(
        Q(written_in__gt=place.written_in) | Q(written_in=place.written_in, pk__gt=place.entry_id)
    ).order_by("written_in", "pk")
    if kinds is not None:
        entries = entries.filter(kind__in=kinds)
    if until is not None:
        entries = entries.filter(
            Q(written_in__lt=until.written_in)
            | Q(written_in=until.written_in, pk__lte=until.entry_id)
        )
    with _settled(entries) as sure:
        return list(sure[:limit])


def newest() -> Place:
    """The place after the last entry that none can overtake any more."""
    with _settled(Entry.objects.order_by("-written_in", "-pk")) as sure:
        found = sure.values_list("written_in", "pk").first()
    return Place(*found) if found else START


@contextmanager
def _settled(entries: QuerySet[Entry]) -> Iterator[QuerySet[Entry]]:
    """Those of some entries whose transaction, and every earlier one, has ended."""
    if connection.vendor != "postgresql":
        yield entries
        return
    # The bound is taken first: whatever commits between the two statements lies above it.
    with transaction.atomic():
        yield entries.filter(written_in__lt=_oldest_running())


def _oldest_running() -> int:
    """The number of the oldest transaction that has not ended (PostgreSQL)."""
    return int(select_rows(OLDEST_RUNNING, {})[0][0])
