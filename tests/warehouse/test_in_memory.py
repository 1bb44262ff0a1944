"""A table that is in memory is stored as one that an engine computes."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tenure.warehouse.engines import open_engine
from tenure.warehouse.in_memory import known_in_memory
from tenure.warehouse.tables.declaration import Column, Table

SCORES = Table(
    name="scores",
    grain="one row per term",
    key=("term_id",),
    columns=(
        Column("term_id", "int64"),
        Column("account_id", "int32"),
        Column("plan", "string"),
        Column("score", "float64"),
    ),
)
ROWS = pa.table(
    {
        "score": [0.5, float("nan"), None, -0.0],
        "plan": ["home", None, "office", "家庭"],
        "account_id": pa.array([7, 2, 7, 1], type=pa.int64()),
        "term_id": pa.array([4, 3, 2, 1], type=pa.int16()),
    }
)


def test_rows_are_declared_sorted_and_what_is_no_number_is_not_known() -> None:
    stored = known_in_memory(ROWS, SCORES)

    assert stored is not None
    assert stored.to_pydict() == {
        "term_id": [1, 3, 4, 2],
        "account_id": [1, 2, 7, 7],
        "plan": ["家庭", None, "home", "office"],
        "score": [-0.0, None, 0.5, None],
    }
    assert [str(one) for one in stored.schema.types] == ["int64", "int32", "string", "double"]


def test_the_file_is_the_one_that_an_engine_writes(tmp_path: Path) -> None:
    stored = known_in_memory(ROWS, SCORES)
    assert stored is not None

    with open_engine(threads=1) as engine:
        engine.write(stored, tmp_path / "engine.parquet", sorted_by=("account_id",))
    pq.write_table(stored, tmp_path / "memory.parquet", use_dictionary=["plan"], compression="zstd")

    assert (tmp_path / "engine.parquet").read_bytes() == (tmp_path / "memory.parquet").read_bytes()


def test_what_an_engine_has_yet_to_compute_is_left_to_it() -> None:
    with open_engine(threads=1) as engine:
        assert known_in_memory(engine.frame(ROWS), SCORES) is None
