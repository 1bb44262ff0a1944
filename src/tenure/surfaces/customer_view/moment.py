"""Read many tables as of one instant, without keeping anybody who writes waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from tenure.warehouse.readers.statements import one_moment


@contextmanager
def reading() -> Iterator[None]:
    """Every query inside sees the records of the first one's instant.

    SQLite begins transactions here by taking the only place of a writer; a reader asks for none.
    """
    if connection.in_atomic_block:
        yield
        return
    with _as_reader(), transaction.atomic():
        if connection.vendor == "postgresql":
            _hold_one_moment()
        yield


def _hold_one_moment() -> None:
    """Let every query of this transaction see the same instant (PostgreSQL)."""
    with connection.cursor() as cursor:
        for statement in one_moment(vendor=connection.vendor):
            cursor.execute(statement)


@contextmanager
def _as_reader() -> Iterator[None]:
    """Let the transaction that begins now be one of a reader (SQLite)."""
    mode = getattr(connection, "transaction_mode", None)
    if mode is None:
        yield
        return
    connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.transaction_mode = mode  # type: ignore[attr-defined]
