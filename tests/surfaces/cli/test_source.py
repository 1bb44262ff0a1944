"""`tenure source` opens, lists and closes senders of events."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tenure.observe.intake.queries import hash_of, source_by_hash
from tenure.surfaces.cli import main, source

pytestmark = pytest.mark.django_db

type Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    business = SimpleNamespace(business=SimpleNamespace(zone="Asia/Shanghai"))
    monkeypatch.setattr(source, "current", lambda: business)
    monkeypatch.setenv("TENURE_LANG", "en")

    def run(*arguments: str, code: int = 0) -> str:
        assert main.run(["source", *arguments]) == code
        captured = capsys.readouterr()
        return captured.out or captured.err

    return run


def test_a_source_is_opened_listed_and_closed(run: Run) -> None:
    opened = json.loads(run("open", "app", "--kind", "client", "--json"))
    listed = json.loads(run("list", "--json"))
    found = source_by_hash(hash_of(opened["write_key"]))
    closed = run("close", "app")

    assert (opened["name"], opened["kind"]) == ("app", "client")
    assert listed == [{"name": "app", "kind": "client", "is_open": True}]
    assert found is not None
    assert (found.name, found.zone) == ("app", "Asia/Shanghai")
    assert closed == "The source “app” is closed.\n"
    assert run("list") == "○  client  app\n"


def test_the_key_is_shown_once_in_words(run: Run) -> None:
    said, key = run("open", "shop").splitlines()

    assert said == "The write key is shown this once; keep it now:"
    assert source_by_hash(hash_of(key)) is not None


def test_an_unknown_source_is_refused(run: Run) -> None:
    assert run("close", "nobody", code=2) == (
        "No source is called “nobody”; see `tenure source list`.\n"
    )
