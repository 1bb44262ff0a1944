"""WIN-02: what a returning customer exported elsewhere is checked row by row, and kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.brought.actions import Upload, bring
from tenure.records.brought.models import BroughtFile
from tenure.records.brought.rules import (
    BadRows,
    NotMapped,
    Unreadable,
    checked,
    guess,
    read_sheet,
)
from tenure.records.journal.models import Entry
from tenure.strategy.benefits import BroughtData
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, an_account


def the_data() -> BroughtData:
    back = preset("broadband").benefits.comeback
    assert back is not None
    return back.data["usage"]


CSV = "流量,Month\n12.5,2026-01-01\n\n7,2026/02/01\n".encode("gb18030")


def test_columns_are_found_by_the_names_that_others_use() -> None:
    sheet = read_sheet(CSV, name="export.csv")

    assert guess(the_data(), sheet.header) == {"month_on": "Month", "usage_gb": "流量"}


def test_a_table_is_kept_once_however_often_it_is_sent(either_database: str) -> None:
    """WIN-02."""
    account, data = an_account(), the_data()
    sheet = read_sheet(CSV, name="export.csv")
    upload = Upload(account.pk, data, "export.csv", sheet, guess(data, sheet.header))

    first = bring(upload, on=AS_OF, at=AT, by="customer")
    again = bring(upload, on=AS_OF, at=AT, by="customer")

    assert first == again
    assert first.rows == [
        {"month_on": "2026-01-01", "usage_gb": "12.5"},
        {"month_on": "2026-02-01", "usage_gb": "7"},
    ]
    assert Entry.objects.get(kind="data.brought").content["rows"] == 2


def test_json_is_a_table_too() -> None:
    rows = [{"month": "2026-01-01", "gb": 3, "more": None}, {"gb": 4.5, "month": "2026-02-01"}]

    sheet = read_sheet(json.dumps(rows).encode(), name="x.json")

    assert sheet.header == ("month", "gb", "more")
    assert [one["gb"] for one in sheet.rows] == ["3", "4.5"]


def test_each_wrong_row_is_named_and_nothing_is_kept_until_that_is_settled(
    either_database: str,
) -> None:
    content = b"month,gb\n2026-01-01,3\nsoon,4\n2026-03-01,many\n2026-04-01,\n"
    sheet, data = read_sheet(content, name="a.csv"), the_data()
    mapping = guess(data, sheet.header)
    upload = Upload(an_account().pk, data, "a.csv", sheet, mapping)

    found = checked(data, sheet, mapping=mapping)
    with pytest.raises(BadRows, match="3 rows"):
        bring(upload, on=AS_OF, at=AT, by="customer")

    assert [(one.row, one.problem.en) for one in found.faults] == [
        (2, "“soon” is no date (2026-01-31)"),
        (3, "“many” is no number"),
        (4, "is empty"),
    ]
    assert not BroughtFile.objects.exists()


def test_the_others_can_be_taken_alone(either_database: str) -> None:
    content = b"month,gb\n2026-01-01,3\nsoon,4\n"
    sheet, data = read_sheet(content, name="a.csv"), the_data()
    upload = Upload(
        an_account().pk, data, "a.csv", sheet, guess(data, sheet.header), leaves_out=True
    )

    assert bring(upload, on=AS_OF, at=AT, by="customer").count == 1


def test_a_needed_column_must_be_named(either_database: str) -> None:
    sheet = read_sheet(b"month,zzz\n2026-01-01,3\n", name="a.csv")
    upload = Upload(an_account().pk, the_data(), "a.csv", sheet, {"month_on": "month"})

    with pytest.raises(NotMapped, match="traffic in GB"):
        bring(upload, on=AS_OF, at=AT, by="customer")


@pytest.mark.parametrize(
    "content",
    [b"", b"a,a\n1,2\n", b"[1, 2]", b"[{", b"a,b\n", b"\xff\xfe\x00\x80", b"x" * 2_000_001,
     b"a\n" + b"1\n" * 5_001],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_sheet(content, name="a.csv")


@given(st.text(max_size=30), st.sampled_from(["=", "+", "-", "@", "＝", "＋", "－", "＠"]))
def test_no_text_that_a_spreadsheet_would_run_is_kept(rest: str, mark: str) -> None:
    back = preset("broadband").benefits.comeback
    assert back is not None
    data = back.data["devices"]
    content = json.dumps([{"name": mark + rest}]).encode()
    sheet = read_sheet(content, name="a.json")

    found = checked(data, sheet, mapping={"name": "name"})

    assert all(not row["name"].startswith(mark) for row in found.rows)
    assert len(found.rows) + found.bad_rows == 1
