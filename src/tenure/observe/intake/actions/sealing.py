"""Move events out of the inbox into the days they belong to.

Everything here may be killed anywhere and done again: a day takes an event once by its key, and an
event is marked only after its day is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import QuerySet

from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.observe.intake.actions.identities import apply_traits, link_waiting
from tenure.observe.intake.catalogue import ABOUT_IDENTITY, read_contents
from tenure.observe.intake.days import local_day
from tenure.observe.intake.messages import contents_of
from tenure.observe.intake.models import InboxEvent
from tenure.records.rows import update_rows
from tenure.warehouse.additions import add_rows, stored_keys
from tenure.warehouse.engines import Engine, arrow_kind, open_engine
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

# A sealed event stays in the inbox so long, where a second delivery meets its own key.
HOT: Final = timedelta(days=8)
# An event of somebody we never hear of is forgotten after this.
UNKNOWN_KEPT: Final = timedelta(days=90)
# A sender's clock may be wrong by this many days when an old message comes again.
_CLOCK_SLACK_DAYS: Final = 2
_AT_ONCE: Final = 100_000
_COLUMNS: Final = (
    "id", "source__name", "source__zone", "message_id", "name", "account_id", "day", "claimed_day",
    "at_us", "known_us", "waited", "raw",
)  # fmt: skip


def seal(*, as_of: date, at: datetime, store: Store | None = None) -> dict[str, int]:
    """Seal the events of every day up to `as_of` that we knew at `at`; a run begins here.

    Files that a killed run left behind are removed first.

    Events of nobody we know wait, and are known from the moment that they find their account.
    Late events are added to their own day. A message that comes again is dropped, also when it
    comes after its first delivery left the inbox.

    Returns:
        `events` stored, `duplicates` dropped, `days` written, `waiting` for an account.
    """
    place = store or current_store()
    place.remove_leftovers(at=at)
    _forget(at=at)
    sealing = _Sealing(place, at)
    open_rows = InboxEvent.objects.filter(sealed_at__isnull=True, known_us__lte=to_us(at))
    if open_rows.exists():
        link_waiting(at=at)
        apply_traits(at=at)
        sealing.seal_all(open_rows, last_day=day_number(as_of))
    waiting = open_rows.filter(account__isnull=True)
    waiting.filter(waited=False).update(waited=True)
    return {
        "events": sealing.events,
        "duplicates": sealing.duplicates,
        "days": len(sealing.days),
        "waiting": waiting.count(),
    }


def _forget(*, at: datetime) -> None:
    """Sealed events after some days, and those of people we never heard of."""
    InboxEvent.objects.filter(sealed_at__lte=at - HOT).delete()
    unknown = InboxEvent.objects.filter(sealed_at__isnull=True, account__isnull=True)
    unknown.filter(known_us__lte=to_us(at - UNKNOWN_KEPT)).delete()


@dataclass
class _Sealing:
    """One seal, and what it has done so far."""

    store: Store
    at: datetime
    events: int = 0
    duplicates: int = 0

    def __post_init__(self) -> None:
        self.days: set[int] = set()

    def seal_all(self, rows: QuerySet[InboxEvent], *, last_day: int) -> None:
        """Seal what found its account; messages about identity have done their work by then."""
        found = rows.filter(account__isnull=False)
        with open_engine(settings.TENURE_ENGINE) as engine:
            events = found.filter(day__lte=last_day).exclude(kind__in=ABOUT_IDENTITY)
            self.seal_events(events, engine=engine)
        found.filter(kind__in=ABOUT_IDENTITY).update(sealed_at=self.at)

    def seal_events(self, rows: QuerySet[InboxEvent], *, engine: Engine) -> None:
        """Day after day, so that a day that many events are late for is written once."""
        ordered = rows.order_by("day", "id").values_list(*_COLUMNS)
        while batch := list(ordered[:_AT_ONCE]):
            table = self._table(batch)
            fresh = self._without_repeated(table, batch, engine=engine)
            added = add_rows(self.store, EVENTS, rows=fresh, at=self.at, engine=engine)
            self.events += sum(added.values())
            self.duplicates += len(batch) - sum(added.values())
            self.days.update(day for day, count in added.items() if count)
            update_rows(InboxEvent, ((self.at, row[0]) for row in batch), columns=("sealed_at",))

    def _table(self, batch: list[tuple[Any, ...]]) -> pa.Table:
        import pyarrow as pa

        found_us = to_us(self.at)
        rows = []
        for row in batch:
            _, source, _, message_id, name, account, day, _, at_us, known_us, waited, raw = row
            feature, amount = read_contents(name, contents_of(raw))
            known_us = found_us if waited else known_us
            rows.append(
                (
                    account,
                    None,
                    day,
                    at_us,
                    known_us,
                    source,
                    message_id,
                    name,
                    feature,
                    amount,
                    raw,
                )
            )
        arrays = [
            pa.array(values, type=arrow_kind(column))
            for values, column in zip(zip(*rows, strict=True), EVENTS.columns, strict=True)
        ]
        return pa.table(arrays, names=list(EVENTS.column_names))

    def _without_repeated(
        self, table: pa.Table, batch: list[tuple[Any, ...]], *, engine: Engine
    ) -> pa.Table:
        """Drop what may have been delivered so long ago that the inbox forgot it, and was."""
        import pyarrow as pa

        suspects, days = _suspects(batch)
        if not suspects:
            return table
        keys = table.select(list(EVENTS.key)).take(pa.array(suspects))
        found = stored_keys(self.store, EVENTS, keys=keys, days=days, engine=engine)
        repeated = set(zip(*(found[name].to_pylist() for name in EVENTS.key), strict=True))
        if not repeated:
            return table
        every = zip(*(table[name].to_pylist() for name in EVENTS.key), strict=True)
        return table.filter(pa.array([key not in repeated for key in every]))


def _suspects(batch: list[tuple[Any, ...]]) -> tuple[list[int], range]:
    """Places of the events that may be old messages come again, and the days to look into.

    A first delivery that the inbox forgot is older than `HOT`. The sender's clock says so where
    the message carries a time; where it carries none, every old day may hold it.
    """
    places, first, last = [], [], []
    for place, row in enumerate(batch):
        _, _, zone, _, _, _, _, claimed_day, _, known_us, _, _ = row
        newest_forgotten = local_day(known_us, zone=zone) - HOT.days
        oldest = 0 if claimed_day is None else claimed_day - _CLOCK_SLACK_DAYS
        if oldest <= newest_forgotten:
            places.append(place)
            first.append(oldest)
            last.append(newest_forgotten)
    return places, range(min(first, default=0), max(last, default=0) + 1)
