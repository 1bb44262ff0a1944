"""A list as people upload it: CSV of any kind or XLSX, read row by row, within limits."""

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.imports.mapping.refusals import DamagedFile, EmptyFile
from tenure.observe.uploads import sheets
from tenure.observe.uploads.lists import NoContractColumn, read_list, table_text, template
from tenure.observe.uploads.sheets import FileTooLarge, NoTable
from tenure.records.subscriptions.batches.refusals import TooManyLines
from tenure.records.subscriptions.batches.rules import MOST_LINES, Wish


def a_csv(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def an_xlsx(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    path = folder / "list.xlsx"
    book.save(path)
    return path


def brief(wish: Wish) -> tuple[object, ...]:
    return (wish.place, wish.contract, wish.cycle_months, wish.plan_code, wish.quantity)


EXPECTED = [
    (2, "ZX-01", 12, None, None),
    (3, "ZX-02", 24, "fibre-1000", 3),
    (5, "ZX-03", None, None, None),
]


def test_rows_keep_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    """ENT-01: a blank line is no row, and is counted."""
    text = (
        "contract,cycle,plan,seats,site\nZX-01,12,,,HQ\nZX-02,2 years,fibre-1000,3,\n\nZX-03,,,,\n"
    )

    wishes = read_list(a_csv(tmp_path, text), name="list.csv")

    assert [brief(one) for one in wishes] == EXPECTED
    assert wishes[0].given == {
        "contract": "ZX-01", "cycle": "12", "plan": "", "seats": "", "site": "HQ",
    }  # fmt: skip


def test_a_chinese_list_in_gbk_with_semicolons_is_the_same(tmp_path: Path) -> None:
    text = (
        "合同编号;周期（月）;套餐;席位;安装地点\nZX-01;12 个月;;;浙江省杭州市西湖区文三路一号\n"
        "ZX-02;2年;fibre-1000;3;上海市浦东新区世纪大道一百号\n\nZX-03;;;;北京市海淀区中关村大街\n"
    )

    wishes = read_list(a_csv(tmp_path, text, encoding="gbk"), name="list.csv")

    assert [brief(one) for one in wishes] == EXPECTED


def test_a_workbook_is_read_with_its_numbers_as_they_are_seen(tmp_path: Path) -> None:
    rows = [
        ("合同编号", "周期（月）", "套餐", "席位", "开通"),
        ("ZX-01", 12, None, None, date(2026, 1, 1)),
        ("ZX-02", 24.0, "fibre-1000", 3, None),
        (None, None, None, None, None),
        ("ZX-03", None, None, None, None),
    ]

    wishes = read_list(an_xlsx(tmp_path, rows), name="list.xlsx")

    assert [brief(one) for one in wishes] == EXPECTED
    assert wishes[0].given["开通"].startswith("2026-01-01")


@pytest.mark.parametrize(
    ("cells", "column"),
    [("ZX-01,yearly,", "cycle_months"), ("ZX-01,12,none", "seats"), ("ZX-01,12,-3", "seats"),
     ("ZX-01,12,2.5", "seats"), ("ZX-01,0,1", "cycle_months")],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_named_with_its_column(
    tmp_path: Path, cells: str, column: str
) -> None:
    (wish,) = read_list(a_csv(tmp_path, f"contract,cycle,seats\n{cells}\n"), name="list.csv")

    assert wish.fault["column"] == column
    assert "请更正" in wish.fault["sentence"]["zh"]
    assert "correct it" in wish.fault["sentence"]["en"]


def test_a_row_with_too_many_cells_is_a_fault_of_this_row_alone(tmp_path: Path) -> None:
    wishes = read_list(a_csv(tmp_path, "contract,plan\nA,\nB,x,y\nC,\n"), name="list.csv")

    assert [(one.place, one.fault.get("code")) for one in wishes] == [
        (2, None), (3, "cell_count"), (4, None),
    ]  # fmt: skip


def test_a_list_that_names_no_contract_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(NoContractColumn) as refused:
        read_list(a_csv(tmp_path, "customer,plan\nA,\n"), name="list.csv")

    assert "customer, plan" in refused.value.sentence("en")


def test_what_is_no_list_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
    archive = tmp_path / "other.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("notes.txt", "hello")
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(an_xlsx(tmp_path, [("contract",), ("A",)]).read_bytes()[:900])
    empty = a_csv(tmp_path, "", name="empty.csv")

    found: list[type[Refusal]] = []
    for path in (picture, archive, cut, empty):
        with pytest.raises(Refusal) as refused:
            read_list(path, name=path.name)
        found.append(refused.type)

    assert found == [NoTable, NoTable, DamagedFile, EmptyFile]


def test_an_archive_that_unpacks_to_very_much_is_never_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "x")
        made.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MOST_UNPACKED + 1))

    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(FileTooLarge):
        read_list(bomb, name="bomb.xlsx")


def test_a_list_that_is_too_long_stops_being_read(tmp_path: Path) -> None:
    text = "contract\n" + "A\n" * (MOST_LINES + 5)

    with pytest.raises(TooManyLines) as refused:
        read_list(a_csv(tmp_path, text), name="list.csv")

    assert "split the file" in refused.value.sentence("en")


def test_no_cell_of_a_file_of_ours_is_run_as_a_formula() -> None:
    """R-U-035: and spreadsheets see that it is UTF-8."""
    text = table_text([("contract", "=1+1"), ("@SUM(A1)", "+49"), ("-1", "plain")])

    assert text.startswith("\ufeff")
    assert text.splitlines()[1:] == ["'@SUM(A1),'+49", "'-1,plain"]
    assert "'=1+1" in text


def test_the_list_to_fill_in_is_read_back(tmp_path: Path) -> None:
    for language in ("zh-Hans", "en"):
        text = table_text(template(["ZX-01", "ZX-02"], language=language))
        wishes = read_list(a_csv(tmp_path, text), name="list.csv")
        assert [brief(one) for one in wishes] == [
            (2, "ZX-01", None, None, None), (3, "ZX-02", None, None, None),
        ]  # fmt: skip
