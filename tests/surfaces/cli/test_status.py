"""`tenure status`: whether it is ready, and what to do where it is not."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tenure.records.jobs.actions import finish_run, finish_stage, start_run
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.surfaces.cli import main, status
from tests.builders import a_term, a_todo, an_account

AT = datetime(2026, 3, 12, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")


def a_finished_run(as_of: date) -> None:
    run = start_run(as_of, strategy_hash="x", at=AT)
    run = finish_stage(run, "observe", counts={"events": 3}, seconds=1.5)
    finish_run(run, at=AT, by="test")


@pytest.mark.django_db
def test_empty_home_says_what_to_do_first() -> None:
    found = status._status(AT)

    assert found["ready"] is False
    assert list(found["problems"]) == ["no_strategy", "no_customers", "never_run"]
    assert found["problems"]["no_customers"]["en"] == (
        "There are no customers; run `tenure import DIRECTORY` or `tenure demo`."
    )


@pytest.mark.django_db
def test_running_business_is_ready_and_counted() -> None:
    apply_strategy(preset("broadband"), by="test", at=AT)
    a_todo(term=a_term(ends_on=date(2026, 4, 1)))
    an_account()
    a_finished_run(date(2026, 3, 11))

    found = status._status(AT)

    assert found["ready"] is True
    assert found["problems"] == {}
    assert found["last_run"] == {
        "as_of": date(2026, 3, 11),
        "finished_at": AT,
        "seconds": {"observe": 1.5},
    }
    counts = found["counts"]
    assert (counts["accounts"], counts["live_terms"], counts["due_terms"]) == (2, 1, 1)
    assert counts["todos_open"] == 1


@pytest.mark.django_db
def test_loop_that_is_behind_is_told_and_still_ready() -> None:
    apply_strategy(preset("broadband"), by="test", at=AT)
    an_account()
    a_finished_run(date(2026, 3, 1))

    found = status._status(AT)

    assert found["ready"] is True
    assert list(found["problems"]) == ["run_is_old"]
    assert "2026-03-01" in found["problems"]["run_is_old"]["en"]


@pytest.mark.django_db
def test_json_is_the_only_thing_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["status", "--json"]) == 0

    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["counts"]["accounts"] == 0
