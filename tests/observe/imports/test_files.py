"""Files as they lie there: encodings, packing, line numbers, damage."""

import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.imports.files.survey import Survey, survey
from tenure.observe.imports.files.tables import Row, header_of, rows_of

CHINESE = "编号,姓名,地址\n1,张伟,杭州市西湖区文三路\n2,李娜,上海市浦东新区世纪大道\n"


def looked_at(tmp_path: Path, raw: bytes, *, name: str = "a.csv", encoding: str = "") -> Survey:
    path = tmp_path / name
    path.write_bytes(raw)
    return survey(path, name=name, encoding=encoding)


def rows(file: Survey, *, delimiter: str = "") -> list[Row]:
    width = len(header_of(file, delimiter=delimiter))
    return list(rows_of(file, width=width, delimiter=delimiter))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_its_mark(tmp_path: Path, encoding: str) -> None:
    file = looked_at(tmp_path, CHINESE.encode(encoding))

    assert (file.encoding, file.is_broken, file.was_detected) == ("utf-8", False, False)
    assert header_of(file) == ["编号", "姓名", "地址"]
    assert list(rows(file)[0].cells) == ["1", "张伟", "杭州市西湖区文三路"]


def test_gbk_is_found_out_and_said(tmp_path: Path) -> None:
    file = looked_at(tmp_path, CHINESE.encode("gbk"))

    assert (file.encoding, file.was_detected) == ("gb18030", True)
    assert [row.cells[1] for row in rows(file)] == ["张伟", "李娜"]


def test_gbk_that_the_mapping_names_is_not_found_out(tmp_path: Path) -> None:
    file = looked_at(tmp_path, CHINESE.encode("gbk"), encoding="gbk")

    assert (file.encoding, file.was_detected, file.is_broken) == ("gb18030", False, False)


def test_one_broken_line_of_a_utf8_file_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    raw = CHINESE.encode().replace("李娜".encode(), b"\xe6\x9d")

    file = looked_at(tmp_path, raw)

    first, second = rows(file)
    assert (file.encoding, file.is_broken) == ("utf-8", True)
    assert (first.refusal, first.cells[1]) == (None, "张伟")
    assert second.line == 3
    assert second.refusal is not None
    assert second.refusal.code == "broken_text"


def test_latin_letters_are_not_taken_for_chinese(tmp_path: Path) -> None:
    raw = "id,name\n1,Zoé\n2,Müller\n3,Ångström\n".encode("latin-1")

    file = looked_at(tmp_path, raw)

    assert (file.encoding, file.is_broken) == ("utf-8", True)
    assert [row.refusal is not None for row in rows(file)] == [True, True, True]


def test_utf16_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="CSV UTF-8"):
        looked_at(tmp_path, "id,name\n".encode("utf-16"))


@pytest.mark.parametrize("raw", [b"", gzip.compress(b"")], ids=["plain", "gzip"])
def test_an_empty_file_is_refused_with_its_first_line(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        looked_at(tmp_path, raw)

    assert caught.value.told.en == (
        "a.csv is empty (line 1 should be the header); export it again, or take it away."
    )


def test_a_header_alone_is_no_row(tmp_path: Path) -> None:
    assert rows(looked_at(tmp_path, b"id,name\r\n")) == []


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    raw = b'id,note\r\n1,"two\r\nlines"\r\n\r\n,\r\n2,"a ""quoted"" word"\r\n3,x\r\n'

    found = rows(looked_at(tmp_path, raw))

    assert [(row.line, list(row.cells)) for row in found] == [
        (2, ["1", "two\r\nlines"]),
        (6, ["2", 'a "quoted" word']),
        (7, ["3", "x"]),
    ]


def test_a_line_with_too_many_or_too_few_cells_is_refused_alone(tmp_path: Path) -> None:
    found = rows(looked_at(tmp_path, b"id,name\n1,Li, Na\n2\n3,Wei\n"))

    assert [(row.line, row.refusal.code if row.refusal else None) for row in found] == [
        (2, "cell_count"),
        (3, "cell_count"),
        (4, None),
    ]


def test_quotes_that_do_not_match_are_refused_where_they_begin(tmp_path: Path) -> None:
    found = rows(looked_at(tmp_path, b'id,name\n1,"Li" Na\n2,Wei\n3,"never closed\n4,x\n'))

    assert [(row.line, row.refusal.code if row.refusal else None) for row in found] == [
        (2, "broken_quotes"),
        (3, None),
        (4, "broken_quotes"),
    ]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_header(tmp_path: Path, sign: str) -> None:
    raw = f'id{sign}name{sign}note\n1{sign}"Li, Na"{sign}"a;b|c"\n'.encode()

    (row,) = rows(looked_at(tmp_path, raw))

    assert list(row.cells) == ["1", "Li, Na", "a;b|c"]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="“name” stands there twice"):
        header_of(looked_at(tmp_path, b"id,name,name\n"))


def test_gzip_is_read_whatever_its_name(tmp_path: Path) -> None:
    file = looked_at(tmp_path, gzip.compress(CHINESE.encode()), name="a.csv")

    assert [row.line for row in rows(file)] == [2, 3]


def test_a_gzip_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(CHINESE.encode() * 1000)

    with pytest.raises(Refusal) as caught:
        looked_at(tmp_path, whole[: len(whole) // 2])

    assert caught.value.code == "damaged_file"


def test_parquet_gives_the_texts_that_a_csv_would_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "id": [1, 2],
        "amount": [29.85, None],
        "exact": [Decimal("9.90"), Decimal("0.10")],
        "on": [date(2026, 3, 4), None],
        "at": [datetime(2026, 3, 4, 12, 30), None],  # noqa: DTZ001 as stored
        "flag": [True, False],
        "words": [["email", "sms"], []],
    }
    pq.write_table(pa.table(columns), path)

    file = survey(path, name="a.parquet")

    assert header_of(file) == list(columns)
    assert [(row.line, list(row.cells)) for row in rows(file)] == [
        (1, ["1", "29.85", "9.90", "2026-03-04", "2026-03-04 12:30:00", "true", "email;sms"]),
        (2, ["2", "", "0.10", "", "", "false", ""]),
    ]


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        header_of(looked_at(tmp_path, b"PAR1 and nothing else", name="a.parquet"))

    assert caught.value.code == "damaged_file"
