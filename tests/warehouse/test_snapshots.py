"""Records become columns, the same through a cursor and through the child."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.records.jobs.models import StoredFile
from tenure.records.subscriptions.models import Term
from tenure.warehouse.engines import open_engine
from tenure.warehouse.snapshots import take
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.facts import (
    ACCOUNTS,
    ANSWERS,
    CONTACTS,
    FACTS,
    INCIDENTS,
    PAYMENTS,
    TERMS,
    TICKETS,
)  # fmt: skip
from tests.warehouse.businesses import KNOWN, LATE, a_small_business

AS_OF = date(2026, 5, 3)
AT = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)


def rows(store: Store, table: Table) -> list[dict[str, Any]]:
    with open_engine(threads=1) as engine:
        day = day_number(AS_OF)
        found: list[dict[str, Any]] = engine.collect(
            store.read(table, engine=engine, from_day=day, to_day=day).sort(*table.key)
        ).to_pylist()
    return found


@pytest.mark.django_db
def test_every_fact_is_copied_with_its_days_in_the_zone_of_the_business(tmp_path: Path) -> None:
    account = a_small_business()
    store = Store(home=tmp_path)

    counts = take(as_of=AS_OF, at=AT, zone="Asia/Shanghai", store=store)

    assert counts == {
        "terms": 1, "payments": 1, "contacts": 1, "accounts": 2, "tickets": 1, "answers": 1,
        "incidents": 1,
    }  # fmt: skip
    first, second = rows(store, ACCOUNTS)
    assert first["account_id"] == account.pk
    assert first["started_day"] == day_number(date(2025, 5, 10))
    assert (first["has_email"], first["has_phone"], first["marketing_consent"]) == (1, 0, 1)
    assert (first["language"], first["born_year"], first["region"]) == ("en", 1980, "华东")
    assert first["known_us"] == to_us(KNOWN)
    assert (second["person_id"], second["language"], second["has_email"]) == (None, "", 0)
    [term] = rows(store, TERMS)
    assert (term["plan_code"], term["tier_rank"], term["speed_mbps"]) == ("fibre-300", 2, 300)
    assert (term["ends_day"], term["closed_day"]) == (day_number(date(2026, 5, 10)), None)
    assert (term["auto_renew"], term["state"], term["owner_name"]) == (1, "renewed", "Wang")
    [ticket] = rows(store, TICKETS)
    assert (ticket["opened_us"], ticket["resolved_us"]) == (to_us(LATE), None)
    assert (ticket["opened_day"], ticket["sla_missed"]) == (day_number(date(2026, 5, 2)), 1)
    [contact] = rows(store, CONTACTS)
    assert (contact["sent_us"], contact["day"]) == (to_us(LATE), day_number(date(2026, 5, 2)))
    assert rows(store, PAYMENTS)[0]["amount_minor"] == 99_000
    assert rows(store, ANSWERS)[0]["score"] == 9
    assert rows(store, INCIDENTS)[0]["started_us"] == to_us(LATE)


@pytest.mark.django_db
def test_an_empty_base_gives_empty_tables(tmp_path: Path) -> None:
    store = Store(home=tmp_path)

    counts = take(as_of=AS_OF, at=AT, zone="UTC", store=store)

    assert set(counts.values()) == {0}
    assert [rows(store, table) for table in FACTS] == [[]] * len(FACTS)


@pytest.mark.django_db
def test_taken_again_only_what_changed_is_written(tmp_path: Path) -> None:
    account = a_small_business()
    store = Store(home=tmp_path)
    take(as_of=AS_OF, at=AT, zone="Asia/Shanghai", store=store)
    before = set(StoredFile.objects.values_list("path", flat=True))
    Term.objects.filter(account=account).update(price_minor=1)

    take(as_of=AS_OF, at=AT, zone="Asia/Shanghai", store=store)
    take(as_of=AS_OF, at=AT, zone="Asia/Shanghai", store=store)

    after = set(StoredFile.objects.values_list("path", flat=True)) - before
    assert [path.split("/")[0] for path in after] == ["terms"]
    assert rows(store, TERMS)[0]["price_minor"] == 1


BOTH_WAYS = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
import django
django.setup()
import pyarrow.parquet as pq
from django.core.management import call_command
from django.db import connection, transaction
from tenure.warehouse import snapshots
from tenure.warehouse.readers import child
from tenure.warehouse.store import Store
from tests.warehouse.businesses import a_small_business

def tables(name):
    store = Store(home=Path(sys.argv[1]) / name)
    counts = snapshots.take(
        as_of=date(2026, 5, 3), at=datetime(2026, 5, 4, tzinfo=UTC), zone="Asia/Shanghai",
        store=store)
    return {table.name: pq.read_table(store.paths(table)[0]) for table in snapshots.FACTS}, counts

call_command("migrate", run_syncdb=True, verbosity=0)
with transaction.atomic():
    a_small_business()
here, counts = tables("here")
snapshots.CHILD_FROM_ROWS = 0
connection.cursor().execute("DELETE FROM records_storedfile")
tables("first")
connection.cursor().execute("DELETE FROM records_storedfile")
killed = child._child()
killed._running.kill()
killed._running.wait()
there, same = tables("there")  # another child takes over
assert counts == same, (counts, same)
assert child._child() is not killed
said = []
for name, table in here.items():
    assert table == there[name], (name, table.to_pylist(), there[name].to_pylist())
    said.append(f'{name} {table.num_rows}')
print(*said, sep=", ", end="")
"""


def both_ways(home: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BOTH_WAYS, str(home)],
        env={**os.environ, "TENURE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


EVERYTHING = "terms 1, payments 1, contacts 1, accounts 2, tickets 1, answers 1, incidents 1"


def test_the_child_copies_what_the_cursor_copies_on_sqlite(tmp_path: Path) -> None:
    assert both_ways(tmp_path) == EVERYTHING


@pytest.mark.postgres
def test_the_child_copies_what_the_cursor_copies_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    assert both_ways(tmp_path, TENURE_DATABASE=postgres_url) == EVERYTHING
