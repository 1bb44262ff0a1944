"""What is written from memory is what was worked out, with and without a transaction around it."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests import remembered
from tests.databases import put_beginning_back
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


@pytest.mark.django_db(transaction=True)
def test_after_a_test_that_commits_everything_is_as_it_was_before_the_first_one() -> None:
    before = remembered._numbers(), remembered._digest()
    with_strategy("broadband")
    call_command("flush", verbosity=0, interactive=False)
    emptied = remembered._numbers()

    put_beginning_back()

    assert emptied != before[0]
    assert (remembered._numbers(), remembered._digest()) == before
