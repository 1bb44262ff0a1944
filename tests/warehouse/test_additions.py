"""Late rows are added to their days, once."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tenure.warehouse.additions import add_rows, stored_keys
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Column, Table

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, tzinfo=UTC)
VISITS = Table(
    name="visits",
    grain="one row per visit",
    key=("visit_id",),
    columns=(Column("visit_id", "string"), Column("day", "int32"), Column("minutes", "float64")),
    sorted_by=("visit_id",),
)


def visits(*rows: tuple[str, int, float]) -> pa.Table:
    names, days, minutes = zip(*rows, strict=True)
    return pa.table({"visit_id": names, "day": pa.array(days, type=pa.int32()), "minutes": minutes})


def test_rows_are_added_to_their_days_except_those_already_there(tmp_path: Path) -> None:
    store = Store(home=tmp_path)
    with open_engine(threads=1) as engine:
        first = add_rows(
            store, VISITS, rows=visits(("a", 1, 1.0), ("b", 2, 2.0)), at=AT, engine=engine
        )
        second = add_rows(
            store, VISITS, rows=visits(("b", 2, 9.0), ("c", 2, 3.0)), at=AT, engine=engine
        )
        stored = engine.collect(store.read(VISITS, engine=engine).sort("visit_id"))

    assert (first, second) == ({1: 1, 2: 1}, {2: 1})
    assert stored["visit_id"].to_pylist() == ["a", "b", "c"]
    assert stored["minutes"].to_pylist() == [1.0, 2.0, 3.0]


def test_keys_are_looked_for_in_the_days_asked_for(tmp_path: Path) -> None:
    store = Store(home=tmp_path)
    keys = pa.table({"visit_id": ["a", "b", "x"]})
    with open_engine(threads=1) as engine:
        add_rows(store, VISITS, rows=visits(("a", 1, 1.0), ("b", 2, 2.0)), at=AT, engine=engine)
        found = [
            stored_keys(store, VISITS, keys=keys, days=days, engine=engine)["visit_id"].to_pylist()
            for days in (range(1, 2), range(2, 3), range(3, 9))
        ]

    assert found == [["a"], ["b"], []]
