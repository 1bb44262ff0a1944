"""What changed, laid over the file of the last copy."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tenure.warehouse.readers.columns import schema_of, write_stored
from tenure.warehouse.readers.merging import Change, same_again, write_over
from tenure.warehouse.tables.declaration import Column, Table

SCORES = Table(
    name="scores",
    grain="one row per player",
    key=("id",),
    columns=(Column("id", "int64"), Column("score", "int64")),
)
ZONE = "UTC"


def a_file(path: Path, scores: dict[int, int]) -> Path:
    schema = schema_of(SCORES)
    batch = pa.record_batch([list(scores), list(scores.values())], schema=schema)
    write_stored([batch], path, schema=schema)
    return path


def over(base: Path, path: Path, *, keys: list[int], fresh: dict[int, int]) -> dict[int, int]:
    rows = pa.record_batch([list(fresh), list(fresh.values())], schema=schema_of(SCORES))
    written = write_over(base, path, change=Change(pa.array(keys), [rows]), table=SCORES, zone=ZONE)
    table = pq.read_table(path)
    assert written == table.num_rows
    assert table["id"].to_pylist() == sorted(table["id"].to_pylist())
    return dict(zip(table["id"].to_pylist(), table["score"].to_pylist(), strict=True))


def test_changed_rows_are_replaced_new_ones_added_and_lost_ones_gone(tmp_path: Path) -> None:
    base = a_file(tmp_path / "base", {1: 10, 3: 30, 5: 50})

    found = over(base, tmp_path / "new", keys=[1, 2, 5, 7], fresh={2: 21, 5: 51, 7: 71})

    assert found == {2: 21, 3: 30, 5: 51, 7: 71}


def test_a_file_that_loses_everything_is_empty(tmp_path: Path) -> None:
    base = a_file(tmp_path / "base", {1: 10})

    assert over(base, tmp_path / "new", keys=[1], fresh={}) == {}


def test_without_a_change_the_file_is_the_same_and_takes_no_room(tmp_path: Path) -> None:
    base = a_file(tmp_path / "base", {1: 10})

    rows = same_again(base, tmp_path / "new")

    assert rows == 1
    assert (tmp_path / "new").stat().st_ino == base.stat().st_ino
