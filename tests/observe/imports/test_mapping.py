"""Mappings are read strictly: file, path, and the nearest name."""

from pathlib import Path

import pytest

from tenure.kernel.failures import Refusal
from tenure.observe.imports.files.finding import plan_of
from tenure.observe.imports.mapping.fields import KINDS
from tenure.observe.imports.mapping.reading import read_mapping
from tenure.observe.imports.mapping.shapes import Mapped

GOOD = """
[import]
source = "crm"

[[file]]
path = "customers.csv"
date = "dd/mm/yyyy"
[file.account]
id = "customer_id"
name = { columns = ["first", "last"], join = " " }
started_on = "since"
"""


def mapped(tmp_path: Path, text: str) -> Mapped:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def refused(tmp_path: Path, text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        mapped(tmp_path, text)
    return caught.value


def test_a_mapping_says_where_each_field_comes_from(tmp_path: Path) -> None:
    found = mapped(tmp_path, GOOD)

    (making,) = found.files[0].makings
    assert (found.source, making.kind.name) == ("crm", "account")
    assert making.specs["id"].columns == ("customer_id",)
    assert (making.specs["name"].columns, making.specs["name"].join) == (("first", "last"), " ")
    assert making.specs["started_on"].date == "dd/mm/yyyy"


@pytest.mark.parametrize(
    ("before", "after", "path", "hint"),
    [
        ('source = "crm"', 'sorce = "crm"', "import.sorce", "nearest is “source”"),
        ("[import]", "[imports]", "imports", "nearest is “import”"),
        ("name = {", "nmae = {", "file[customers.csv].account.nmae", "the nearest is “name”"),
        ("[file.account]", "[file.acount]", "file[customers.csv].acount", "nearest is “account”"),
        ('since"', 'since"\n[file.coupon]\nid = "x"', "file[customers.csv].coupon", "not known"),
        ("columns =", "colums =", "account.name.column", "exactly one of column"),
        ("dd/mm/yyyy", "dd/mm", "file[customers.csv].date", "no date format"),
        ('date = "dd', 'encoding = "latin-1"\ndate = "dd', "encoding", "latin-1"),
        ('"since"', '{ column = "since", months_ago = 3 }', "months_ago", "true or false"),
        ('"since"', '{ column = "since", per = "month" }', "started_on.per", "not known"),
        ('"since"', "3", "started_on", "name of a column"),
        ("customers.csv", "../customers.csv", "path", "leads out of the directory"),
        ('source = "crm"', 'source = "crm"\nzone = "Mars/Base"', "zone", "no time zone"),
        ('source = "crm"', 'source = "crm"\ncurrency = "CNX"', "currency", "nearest is “CNY”"),
        ('id = "customer_id"', "", "account.id", "missing"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, path: str, hint: str
) -> None:
    assert before in GOOD

    refusal = refused(tmp_path, GOOD.replace(before, after))

    assert refusal.code == "mapping_error"
    assert refusal.told.en.startswith("Mapping file mapping.toml, at ")
    assert path in refusal.told.en
    assert hint in refusal.told.en
    assert refusal.told.zh.startswith("映射文件 mapping.toml 的 ")


def test_two_kinds_of_units_do_not_mix(tmp_path: Path) -> None:
    text = GOOD + '[file.account.attributes]\nuse = { column = "u", unit = "MB", to = "minutes" }\n'

    assert "MB cannot be turned into minutes" in refused(tmp_path, text).told.en


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        (b"[import\n", "not valid TOML"),
        ("source = '编码'".encode("gbk"), "not UTF-8 (byte 11)"),
    ],
)
def test_a_mapping_that_is_no_toml_is_refused(tmp_path: Path, raw: bytes, hint: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_bytes(raw)

    with pytest.raises(Refusal) as caught:
        read_mapping(path)

    assert hint in caught.value.told.en


def test_a_mapping_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read: No such file"):
        plan_of(tmp_path, mapping=tmp_path / "none.toml")


def test_a_missing_column_names_the_file_the_place_and_the_nearest(tmp_path: Path) -> None:
    mapped(tmp_path, GOOD)
    (tmp_path / "customers.csv").write_text("customerid,first,last,since\n")

    with pytest.raises(Refusal) as caught:
        plan_of(tmp_path)

    assert caught.value.told.en == (
        "customers.csv has no column “customer_id”, which file[customers.csv].account.id needs, "
        "the nearest is “customerid”; its columns: customerid, first, last, since. Change the "
        "mapping or the file."
    )


def test_a_file_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    mapped(tmp_path, GOOD)
    (tmp_path / "customer.csv").write_text("a\n")

    with pytest.raises(Refusal) as caught:
        plan_of(tmp_path)

    assert caught.value.code == "no_such_file"
    assert "found: customer.csv, mapping.toml" in caught.value.told.en


def test_a_directory_without_a_known_file_lists_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "kunden.xlsx").write_bytes(b"PK")

    with pytest.raises(Refusal) as caught:
        plan_of(tmp_path)

    assert caught.value.code == "nothing_to_import"
    assert "kunden.xlsx" in caught.value.told.zh
    assert "accounts.csv, people.csv" in caught.value.told.en


def test_our_own_format_needs_no_mapping_and_keeps_further_columns(tmp_path: Path) -> None:
    (tmp_path / "Accounts.csv").write_text("ID,Name,started_on,shoe size\n")
    (tmp_path / "notes.csv").write_text("x\n")

    plan = plan_of(tmp_path)

    (making,) = plan.files[0].rules.makings
    assert making.specs["id"].columns == ("ID",)
    assert list(making.rest) == ["shoe size"]
    assert (plan.mapped.source, plan.left_alone) == ("csv", ["notes.csv"])


def test_our_own_format_says_which_column_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("id,name,start_on\n")

    with pytest.raises(Refusal, match="the nearest is “start_on”") as caught:
        plan_of(tmp_path)

    assert caught.value.code == "missing_column"


def test_files_are_read_in_the_order_in_which_they_name_each_other(tmp_path: Path) -> None:
    headers = {kind.file: ",".join(kind.fields) for kind in KINDS}
    for name, header in headers.items():
        (tmp_path / f"{name}.csv").write_text(f"{header}\n")

    names = [one.file.name.removesuffix(".csv") for one in plan_of(tmp_path).files]

    assert names == list(headers)


def test_every_field_of_our_own_format_is_documented() -> None:
    pages = Path(__file__).parents[3] / "docs"
    for page in (pages / "importing.md", pages / "importing.zh-Hans.md"):
        text = page.read_text(encoding="utf-8")
        for kind in KINDS:
            assert f"`{kind.file}.csv`" in text
            assert [name for name in kind.fields if f"`{name}`" not in text] == []
