"""One engine is one connection that reads, collects and writes tables."""

from pathlib import Path

import narwhals.stable.v2 as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.warehouse.engines import UnknownEngine, open_engine
from tenure.warehouse.tables.declaration import Column, Table

USES = Table(
    name="uses",
    grain="one row per use",
    key=("account_id", "day"),
    columns=(
        Column("account_id", "int64"),
        Column("day", "int32"),
        Column("minutes", "float64"),
        Column("feature", "string"),
    ),
)


def test_literal_rows_keep_their_declared_types() -> None:
    with open_engine(threads=1) as engine:
        frame = engine.literal([(1, 20_000, 2.5, None)], columns=USES.columns)
        table = engine.collect(frame)

    assert table.schema.types == [pa.int64(), pa.int32(), pa.float64(), pa.string()]
    assert table.to_pylist() == [{"account_id": 1, "day": 20_000, "minutes": 2.5, "feature": None}]


def test_a_table_without_files_reads_as_no_rows_of_the_declared_columns() -> None:
    with open_engine(threads=1) as engine:
        table = engine.collect(engine.scan([], USES))

    assert table.num_rows == 0
    assert table.column_names == ["account_id", "day", "minutes", "feature"]
    assert table.schema.types == [pa.int64(), pa.int32(), pa.float64(), pa.string()]


def test_a_written_file_is_sorted_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "uses.parquet"
    rows = [(3, 1, 0.5, "crm"), (1, 2, 1.5, None), (2, 1, 2.5, "mail")]
    with open_engine(threads=1) as engine:
        written = engine.write(
            engine.literal(rows, columns=USES.columns), path, sorted_by=("account_id",)
        )
        table = engine.collect(engine.scan([path], USES))

    assert written == 3
    assert table["account_id"].to_pylist() == [1, 2, 3]
    assert table["feature"].to_pylist() == [None, "mail", "crm"]
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_what_an_older_file_lacks_is_null(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    pq.write_table(pa.table({"account_id": [1], "day": [5]}), tmp_path / "old" / "a.parquet")
    paths = [tmp_path / "old" / "a.parquet", tmp_path / "new" / "b.parquet"]
    with open_engine(threads=1) as engine:
        engine.write(engine.literal([(2, 6, 0.5, "crm")], columns=USES.columns), paths[1])
        table = engine.collect(engine.scan(paths, USES).sort("account_id"))
        reverse = engine.collect(engine.scan(paths[::-1], USES).sort("account_id"))

    assert table.to_pydict() == {
        "account_id": [1, 2],
        "day": [5, 6],
        "minutes": [None, 0.5],
        "feature": [None, "crm"],
    }
    assert reverse == table


def test_sums_of_whole_numbers_are_int64() -> None:
    with open_engine(threads=1) as engine:
        frame = engine.literal([(1, 4), (1, 6)], columns=["account_id", "uses"])
        table = engine.collect(frame.group_by("account_id").agg(nw.col("uses").sum()))

    assert table.schema.field("uses").type == pa.int64()
    assert table.to_pylist() == [{"account_id": 1, "uses": 10}]


def test_batches_stream_in_the_asked_size() -> None:
    with open_engine(threads=1) as engine:
        frame = engine.frame(pa.table({"account_id": list(range(10_000))}))
        sizes = [batch.num_rows for batch in engine.batches(frame, rows=4096)]

    assert sizes == [4096, 4096, 1808]


def test_frames_of_one_engine_join() -> None:
    with open_engine(threads=1) as engine:
        left = engine.literal([(1, "a"), (2, "b")], columns=["account_id", "name"])
        right = engine.frame(pa.table({"account_id": [2], "uses": [7]}))
        table = engine.collect(left.join(right, on="account_id", how="inner"))

    assert table.to_pylist() == [{"account_id": 2, "name": "b", "uses": 7}]


def test_an_unknown_engine_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownEngine) as refused:
        open_engine("excel")

    assert refused.value.sentence("en") == (
        "There is no engine called “excel”; set TENURE_ENGINE to duckdb."
    )
