"""`tenure strategy` and `tenure report`: what decides now, and one page of what came of it."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tenure.records.jobs.actions import finish_run, start_run
from tenure.records.strategies.models import Revision
from tenure.strategy.loading import PRESETS
from tenure.surfaces.cli.main import run
from tests.builders import AT


@pytest.fixture(autouse=True)
def home(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.TENURE_HOME = tmp_path / "home"
    monkeypatch.setenv("TENURE_LANG", "en")
    return tmp_path


def test_a_ready_strategy_is_applied_by_its_name_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["strategy", "apply", "small_business"]) == 0
    first = capsys.readouterr().out
    assert run(["strategy", "apply", "small_business"]) == 0
    second = capsys.readouterr().out

    assert first.startswith("Applied: Xiaoman Studio, Asia/Shanghai, CNY; revision ")
    assert second.startswith("This one is in use already: Xiaoman Studio")
    assert Revision.objects.count() == 1


def test_a_directory_of_ones_own_is_applied(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = home / "mine"
    shutil.copytree(PRESETS / "small_business", own)
    text = (own / "business.toml").read_text(encoding="utf-8")
    (own / "business.toml").write_text(text.replace("Xiaoman", "Moonrise"), encoding="utf-8")

    assert run(["strategy", "apply", str(own), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["business"]["en"], told["changed"]) == ("Moonrise Studio", True)
    assert told["journeys"] == {"renewal": [30, 7, 3]}


def test_a_mistake_in_a_file_changes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = home / "mine"
    shutil.copytree(PRESETS / "small_business", own)
    (own / "reports.toml").write_text("effective_on = 2000-01-01\nreprot = 1\n", encoding="utf-8")

    assert run(["strategy", "apply", str(own)]) == 2

    assert "reports.toml, at reprot" in capsys.readouterr().err
    assert not Revision.objects.exists()


def test_a_name_that_is_neither_lists_the_ready_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["strategy", "apply", "smal_business"]) == 2

    assert "broadband, membership, saas, small_business" in capsys.readouterr().err


def test_the_strategy_that_decides_now_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    run(["strategy", "apply", "small_business"])
    capsys.readouterr()

    assert run(["strategy", "show"]) == 0

    told = capsys.readouterr().out
    assert "Plans: Standard, Plus" in told
    assert "Renewal: T−30, T−7, T−3" in told
    assert "Surveys: Recommendation" in told


def test_without_a_strategy_one_sentence_says_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["strategy", "show"]) == 2

    assert "run `tenure strategy apply DIRECTORY` first" in capsys.readouterr().err


def test_a_report_needs_a_day_that_was_run(capsys: pytest.CaptureFixture[str]) -> None:
    run(["strategy", "apply", "small_business"])

    assert run(["report"]) == 2

    assert "nothing to report yet" in capsys.readouterr().err


def test_a_report_is_of_the_day_that_was_finished_last(capsys: pytest.CaptureFixture[str]) -> None:
    run(["strategy", "apply", "small_business"])
    day = start_run(date(2026, 6, 15), strategy_hash="x", at=AT)
    finish_run(day, at=AT, by="test")
    capsys.readouterr()

    assert run(["report", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["report"], told["as_of"]) == ("monthly", "2026-06-15")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["report", "mnthly", "--as-of", "2026-06-15"], "the nearest is “monthly”"),
        (["report", "--as-of", "15.6.2026"], "is not a date"),
    ],
)
def test_what_cannot_be_reported_is_one_sentence(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["strategy", "apply", "small_business"])

    assert run(words) == 2

    assert hint in capsys.readouterr().err
