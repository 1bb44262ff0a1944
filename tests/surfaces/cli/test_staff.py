"""`tenure staff add`: somebody can sign in, with a password that is shown once."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tenure.surfaces.cli import main
from tests.understand.warehouses import Warehouse


def test_somebody_who_was_added_can_sign_in(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main.run(["staff", "add", "zhou", "--role", "analyst", "--json"])
    shown = json.loads(capsys.readouterr().out)

    assert code == 0
    assert (shown["name"], shown["role"], shown["is_new"]) == ("zhou", "analyst", True)
    assert Client().login(username="zhou", password=shown["password"])


def test_a_new_password_replaces_the_old_one(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    main.run(["staff", "add", "zhou"])
    first = capsys.readouterr().out.splitlines()[1]
    main.run(["staff", "add", "zhou"])
    second = capsys.readouterr().out.splitlines()[1]

    assert not Client().login(username="zhou", password=first)
    assert Client().login(username="zhou", password=second)


def test_an_unknown_role_adds_nobody(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")

    code = main.run(["staff", "add", "zhou", "--role", "boss"])

    assert code == main.REFUSED
    assert capsys.readouterr().err.startswith("There is no role called “boss”")
    assert get_user_model()._default_manager.count() == 0
