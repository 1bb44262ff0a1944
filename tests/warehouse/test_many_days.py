"""Many days written by whom you like count all at once, or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Column, Table

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
USES = Table(
    name="uses",
    grain="one row per account",
    key=("account_id",),
    columns=(Column("account_id", "int64"), Column("uses", "int64")),
)


def a_row(uses: int) -> pa.Table:
    return pa.table({"account_id": [1], "uses": [uses]})


def broken_off(store: Store) -> None:
    with store.many_days(USES, at=AT) as days:
        pq.write_table(a_row(1), days.path(100))
        days.add(100, rows=1)
        pq.write_table(a_row(2), days.path(101))
        raise KeyError


def read(store: Store) -> list[int]:
    with open_engine(threads=1) as engine:
        uses: list[int] = engine.collect(store.read(USES, engine=engine))["uses"].to_pylist()
    return sorted(uses)


def test_many_days_count_together_and_replace_what_was_there(tmp_path: Path) -> None:
    store = Store(home=tmp_path / "warehouse")
    with open_engine(threads=1) as engine:
        store.write(USES, day=101, frame=a_row(9), at=AT, engine=engine)

    with store.many_days(USES, at=AT) as days:
        for day in (100, 101):
            pq.write_table(a_row(day), days.path(day))
            days.add(day, rows=1)
        before = read(store)
        days.count()

    assert before == [9]
    assert read(store) == [100, 101]
    assert store.days(USES) == [100, 101]


def test_days_that_break_off_leave_nothing(tmp_path: Path) -> None:
    store = Store(home=tmp_path / "warehouse")

    with pytest.raises(KeyError):
        broken_off(store)

    assert read(store) == []
    assert not list(store.home.rglob("*.unfinished"))
    assert store.remove_leftovers(at=AT) == 1
