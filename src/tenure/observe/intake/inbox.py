"""Writing the inbox: threads that write at the same time share one flush of the disk.

Flushing costs as much as inserting a hundred rows. A thread that finds another one writing leaves
its rows in the queue; whoever writes next takes along everything that waits, in one transaction,
and each thread answers its sender only after the commit that holds its own rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from django.db import Error

from tenure.observe.intake.durability import durably
from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.records.rows import insert_rows

EVENT_COLUMNS: Final = (
    "source_id", "message_id", "kind", "name", "identity", "day", "claimed_day", "at_us",
    "known_us", "raw",
)  # fmt: skip
QUARANTINE_COLUMNS: Final = ("source", "kind", "reason", "place", "kept", "raw", "at")

type Rows = Sequence[tuple[Any, ...]]


@dataclass
class _Waiting:
    """One sending that waits for its commit."""

    events: Rows
    turned: Rows
    stored: int = 0
    is_done: bool = False
    failure: Error | None = None


class Inbox:
    """The inbox, as the threads of one process write it."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._queue = Lock()
        self._writer = Lock()

    def write(self, events: Rows, *, turned: Rows) -> int:
        """Store events and what was turned away; on the disk when it returns. How many were new.

        Raises:
            django.db.Error: the transaction failed, and nothing of it is stored.
        """
        mine = _Waiting(events, turned)
        with self._queue:
            self._waiting.append(mine)
        with self._writer:
            if not mine.is_done:
                with self._queue:
                    together, self._waiting = self._waiting, []
                _write(together)
        if mine.failure is not None:
            raise mine.failure
        return mine.stored


def _write(together: Sequence[_Waiting]) -> None:
    failure = None
    try:
        with durably():
            for one in together:
                one.stored = insert_rows(InboxEvent, one.events, columns=EVENT_COLUMNS)
                insert_rows(Quarantine, one.turned, columns=QUARANTINE_COLUMNS)
    except Error as error:
        failure = error
    for one in together:
        one.failure, one.is_done = failure, True


INBOX: Final = Inbox()
