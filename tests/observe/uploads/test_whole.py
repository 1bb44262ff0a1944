"""Files as people send them: encodings, delimiters, gzip, Parquet, amounts and dates."""

import gzip
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from tenure.observe.uploads.refusals import NoFile, NotATable, TooManyColumns
from tenure.observe.uploads.whole import read
from tenure.understand.outcomes.columns import Kind, columns_of
from tenure.understand.outcomes.values import blank, days, numbers


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_chinese_is_read_in_any_encoding(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["客户编号", "套餐", "流失"], ["甲一", "宽带百兆", "是"], ["乙二", "宽带千兆", "否"]]
    path = tmp_path / "表.csv"
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding=encoding)

    sheet = read(path)

    assert sheet.names == ["客户编号", "套餐", "流失"]
    assert sheet.columns["套餐"].to_pylist() == ["宽带百兆", "宽带千兆"]


def test_a_single_chinese_column_is_enough_to_tell_chinese(tmp_path: Path) -> None:
    """An outcome of single characters, as 是 and 否, in a table that is English beside it."""
    path = tmp_path / "a.csv"
    path.write_bytes("id,price,流失\n1,9.90,是\n2,19.90,否\n".encode("gbk"))

    sheet = read(path)

    assert sheet.encoding == "gb18030"
    assert sheet.columns["流失"].to_pylist() == ["是", "否"]


def test_western_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("name,city\nMüller,Köln\nPérez,Málaga\n".encode("cp1252"))

    assert read(path).columns["city"].to_pylist() == ["Köln", "Málaga"]


def test_gzip_and_parquet_are_told_by_what_they_hold(tmp_path: Path) -> None:
    packed = tmp_path / "packed.csv"
    packed.write_bytes(gzip.compress(b"a,b\n 1 ,x\n2,\n"))
    typed = tmp_path / "typed"
    pq.write_table(pa.table({"a": [1, 2], "b": pa.array(["x", None])}), typed)

    assert read(packed).columns["a"].to_pylist() == ["1", "2"]
    assert read(typed).columns["a"].to_pylist() == ["1", "2"]
    assert blank(read(typed).columns["b"]).tolist() == [False, True]


def test_a_spreadsheet_is_read_as_it_shows(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["客户", "金额", "备注"])
    book.active.append(["甲一", 59.0])
    path = tmp_path / "表.csv"
    book.save(path)

    sheet = read(path)

    assert {name: column.to_pylist() for name, column in sheet.columns.items()} == {
        "客户": ["甲一"], "金额": ["59"], "备注": [""],
    }  # fmt: skip


def test_what_was_divided_by_nothing_is_blank() -> None:
    assert blank(pa.array(["inf", " -Inf ", "#DIV/0!", "0"])).tolist() == [True, True, True, False]


def test_a_line_of_another_width_is_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4,5\n6,7\n")

    sheet = read(path)

    assert (sheet.rows, sheet.skipped) == (2, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\x89PNG\r\n\x00\x00\x01", "binary"), (b"just one line of words", "column"),
     (b"PAR1 broken", "cannot be read"), (b"\x1f\x8b broken", "cannot be read"),
     (b'[{"id": 1, "churn": 0}]', "it is JSON")],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with pytest.raises(NotATable) as refused:
        read(path)

    assert said in refused.value.sentence("en")
    assert "不是表格" in refused.value.sentence("zh-Hans")
    with pytest.raises(NoFile):
        read(tmp_path / "nowhere.csv")


def test_ten_thousand_columns_are_refused_with_the_most_that_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    line = ",".join(f"c{place}" for place in range(10_000))
    path.write_text(f"{line}\n{line}\n")

    with pytest.raises(TooManyColumns) as refused:
        read(path)

    assert "10000 columns for 1 rows; at most 2000" in refused.value.sentence("en")


@pytest.mark.parametrize(
    ("texts", "read_as"),
    [(["1", "-2.5", "1e3"], [1, -2.5, 1000]), (["¥1,299.00", "$3", "12%"], [1299, 3, 12]),
     (["1.234,56", "7,5", "3,0"], [1234.56, 7.5, 3])],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(texts: list[str], read_as: list[float]) -> None:
    found = numbers(pa.array(texts), known=np.ones(3, dtype=np.bool_))

    assert found is not None
    assert found.tolist() == read_as


@pytest.mark.parametrize(
    "text",
    ["2026-03-11", "2026/3/11", "20260311", "2026年3月11日", "11-Mar-26", "Mar 11, 2026",
     "2026-03-11T08:00:00Z", "2026-03-11 08:00"],
)  # fmt: skip
def test_a_day_is_read_in_any_of_its_forms(text: str) -> None:
    found = days(pa.array([text]), known=np.ones(1, dtype=np.bool_))

    assert found is not None
    assert found.tolist() == [20523]


def test_the_order_of_day_and_month_is_the_one_that_reads_more_rows() -> None:
    known = np.ones(2, dtype=np.bool_)
    by_day, by_month = days(pa.array(["25/03/2026", "11/03/2026"]), known=known), days(
        pa.array(["03/25/2026", "03/11/2026"]), known=known
    )  # fmt: skip

    assert by_day is not None
    assert by_month is not None
    assert by_day.tolist() == by_month.tolist() == [20537, 20523]


def test_each_column_is_taken_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["customerID,user_id,age,plan,since,note,one,none,gap"]
    lines += [
        f"K{row},{row // 4},{20 + row % 9},{'ab'[row % 2]},2026-01-{row % 28 + 1:02d},"
        f"a long remark about number {row} and what was said on the telephone,x,,{row % 3 or ' '}"
        for row in range(100)
    ]
    path.write_text("\n".join(lines))

    kinds = {one.name: one.kind for one in columns_of(read(path))}

    assert kinds == {
        "customerID": Kind.IDENTIFIER, "user_id": Kind.IDENTIFIER, "age": Kind.NUMBER,
        "plan": Kind.CATEGORY, "since": Kind.DATE, "note": Kind.TEXT, "one": Kind.CONSTANT,
        "none": Kind.EMPTY, "gap": Kind.NUMBER,
    }  # fmt: skip


def test_a_large_file_takes_little_more_than_its_own_room(tmp_path: Path) -> None:
    """Beside the columns themselves: three times the file and the top of it, not ten times."""
    path = tmp_path / "large.csv"
    lines = "".join(f"C{place},{place % 97},monthly,0.125\n" for place in range(200_000))
    path.write_text(f"customer,visits,contract,share\n{lines}")
    tracemalloc.start()

    sheet = read(path)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sheet.rows == 200_000
    assert peak < 3.3 * path.stat().st_size + 12_000_000
