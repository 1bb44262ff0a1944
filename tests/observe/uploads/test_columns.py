"""Strangers' tables, column by column."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tenure.kernel.failures import Refusal
from tenure.observe.imports.mapping.refusals import ColumnTwice
from tenure.observe.uploads.columns import need_columns, read_columns
from tenure.observe.uploads.refusals import NoColumn, NoFile, NoRows, NotATable, UnevenRows

TEXT = "编号,套餐,金额,开通日,续费\n1,百兆,59.0,2026-01-02,是\n2,千兆, ,2026-02-03,否\n"


def _file(tmp_path: Path, content: bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf8.csv", TEXT.encode()),
        ("marked.csv", "\ufeff".encode() + TEXT.encode()),
        ("gbk.csv", TEXT.encode("gb18030")),
        ("packed.csv.gz", gzip.compress(TEXT.encode())),
        ("wide.csv", TEXT.encode("utf-16")),
        ("semicolons.csv", TEXT.replace(",", ";").encode()),
    ],
)
def test_a_table_is_read_whatever_wrote_it(tmp_path: Path, name: str, content: bytes) -> None:
    table = read_columns(_file(tmp_path, content, name))

    assert table.column_names == ["编号", "套餐", "金额", "开通日", "续费"]
    assert table.column("金额").to_pylist() == [59.0, None]
    assert table.column("开通日").to_pylist() == [date(2026, 1, 2), date(2026, 2, 3)]
    assert table.column("续费").to_pylist() == ["是", "否"]


def test_a_western_table_keeps_its_letters(tmp_path: Path) -> None:
    table = read_columns(_file(tmp_path, "who,n\nJosé,1\nZoë,2\n".encode("latin-1")))

    assert table.column("who").to_pylist() == ["José", "Zoë"]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    written = pa.table(
        {"a": [1, 2], "b": ["007", None], "at": [datetime(2026, 1, 2, 8, tzinfo=UTC), None]}
    )
    parquet.write_table(written, path)

    assert read_columns(path).equals(written)


def test_a_number_that_is_a_text_far_below_makes_its_column_text(tmp_path: Path) -> None:
    rows = "".join(f"{number},{number}\n" for number in range(200_000))

    table = read_columns(_file(tmp_path, f"id,amount\n{rows}200000,about 7\n".encode()))

    assert table.schema.field("id").type == pa.int64()
    assert table.column("amount")[200_000].as_py() == "about 7"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotATable),
        (b"a,b\n", NoRows),
        (b"a,a\n1,2\n", ColumnTwice),
        (b"a,b\n1,2,3\n", UnevenRows),
        (b"PAR1 is no table", NotATable),
        (b"\x93\x00\x01 a picture", NotATable),
    ],
)
def test_no_table_is_refused(tmp_path: Path, content: bytes, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        read_columns(_file(tmp_path, content))


def test_a_file_or_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    table = read_columns(_file(tmp_path, b"renewed,arm\n1,a\n"))

    with pytest.raises(NoFile, match="check the path"):
        read_columns(tmp_path / "absent.csv")
    with pytest.raises(NoColumn, match="the nearest is “renewed”"):
        need_columns(table.column_names, ["arm", "renewd"], file="table.csv")
