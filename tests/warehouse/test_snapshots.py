"""Records become columns, the same through a cursor and through the child."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.records.copies.sources import sources
from tenure.records.jobs.models import StoredFile
from tenure.records.subscriptions.models import Term
from tenure.warehouse.engines import open_engine
from tenure.warehouse.readers import statements
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
from tenure.records.tables import make_tables
from django.db import connection, transaction
from django.db.models import F
from tenure.records.models import (
    Answer, ContactPoint, Incident, Message, Payment, Person, PlanVersion, Subscription, Term,
    Ticket, Touched)
from tenure.warehouse import snapshots
from tenure.warehouse.readers import child
from tenure.warehouse.store import Store
from tests.warehouse.businesses import a_small_business, a_term, an_account

def change():
    # Of accounts and terms few rows change, and are laid over the file; of the others all do.
    ContactPoint.objects.filter(channel="email").delete()
    Term.objects.filter(pk=Term.objects.first().pk).update(price_minor=1)
    Subscription.objects.filter(pk=Subscription.objects.last().pk).update(owner_name="Li")
    a_term(an_account(99), version=PlanVersion.objects.get())
    Payment.objects.update(state="failed")
    Message.objects.update(state="failed")
    Ticket.objects.all().delete()
    answer = Answer.objects.get()
    answer.pk, answer.external_id = None, "n2"
    answer.save()
    Incident.objects.update(ended_at=F("started_at"))

def tables(name):
    store = Store(home=Path(sys.argv[1]) / name)
    counts = snapshots.take(
        as_of=date(2026, 5, 3), at=datetime(2026, 5, 4, tzinfo=UTC), zone="Asia/Shanghai",
        store=store)
    return {table.name: pq.read_table(store.paths(table)[0]) for table in snapshots.FACTS}, counts

make_tables()
with transaction.atomic():
    a_small_business()
    for number in range(3, 15):
        a_term(an_account(number), version=PlanVersion.objects.get())
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
if connection.vendor == "sqlite":
    # A migration that rebuilds a table takes its triggers along: then everything is copied.
    connection.cursor().execute("DROP TRIGGER touched_records_person_update")
    Person.objects.update(language="zh-Hans")
    assert tables("rebuilt")[0]["accounts"]["language"].to_pylist()[:2] == ["zh-Hans", ""]
    Person.objects.update(language="en")
change()
for name, table in tables("changed")[0].items():
    connection.cursor().execute("DELETE FROM records_copied WHERE fact = %s", [name])
    whole = tables(f"whole {name}")[0]
    assert table == whole[name], (name, table.to_pylist(), whole[name].to_pylist())
    assert table != there[name], name
assert not Touched.objects.exists() or connection.vendor == "postgresql"
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


EVERYTHING = "terms 13, payments 1, contacts 1, accounts 14, tickets 1, answers 1, incidents 1"


def test_the_child_copies_what_the_cursor_copies_on_sqlite(tmp_path: Path) -> None:
    assert both_ways(tmp_path) == EVERYTHING


@pytest.mark.postgres
def test_the_child_copies_what_the_cursor_copies_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    assert both_ways(tmp_path, TENURE_DATABASE=postgres_url) == EVERYTHING


def test_each_table_that_facts_are_read_from_is_watched() -> None:
    folder = Path(statements.__file__).with_name("sql")
    watched = {(source.fact, source.name) for source in sources()}

    read = {
        (table.name, name)
        for table in FACTS
        for name in re.findall(
            r"(?:FROM|JOIN) (records_\w+)", (folder / f"{table.name}.sql").read_text("utf-8")
        )
    }

    assert read == watched
