"""`tenure import`: what it prints, and with which exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from tenure.records.customers.models import Account
from tenure.records.jobs.models import Lease
from tenure.surfaces.cli.main import run

GOOD = "id,name,started_on\na1,张伟,2024-01-15\n"
BAD = GOOD + "a2,x,3/4/24\n"


@pytest.fixture
def folder(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.TENURE_HOME = tmp_path / "home"
    monkeypatch.setenv("TENURE_LANG", "en")
    made = tmp_path / "files"
    made.mkdir()
    return made


def write(folder: Path, text: str | bytes, name: str = "accounts.csv") -> None:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)


def test_the_summary_is_a_table_with_each_file_and_the_total(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, GOOD)

    code = run(["import", str(folder)])

    output = capsys.readouterr().out
    assert code == 0
    assert "accounts.csv" in output
    assert "unchanged" in output
    assert Account.objects.get().name == "张伟"
    assert not Lease.objects.exists()


def test_the_json_holds_the_counts_and_the_first_rejected_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, BAD.replace("name", "shoe").encode("utf-8"))
    write(folder, "x\n", name="notes.csv")

    code = run(["import", str(folder), "--json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (told["read"], told["stored"], told["unchanged"], told["rejected"]) == (2, 1, 0, 1)
    (file,) = told["files"]
    assert (file["file"], file["encoding"], file["columns_not_read"]) == (
        "accounts.csv",
        "utf-8",
        [],
    )
    assert told["files_not_read"] == ["notes.csv"]
    (rejected,) = told["first_rejected"]
    assert (rejected["line"], rejected["column"], rejected["code"]) == (
        3,
        "started_on",
        "ambiguous_date",
    )
    assert rejected["sentence"]["zh"].startswith("accounts.csv 第 3 行，“started_on”列：")
    assert Path(told["rejected_csv"]).read_text(encoding="utf-8-sig").count("\n") == 2


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        ("en", "accounts.csv, line 3, column “started_on”: “3/4/24” does not say which is the day"),
        ("zh", "accounts.csv 第 3 行，“started_on”列：“3/4/24”的日、月顺序不明；请在映射里写明"),
    ],
)
def test_a_bad_line_is_told_in_one_sentence_in_the_readers_language(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tag: str,
    sentence: str,
) -> None:
    monkeypatch.setenv("TENURE_LANG", tag)
    write(folder, BAD)

    code = run(["import", str(folder)])

    about = [line for line in capsys.readouterr().err.splitlines() if "accounts.csv" in line]
    assert code == 0
    assert len(about) == 1
    assert about[0].startswith(sentence)


def test_strict_exits_with_2_and_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, BAD)

    code = run(["import", str(folder), "--strict", "--json"])

    told = capsys.readouterr()
    assert code == 2
    assert told.err.splitlines()[-1].endswith(
        "Lines with a fault: 1; with --strict nothing of that file was stored."
    )
    assert (json.loads(told.out)["stored"], json.loads(told.out)["rejected"]) == (0, 2)
    assert not Account.objects.exists()


def test_a_dry_run_says_so_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write(folder, BAD)

    code = run(["import", str(folder), "--dry-run", "--json"])

    told = capsys.readouterr()
    summary = json.loads(told.out)
    assert code == 0
    assert "nothing was written" in told.err
    assert (summary["dry_run"], summary["stored"], summary["rejected"]) == (True, 1, 1)
    assert (summary["batch"], summary["rejected_csv"]) == (None, None)
    assert not Account.objects.exists()
    assert not (tmp_path / "home").exists()


def test_gbk_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, GOOD.encode("gbk"))

    run(["import", str(folder)])

    assert "accounts.csv is not UTF-8 and was read as GBK" in capsys.readouterr().err


def test_a_directory_that_is_none_exits_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["import", str(folder / "none")])

    assert code == 2
    assert (
        capsys.readouterr()
        .err.strip()
        .endswith("is no directory; name the one that holds the CSV or Parquet files.")
    )
