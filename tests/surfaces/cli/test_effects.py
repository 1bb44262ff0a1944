"""`tenure effects`: a stranger's table is learned from, in both languages (STD-03)."""

import json
from pathlib import Path

import numpy as np
import pytest

from tenure.surfaces.cli.main import REFUSED, run


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """2,000 customers: a call helps those who complained and harms the others."""
    chance = np.random.default_rng(2)
    complained, called = chance.integers(0, 2, (2, 2_000))
    level = 0.5 + np.where(complained == 1, 0.25, -0.15) * called
    stayed = (chance.random(2_000) < level).astype(int)
    path = tmp_path / "trial.csv"
    lines = [
        f"{'call' if call else 'none'},{stay},{plaint}"
        for call, stay, plaint in zip(called, stayed, complained, strict=True)
    ]
    path.write_text("\n".join(["given,stayed,complained", *lines]), encoding="utf-8")
    return path


def test_a_table_is_told_as_json(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--treatment", "given", "--outcome", "stayed", "--worth", "100", "--cost", "call=5"]

    code = run(["effects", str(trial), *asked, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["verdict"] == "personal"
    assert told["is_personal_better"] is True
    assert [one["arm"] for one in told["arms"]] == ["none", "call"]
    assert told["arms"][1]["chosen_for"] == pytest.approx(0.5, abs=0.03)
    assert told["personal"]["gain"]["value"] == pytest.approx(10.0, abs=2.5)


@pytest.mark.parametrize(
    ("language", "verdict"), [("en", "Choose for each customer"), ("zh", "为每位客户选择")]
)
def test_a_table_is_told_in_the_readers_language(
    trial: Path,
    language: str,
    verdict: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TENURE_LANG", language)

    code = run(["effects", str(trial), "--treatment", "given", "--outcome", "stayed"])

    assert code == 0
    assert verdict in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--cost", "five"], "write ACTION=AMOUNT"),
        (["--cost", "call=-1"], "the cost 0 or more"),
        (["--propensity", "p"], "no column “p”"),
    ],
)
def test_a_wrong_question_is_refused_in_one_sentence(
    trial: Path,
    more: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")

    code = run(["effects", str(trial), "--treatment", "given", "--outcome", "stayed", *more])

    assert code == REFUSED
    assert said in capsys.readouterr().err


def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")

    code = run(
        ["effects", str(tmp_path / "none.csv"), "--treatment", "given", "--outcome", "stayed"]
    )

    assert code == REFUSED
    assert "is no file that can be read" in capsys.readouterr().err
