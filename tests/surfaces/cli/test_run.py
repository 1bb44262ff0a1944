"""TOP-01, STD-09: `tenure run` and `tenure outbox` as somebody at a terminal uses them."""

import errno
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from tenure.kernel import clock
from tenure.loop.leases import held
from tenure.records.contacts.models import Message
from tenure.records.jobs.models import Run
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.surfaces.cli import main
from tenure.surfaces.cli import run as verbs
from tests.act.messages.test_bounces import a_report
from tests.builders import AT, a_message, a_term

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def business(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TENURE_HOME = tmp_path
    monkeypatch.setenv("TENURE_LANG", "en")
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))


def yesterday() -> date:
    return clock.today("Asia/Shanghai", clock.now()) - timedelta(days=1)


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_day_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    a_term(ends_on=yesterday() + timedelta(days=90))

    code = main.run(["run", "--as-of", yesterday().isoformat(), "--json"])

    document = told(capsys)
    assert code == 0
    assert document["as_of"] == yesterday().isoformat()
    assert document["observe"]["events"] == 0
    assert document["understand"]["scored"] == 1
    assert (document["decide"]["chosen"], document["decide"]["withheld"]) == (0, 0)
    assert (document["act"]["messages"], document["act"]["todos"]) == (1, 0)
    assert {"treated", "holdout"} <= document["prove"].keys()
    assert set(document["seconds"]) == {"observe", "understand", "decide", "act", "prove"}


def test_the_second_time_says_that_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    main.run(["run", "--as-of", yesterday().isoformat()])
    capsys.readouterr()
    before = list(Run.objects.values())

    code = main.run(["run", "--as-of", yesterday().isoformat()])

    assert code == 0
    assert "was finished before; nothing has changed." in capsys.readouterr().out
    assert list(Run.objects.values()) == before


def test_without_a_day_yesterday_is_run() -> None:
    assert main.run(["run"]) == 0
    assert Run.objects.get().as_of == yesterday()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "is being run by"), ("zh", "正在由")], ids=["en", "zh"]
)
def test_two_at_once_is_one_sentence_and_not_exit_0(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    said: str,
) -> None:
    monkeypatch.setenv("TENURE_LANG", language)

    with held("loop", by="cli:zhou"):
        code = main.run(["run", "--as-of", yesterday().isoformat()])

    told = capsys.readouterr()
    assert code == 2
    assert (told.out, said in told.err, "cli:zhou@" in told.err) == ("", True, True)
    assert len(told.err.strip().splitlines()) == 1
    assert not Run.objects.exists()


def test_a_day_to_come_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["run", "--as-of", "2999-01-01"]) == 2
    assert "2999-01-01 has not come yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError("database or disk is full"),
    ],
    ids=["files", "records"],
)
def test_a_full_disk_is_one_sentence(error: Exception) -> None:
    with pytest.raises(verbs.DiskFull) as told, verbs._told_when_full():
        raise error

    assert "is full; make room and run again" in told.value.sentence("en")
    assert "磁盘已满" in told.value.sentence("zh-Hans")


def test_another_failure_stays_what_it_is() -> None:
    with pytest.raises(PermissionError), verbs._told_when_full():
        raise PermissionError(errno.EACCES, "no")


@pytest.fixture
def messages() -> list[Message]:
    term = a_term(days_left=7)
    return [
        a_message(term=term, state="sent"),  # type: ignore[arg-type]
        a_message(term=term, state="suppressed", reason="holdout"),  # type: ignore[arg-type]
    ]


def test_the_outbox_shows_every_message_and_why(
    messages: list[Message], capsys: pytest.CaptureFixture[str]
) -> None:
    """TOP-09: a why for everything that was sent and that was not."""
    assert main.run(["outbox", "--json"]) == 0
    document = told(capsys)
    assert [one["id"] for one in document["messages"]] == [one.pk for one in reversed(messages)]
    assert document["messages"][0]["why"] == {
        "zh": "对照组：只收法定通知和凭据",
        "en": "holdout: legal notices and receipts only",
    }
    assert document["messages"][1]["why"] is None

    main.run(["outbox", "--state", "suppressed"])
    assert "holdout: legal notices and receipts only" in capsys.readouterr().out


def test_sending_is_stopped_and_resumed(capsys: pytest.CaptureFixture[str]) -> None:
    main.run(["outbox", "--stop", "--json"])
    assert told(capsys)["stopped"] is True
    main.run(["outbox", "--resume", "--json"])
    assert told(capsys)["stopped"] is False


def test_a_bounce_is_taken_from_a_file(tmp_path: Path, messages: list[Message]) -> None:
    Message.objects.filter(pk=messages[0].pk).update(id=7)
    mail = tmp_path / "bounce.eml"
    mail.write_bytes(a_report("5.1.1"))

    assert main.run(["outbox", "--take", str(mail)]) == 0

    assert Message.objects.get(pk=7).state == "failed"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["outbox", "--take", "/nowhere/bounce.eml"], "/nowhere/bounce.eml cannot be read"),
        (["outbox", "--state", "sended"], "No message is ever “sended”"),
        (["run", "--as-of", "2026-02-30"], "“2026-02-30” is not a date; write it like"),
    ],
)
def test_bad_input_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main.run(arguments) == 2
    assert said in capsys.readouterr().err
