"""What we answered for is on the disk, even if the power fails the next moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def durably() -> Iterator[None]:
    """A transaction that is flushed to the disk before it counts as committed.

    SQLite runs with `synchronous=NORMAL`, which loses the last commits when the power fails;
    for the time of this transaction it is FULL. PostgreSQL flushes by default.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=FULL")
        try:
            with transaction.atomic():
                yield
        finally:
            cursor.execute("PRAGMA synchronous=NORMAL")
