"""`tenure voice`: any file of texts can be tried (FBK-01, FBK-02)."""

import csv
import json
from pathlib import Path

import pytest

from tenure.surfaces.cli.main import REFUSED, run
from tests.understand.voice.test_topics import some_texts


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Texts of eight weeks with who wrote them, in GBK with dates as the Chinese write them."""
    monkeypatch.setenv("TENURE_LANG", "en")
    texts, about = some_texts(300)
    path = tmp_path / "said.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["内容", "日期", "收入", "好坏"])
        for n, (text, matter) in enumerate(zip(texts, about, strict=True)):
            side = "好评" if matter == "moving" else "差评"
            writer.writerow([text, f"2026/03/{n % 28 + 1:02}", f"¥{n % 7 + 1},000.00", side])
    return path


@pytest.mark.django_db
def test_topics_of_a_file_are_told_and_keep_their_ids(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = ["voice", "topics", str(file), "--text", "内容", "--time", "日期", "--revenue", "收入"]

    assert run([*asked, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    (tmp_path / "last.json").write_text(json.dumps(first), "utf-8")
    assert run([*asked, "--before", str(tmp_path / "last.json"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert run(asked) == 0

    assert first["texts"] == 300
    assert [one["rank"] for one in first["topics"]] == list(range(1, len(first["topics"]) + 1))
    assert [one["id"] for one in first["topics"]] == [one["id"] for one in again["topics"]]
    assert not any(one["is_new"] for one in again["topics"])
    told = capsys.readouterr().out
    assert "Ranked by affected revenue times frequency" in told
    assert "Billing" in told


@pytest.mark.django_db
def test_sentiment_is_fitted_and_scored(
    file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model, rows = tmp_path / "m.npz", tmp_path / "scores.csv"

    asked = ["voice", "sentiment", "fit", str(file), "--text", "内容", "--label", "好坏"]
    assert run([*asked, "--to", str(model), "--json"]) == 0
    quality = json.loads(capsys.readouterr().out)
    score = ["voice", "sentiment", "score", str(file), "--text", "内容", "--model", str(model)]
    assert run([*score, "--to", str(rows)]) == 0

    assert quality["auc"] == 1.0
    assert capsys.readouterr().out.startswith("300 texts: ")
    assert len(rows.read_text("utf-8-sig").splitlines()) == 301


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (["--text", "内客"], "has no column “内客”"),
        (["--text", "内容", "--time", "收入"], "does not hold dates"),
        (["--text", "内容", "--revenue", "日期"], "does not hold numbers"),
        (["--text", "内容", "--before", "nowhere.json"], "is no output of"),
    ],
)
def test_what_a_file_lacks_is_said(
    file: Path, capsys: pytest.CaptureFixture[str], extra: list[str], told: str
) -> None:
    assert run(["voice", "topics", str(file), *extra]) == REFUSED
    assert told in capsys.readouterr().err
