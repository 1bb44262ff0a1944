"""`tenure model`: any table in, a report and a model out, and scores for another table."""

import json
import random
import re
from pathlib import Path

import pytest

from tenure.surfaces.cli.main import run
from tenure.surfaces.cli.model import _tell
from tests.understand.outcomes.tables import a_table, written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table with a planted leak, fitted once from the command line."""
    home = tmp_path_factory.mktemp("model")
    table = a_table(160)
    table["离网原因"] = ["价格" if one == "Yes" else "" for one in table["churn"]]
    written(table, home / "客户.csv", encoding="gb18030")
    with (home / "客户.csv").open("a", encoding="gb18030") as file:
        file.write("C,only,three\n")
    wish = ["--outcome", "Churn", "--base-rate", "0.2", "--out", str(home / "model")]
    assert run(["model", "fit", str(home / "客户.csv"), *wish]) == 0
    return home


def test_the_report_stands_as_json_and_as_a_page_in_both_languages(folder: Path) -> None:
    """PRD-01: rows, kinds of columns, leaks by name, figures, calibration; nothing from outside."""
    report = json.loads((folder / "model" / "report.json").read_text(encoding="utf-8"))

    assert report["rows"]["read"] == 160
    assert report["rows"]["of_another_width"] == 1
    assert report["rows"]["twice"] == ""
    assert [one["column"] for one in report["leaks"] if one["refused"]] == ["离网原因"]
    kinds = {one["column"]: one["kind"] for one in report["columns"]}
    assert kinds["customer_id"] == "identifier"
    assert len(report["challengers"]) == 2
    assert report["base_rate"]["true"] == 0.2
    for tag, words in (("zh", "泄露检查"), ("en", "Leak check")):
        page = (folder / "model" / f"report.{tag}.html").read_text(encoding="utf-8")
        assert words in page
        assert "离网原因" in page
        assert "http" not in page
        assert "<script" not in page


def test_scores_are_written_with_reasons(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    path = written(a_table(60, seed=3), folder / "b.csv", delimiter=";")

    code = run(["model", "score", str(path), "--model", str(folder / "model"), "--json"])

    assert code == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["rows"]) == 60
    assert told["rows"][0]["customer_id"] == "C00000"
    assert all(0 < row["p_leave"] < 1 for row in told["rows"])


@pytest.mark.parametrize(
    ("content", "outcome", "said"),
    [("a,churn\n1,Yes\n2,No\n", "churn", "at least 100"), ("a,churn\n", "churn", "holds no rows"),
     ("a,churn\n1,\n", "churn", "empty throughout"),
     ("a,churn\n1,0\n2,0\n", "churn", "one outcome"),
     ("a,churn\n1,Yes\n", "chrun", "Did you mean: churn"), ("", "churn", "is empty")],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_code_two(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    outcome: str,
    said: str,
) -> None:
    """TOP-20: what is wrong and what would be needed, in either language."""
    path = tmp_path / "a.csv"
    path.write_text(content)
    for language in ("en", "zh"):
        monkeypatch.setenv("TENURE_LANG", language)

        code = run(["model", "fit", str(path), "--outcome", outcome, "--out", str(tmp_path)])

        told = capsys.readouterr()
        assert code == 2
        assert told.out == ""
        assert len(told.err.strip().splitlines()) == 1
        if language == "en":
            assert said in told.err
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_what_was_left_out_of_a_table_is_told_at_once(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of another width and names that stand twice are told where one looks first."""
    monkeypatch.setenv("TENURE_LANG", "en")
    report = json.loads((folder / "model" / "report.json").read_text(encoding="utf-8"))
    report["rows"] |= {"without_outcome": 3, "twice": "fee"}

    _tell(report, folder)

    said = capsys.readouterr().out
    assert "Rows without an outcome, not learned from: 3" in said
    assert "Rows with another number of cells than the header, passed over: 1" in said
    assert "the later ones are called fee.1, fee.2" in said


def test_the_area_of_the_verdict_lies_inside_its_own_interval(folder: Path) -> None:
    """Both are of all judged rows together; the mean of the parts may lie elsewhere."""
    report = json.loads((folder / "model" / "report.json").read_text(encoding="utf-8"))
    chance = report["chance"]

    told = float(re.search(r"AUC ([0-9.]+)", chance["says"]["en"])[1])  # type: ignore[index]

    assert chance["auc_low"] <= told <= chance["auc_high"]


def test_columns_that_say_nothing_get_a_verdict_and_no_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOP-20: an EMPC beside "not better than chance" would look like a result."""
    monkeypatch.setenv("TENURE_LANG", "en")
    chance = random.Random(1)
    table = {
        "x": [f"{chance.random():.4f}" for _ in range(400)],
        "churn": [chance.choice(("yes", "no", "no")) for _ in range(400)],
    }
    path = written(table, tmp_path / "noise.csv")

    code = run(["model", "fit", str(path), "--outcome", "churn", "--out", str(tmp_path / "m")])

    told = capsys.readouterr().out
    assert code == 0
    assert "Not better than chance: AUC" in told
    assert "so no score is offered" in told
    assert "Champion" not in told
    assert "EMPC" not in told
