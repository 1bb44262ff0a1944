"""SMB-01: a small shop runs the starter strategy on its own member list, by commands alone.

One plan table, one T−30/T−7/T−3 journey, one survey, one report, on imported CSV in under fifteen
minutes: here the commands of the README are typed as an owner would, and timed.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tenure.records.contacts.models import Message
from tenure.records.customers.models import Person
from tenure.surfaces.cli.main import run

SHOP = Path(__file__).parents[2] / "examples" / "small_shop"
FIRST = date(2026, 6, 1)
FIFTEEN_MINUTES = 15 * 60


@contextmanager
def morning_after(day: date) -> Iterator[None]:
    """The owner comes in at half past nine in Shanghai, the day after."""
    at = datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC) + timedelta(days=1)
    with time_machine.travel(at, tick=True):
        yield


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TENURE_HOME = tmp_path
    monkeypatch.setenv("TENURE_LANG", "en")


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.usefixtures("shop")
def test_a_small_shop_is_running_in_under_fifteen_minutes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    begun = time.perf_counter()
    with morning_after(FIRST - timedelta(days=1)):
        assert run(["strategy", "apply", "small_business", "--json"]) == 0
        applied = told(capsys)
        assert run(["import", str(SHOP), "--json"]) == 0
        imported = told(capsys)
    for offset in range(4):
        with morning_after(FIRST + timedelta(days=offset)):
            as_of = str(FIRST + timedelta(days=offset))
            assert run(["run", "--as-of", as_of, "--json"]) == 0
            day = told(capsys)
            assert day["understand"]["live"] == day["understand"]["scored"] == 57
    assert run(["report", "--json"]) == 0
    report = told(capsys)
    seconds = time.perf_counter() - begun

    assert applied["plans"] == ["standard", "plus"]
    assert applied["journeys"] == {"renewal": [30, 7, 3]}
    assert (applied["surveys"], applied["reports"]) == (["nps"], ["monthly"])
    assert (imported["read"], imported["stored"], imported["rejected"]) == (534, 534, 0)
    steps = Message.objects.values_list("journey", "step")
    assert set(steps) == {
        ("renewal", "t30"),
        ("renewal", "t7"),
        ("renewal", "t3"),
        ("survey", "play"),
    }
    survey = Message.objects.get(step="play", account__external_id="M013")
    assert (survey.template, survey.channel) == ("survey_nps", "email")
    assert [part["part"] for part in report["parts"]] == [
        "due",
        "renewal_rate",
        "at_risk",
        "forecast",
        "nps",
    ]
    assert report["as_of"] == "2026-06-04"
    assert report["parts"][-1]["figures"]["count"] == 10
    assert seconds < FIFTEEN_MINUTES / 10


@pytest.mark.slow
@pytest.mark.usefixtures("shop")
def test_the_report_is_readable_in_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with morning_after(FIRST):
        run(["import", str(SHOP)])
        run(["run", "--as-of", str(FIRST)])
    capsys.readouterr()

    run(["report", "monthly"])
    english = capsys.readouterr().out
    monkeypatch.setenv("TENURE_LANG", "zh")
    run(["report", "monthly"])
    chinese = capsys.readouterr().out

    assert english.startswith("# Renewal report of the month\nXiaoman Studio · 2026-06-01\n")
    assert "Net promoter score of 90 days: +" in english
    assert chinese.startswith("# 续费月报\n小满工作室 · 2026-06-01\n")
    assert "净推荐值" in chinese


@pytest.mark.usefixtures("shop")
def test_the_member_list_keeps_what_members_prefer() -> None:
    """DAT-06: the spreadsheet's columns for channel and hours become the person's preferences."""
    with morning_after(FIRST):
        run(["import", str(SHOP)])

    evening = Person.objects.get(external_id="M001")
    assert (str(evening.preferred_from), str(evening.preferred_until)) == ("18:30:00", "20:30:00")
    by_mail = Person.objects.get(external_id="M005")
    assert by_mail.preferred_channels == ["email"]
    assert Person.objects.get(external_id="M002").preferred_channels == []
