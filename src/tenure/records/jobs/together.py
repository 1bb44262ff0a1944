"""Work that several processes share: who takes part in it now, and who passes a gate alone.

PostgreSQL holds a place for a session, so whatever a killed process held is free at once. SQLite
has one writer: there such work is one holder's, by a lease.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Final

from django.db import connection

from tenure.records.rows import select_rows

_FOLDER: Final = Path(__file__).parent / "sql"


class Work(IntEnum):
    """What is shared; every process of one database knows it by the same number."""

    SENDING = 1
    CLAIMING = 2
    FOLLOWING = 3


def can_share() -> bool:
    """Whether several processes may do the same work on this database."""
    return connection.vendor == "postgresql"


@contextmanager
def taking_part(work: Work, *, when_alone: Callable[[], object]) -> Iterator[None]:
    """Take part for as long as the block runs; who comes first tidies up before anybody joins."""
    is_alone = _ask("try_alone", work)
    try:
        if is_alone:
            when_alone()
        _ask("join", work)
    finally:
        if is_alone:
            _ask("end_alone", work)
    try:
        yield
    finally:
        _ask("leave", work)


def parties(work: Work) -> int:
    """How many processes take part now; at least the one that asks."""
    return max(1, int(str(_ask("parties", work)))) if can_share() else 1


def pass_alone(work: Work) -> None:
    """Wait until nobody else is here; the place is given up when the transaction ends."""
    if can_share():
        _ask("pass_alone", work)


def _ask(what: str, work: Work) -> object:
    ((found,),) = select_rows(_FOLDER / f"{what}.sql", {"work": int(work)})
    return found
