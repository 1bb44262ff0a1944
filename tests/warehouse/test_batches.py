"""A file is read as it lies, and says what an engine says of it."""

from pathlib import Path

import pyarrow as pa
import pytest

from tenure.warehouse.batches import Source
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.declaration import Column, Table

SOLD = Table(
    name="sold",
    grain="one row per term",
    key=("term_id",),
    columns=(Column("term_id", "int64"), Column("plan", "string"), Column("day", "int32")),
)
ROWS = pa.table(
    {
        "term_id": pa.array([1, 2, 3, 4]),
        "plan": pa.array(["home", None, "家庭", "home"]),
        "day": pa.array([7, None, 9, 9], type=pa.int32()),
    }
)
SAID = {"day": [7, None, 9, 9], "plan": ["home", None, "家庭", "home"]}


def read(table: Table, path: Path, *, is_file_known: bool) -> tuple[int, dict[str, list[object]]]:
    """Two columns in an order of their own, text as words."""
    with open_engine(threads=1) as engine:
        source = Source(table, engine.scan([path], table), engine, path if is_file_known else None)
        rows, batches = source.read(("day", "plan"))
        said = [batch.to_pydict() for batch in batches]
    return rows, {name: [one for part in said for one in part[name]] for name in said[0]}


@pytest.mark.parametrize("is_file_known", [True, False])
def test_a_file_says_the_same_as_it_lies_and_by_an_engine(
    tmp_path: Path, is_file_known: bool
) -> None:
    path = tmp_path / "sold.parquet"
    with open_engine(threads=1) as engine:
        engine.write(ROWS, path)

    assert read(SOLD, path, is_file_known=is_file_known) == (4, SAID)


def test_a_file_of_another_declaration_is_read_by_the_engine(tmp_path: Path) -> None:
    """What a file of an older shape lacks is null, and its numbers are those of today's."""
    path = tmp_path / "older.parquet"
    with open_engine(threads=1) as engine:
        older = ROWS.set_column(2, "day", ROWS["day"].cast(pa.int64())).drop_columns("plan")
        engine.write(older, path)

    assert read(SOLD, path, is_file_known=True) == (4, SAID | {"plan": [None] * 4})
