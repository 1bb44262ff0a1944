"""What is written from memory is what was worked out, with and without a transaction around it."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests import remembered
from tests.understand.warehouses import with_strategy


@pytest.mark.django_db(transaction=True)
def test_rows_are_written_from_memory_outside_a_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(remembered, "_REMEMBERED", {})
    call_command("flush", verbosity=0, interactive=False)
    before = remembered._numbers()
    with_strategy("broadband")
    made = remembered._digest()
    call_command("flush", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")
        cursor.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", before)
    written: list[object] = []
    write = remembered._write

    def noted(known: remembered.Remembered) -> None:
        written.append(known)
        write(known)

    monkeypatch.setattr(remembered, "_write", noted)

    with_strategy("broadband")

    assert len(written) == 1
    assert remembered._digest() == made
