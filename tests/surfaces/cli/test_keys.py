"""`tenure key`: the key is shown once, and can be closed."""

import json

import pytest

from tenure.records.keys.models import ApiKey
from tenure.records.keys.queries import find
from tenure.surfaces.cli import main
from tests.understand.warehouses import Warehouse


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")


def test_a_key_is_made_listed_and_closed(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    made = main.run(["key", "create", "crm", "--json"])
    shown = json.loads(capsys.readouterr().out)
    opens = find(shown["key"]) is not None
    closed = main.run(["key", "close", shown["id"]])
    said = capsys.readouterr().out
    main.run(["key", "list", "--json"])
    listed = json.loads(capsys.readouterr().out)

    assert (made, closed, opens) == (0, 0, True)
    assert said == f"The key {shown['id']} is closed.\n"
    assert listed == [{"id": shown["id"], "name": "crm", "scope": "customers", "is_open": False}]
    assert find(shown["key"]) is None


def test_a_person_reads_the_key_with_a_word_of_warning(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    main.run(["key", "create", "prometheus", "--scope", "metrics"])

    first, key, _ = capsys.readouterr().out.split("\n")
    assert first == "The key is shown this once; keep it now:"
    assert find(key) == ApiKey.objects.get()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create", "crm", "--scope", "all"], "There is no scope called “all”"),
        (["close", "nobody"], "No open key has the id “nobody”"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    broadband: Warehouse,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    code = main.run(["key", *arguments])

    assert code == main.REFUSED
    assert capsys.readouterr().err.startswith(sentence)
    assert ApiKey.objects.count() == 0
