"""`tenure value`: strangers' tables of contracts and purchases (MET-03, TOP-16)."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tenure.surfaces.cli.main import REFUSED, run
from tests.understand.value.test_tables import REGULAR, a_shop


def a_file(folder: Path, header: str, rows: list[str]) -> str:
    path = folder / "table.csv"
    path.write_text("\n".join([header, *rows]), "utf-8")
    return str(path)


def test_contracts_tell_what_keeping_one_is_worth_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = a_file(tmp_path, "year,left", [f"{n},{one / 10}" for n, one in enumerate(REGULAR)])
    asked = ["value", "contracts", file, "--survivors", "left", "--of", "1000", "--margin", "300"]

    for tag, told in (
        ("en", "before the 1st to 5th renewal is worth, in terms: 2.964, 4.103, 4.870"),
        ("zh-Hans", "留住一位客户值（期）：2.964、4.103、4.870"),
    ):
        monkeypatch.setenv("TENURE_LANG", tag)
        assert run(asked) == 0
        page = capsys.readouterr().out
        assert told in page
        assert "α 0.704" in page
        assert "889.32" in page


def test_purchases_write_a_row_of_each_customer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    shop = a_shop()
    days = days_of(shop.day.tolist())
    rows = [
        f"{'=' if one == 0 else ''}c{one},{day},{paid:.2f}"
        for one, day, paid in zip(shop.customer.tolist(), days, shop.amount.tolist(), strict=True)
    ]
    file, out = a_file(tmp_path, "who,on,paid", rows), tmp_path / "each.csv"
    asked = ["value", "purchases", file, "--customer", "who", "--time", "on", "--amount", "paid"]

    assert run([*asked, "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run(asked) == 0

    page = capsys.readouterr().out
    assert told["customers"] == 600
    assert told["checked"]["came"] > 0
    assert "purchases are expected (P10" in page
    assert "Checked: from the first two thirds" in page
    lines = out.read_text("utf-8-sig").splitlines()
    assert len(lines) == 601
    assert lines[1].startswith("'=c0,")


def days_of(days: list[int]) -> list[str]:
    return [str(date(2025, 1, 1) + timedelta(days=one)) for one in days]


@pytest.mark.parametrize(
    ("rows", "more", "told"),
    [
        (["a,2025-01-01", "b,2025-01-02"], [], "There are 2 customers, 0 of whom bought again"),
        (["a,yesterday"], [], "does not hold dates"),
        ([",", ",2025-01-01"], [], "No row names a customer and a day"),
        (["a,2025-01-01"], ["--until", "2020-01-01"], "until 2020-01-01"),
        (["a,2025-01-01"], ["--until", "soon"], "“soon” is no day"),
        (["a,2025-01-01"], ["--weeks", "0"], "--weeks must be above 0"),
        (["a,2025-01-01"], ["--amount", "gone"], "gone"),
    ],
)
def test_a_table_that_says_nothing_is_refused_in_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    rows: list[str],
    more: list[str],
    told: str,
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    file = a_file(tmp_path, "who,on", rows)

    code = run(["value", "purchases", file, "--customer", "who", "--time", "on", *more])

    assert code == REFUSED
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cells", "more", "told"),
    [
        (["100", "86.9", "74.3"], [], "say with --of how many there were at the start"),
        (["100", "many", "74"], [], "does not hold numbers"),
        (["100", "-1", "0"], [], "does not hold numbers (for example: -1)"),
        (["", ""], [], "has seen 0 renewals; at least 2 are needed"),
        (["100", "80", "90"], [], "After renewal 2 more are left (90) than before (80)"),
        (["100", "100", "100"], [], "None of 100 customers left"),
        (["100", "80", "70"], ["--discount", "0"], "--discount must be above 0"),
    ],
)
def test_a_cohort_that_says_nothing_is_refused_in_a_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    cells: list[str],
    more: list[str],
    told: str,
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    file = a_file(tmp_path, "year,left", [f"{n},{one}" for n, one in enumerate(cells)])

    code = run(["value", "contracts", file, "--survivors", "left", *more])

    assert code == REFUSED
    assert told in capsys.readouterr().err
