"""Files count only while their row is valid, and a kill anywhere loses and doubles nothing."""

import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tenure.records.jobs.models import StoredFile
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.store import Store, StoreFull, WrongColumns
from tenure.warehouse.tables.declaration import Column, Table

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
USES = Table(
    name="uses",
    grain="one row per account",
    key=("account_id",),
    columns=(Column("account_id", "int64"), Column("uses", "int64"), Column("share", "float64")),
)
ROWS = pa.table({"account_id": [2, 1], "uses": [5, 7], "share": [0.5, None]})


def values(store: Store, engine: Engine, **days: int) -> list[tuple[int, int]]:
    table = engine.collect(store.read(USES, engine=engine, **days))
    return sorted(zip(table["account_id"].to_pylist(), table["uses"].to_pylist(), strict=True))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(home=tmp_path / "warehouse")


def test_a_written_day_is_read_and_others_are_not(store: Store) -> None:
    with open_engine(threads=1) as engine:
        written = store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)
        store.write(USES, day=102, frame=ROWS.slice(1), at=AT, engine=engine)

        assert written == 2
        assert values(store, engine, from_day=100, to_day=100) == [(1, 7), (2, 5)]
        assert values(store, engine) == [(1, 7), (1, 7), (2, 5)]
        assert values(store, engine, from_day=103) == []
    assert store.days(USES) == [100, 102]
    assert [store.latest_day(USES, on_or_before=day) for day in (99, 100, 101, 500)] == [
        None,
        100,
        100,
        102,
    ]


def test_a_day_is_read_into_memory_whatever_it_was_declared_as(store: Store) -> None:
    grown = replace(USES, columns=(*USES.columns, Column("plan", "string")))
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)

        whole = store.rows(USES, day=100, engine=engine)
        some = store.rows(USES, day=100, engine=engine, columns=("share", "account_id"))
        older = store.rows(grown, day=100, engine=engine, columns=("plan", "uses"))
        nothing = store.rows(USES, day=101, engine=engine)

    assert whole.to_pydict() == {"account_id": [1, 2], "uses": [7, 5], "share": [None, 0.5]}
    assert some.to_pydict() == {"share": [None, 0.5], "account_id": [1, 2]}
    assert older.to_pydict() == {"plan": [None, None], "uses": [7, 5]}
    assert nothing.to_pydict() == {"account_id": [], "uses": [], "share": []}


def test_the_latest_day_is_read_as_of_a_day(store: Store) -> None:
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)
        store.write(USES, day=102, frame=ROWS.slice(1), at=AT, engine=engine)
        then = engine.collect(store.read_latest(USES, on_or_before=101, engine=engine))
        never = engine.collect(store.read_latest(USES, on_or_before=99, engine=engine))

    assert then["uses"].to_pylist() == [7, 5]
    assert never.num_rows == 0
    assert never.column_names == ["account_id", "uses", "share"]


def test_writing_a_day_again_replaces_it(store: Store) -> None:
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)
        store.write(USES, day=100, frame=ROWS.slice(1), at=AT, engine=engine)

        assert values(store, engine) == [(1, 7)]
    assert StoredFile.objects.filter(replaced_at__isnull=True).count() == 1
    assert StoredFile.objects.get(replaced_at__isnull=False).replaced_at == AT


def test_writing_the_same_rows_again_changes_nothing(store: Store) -> None:
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)
        before = list(StoredFile.objects.values())
        later = AT + timedelta(hours=1)

        assert store.write(USES, day=100, frame=ROWS, at=later, engine=engine) == 2
    assert list(StoredFile.objects.values()) == before
    assert len(list(store.home.rglob("*.*"))) == 2  # the file, and the writers' lock


def test_rows_that_are_not_as_declared_are_refused(store: Store) -> None:
    wrong = pa.table({"account_id": ["1"], "uses": [1], "colour": ["red"]})
    with open_engine(threads=1) as engine, pytest.raises(WrongColumns) as refused:
        store.write(USES, day=100, frame=wrong, at=AT, engine=engine)

    assert refused.value.sentence("en") == (
        "The columns of “uses” are not the declared ones: missing share;"
        " unknown colour; of another type account_id (String, int64)."
    )
    assert StoredFile.objects.count() == 0
    assert list(store.home.rglob("*.parquet")) == []


def test_a_column_of_nothing_but_null_fits_any_type(store: Store) -> None:
    empty = pa.table({"account_id": [1], "uses": [None], "share": [None]})
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=empty, at=AT, engine=engine)
        table = engine.collect(store.read(USES, engine=engine))

    assert table.schema.types == [pa.int64(), pa.int64(), pa.float64()]
    assert table.to_pylist() == [{"account_id": 1, "uses": None, "share": None}]


def test_what_is_not_a_number_is_not_known(store: Store) -> None:
    frame = pa.table({"account_id": [1, 2], "uses": [1, 1], "share": [float("nan"), 0.25]})
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=frame, at=AT, engine=engine)
        table = engine.collect(store.read(USES, engine=engine))

    assert table["share"].to_pylist() == [None, 0.25]


def test_leftovers_are_removed_and_a_replaced_file_is_kept_for_a_day(store: Store) -> None:
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=ROWS.slice(1), at=AT, engine=engine)
        store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)
        orphan = store.paths(USES)[0].with_name("100-deadbeef.parquet")
        orphan.write_bytes(b"half a file")
        orphan.with_suffix(".unfinished").write_bytes(b"a")

        assert store.remove_leftovers(at=AT) == 2
        assert store.remove_leftovers(at=AT) == 0
        assert store.remove_leftovers(at=AT + timedelta(days=1)) == 1
        assert values(store, engine) == [(1, 7), (2, 5)]
    assert StoredFile.objects.count() == 1
    assert len(list(store.home.rglob("*.parquet"))) == 1


def test_a_full_disk_is_told_and_the_day_keeps_its_rows(store: Store) -> None:
    wide = pa.table(
        {"account_id": list(range(50_000)), "uses": [1] * 50_000, "share": [0.5] * 50_000}
    )
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with open_engine(threads=1) as engine:
        store.write(USES, day=100, frame=ROWS, at=AT, engine=engine)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        try:
            with pytest.raises(StoreFull) as told:
                store.write(USES, day=100, frame=wide, at=AT, engine=engine)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, ignored)

        assert values(store, engine) == [(1, 7), (2, 5)]
    assert str(store.home) in told.value.sentence("zh-Hans")
    assert list(store.home.rglob("*.unfinished")) == []


WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
import pyarrow as pa
from tenure.records.tables import make_tables
from tenure.warehouse import store as stores
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.declaration import Column, Table

place, rows = sys.argv[1], int(sys.argv[2])
def die(*given, **named):
    os.kill(os.getpid(), signal.SIGKILL)
if place == "while writing":
    write = stores.Store.write.__globals__["flush"]
    stores.flush = die
elif place == "before the rename":
    stores.Path.rename = die
elif place == "before the list":
    stores._register = die
elif place == "in the transaction":
    stores.StoredFile.objects.create = die
else:
    make_tables()
uses = Table(name="uses", grain="one row per account", key=("account_id",),
             columns=(Column("account_id", "int64"), Column("uses", "int64")))
frame = pa.table({"account_id": list(range(rows)), "uses": [rows] * rows})
with open_engine(threads=1) as engine:
    stores.current_store().write(
        uses, day=100, frame=frame, at=datetime(2026, 6, 1, tzinfo=UTC), engine=engine)
"""

READER = """
import django
django.setup()
from datetime import UTC, datetime
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.declaration import Column, Table
uses = Table(name="uses", grain="one row per account", key=("account_id",),
             columns=(Column("account_id", "int64"), Column("uses", "int64")))
store = current_store()
store.remove_leftovers(at=datetime(2026, 6, 1, tzinfo=UTC))
with open_engine(threads=1) as engine:
    table = engine.collect(store.read(uses, engine=engine))
files = [path for path in store.home.rglob("*") if path.suffix in (".parquet", ".unfinished")]
print(table.num_rows, table["uses"].to_pylist()[0], len(files))
"""


def run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "TENURE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", ["while writing", "before the rename", "before the list", "in the transaction"]
)
def test_a_kill_while_writing_leaves_the_day_as_it_was(tmp_path: Path, place: str) -> None:
    first = run(tmp_path, WRITER, "nowhere", "3")
    killed = run(tmp_path, WRITER, place, "5")
    read = run(tmp_path, READER)

    assert first.returncode == 0, first.stderr
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert read.stdout.split() == ["3", "3", "1"], read.stderr
