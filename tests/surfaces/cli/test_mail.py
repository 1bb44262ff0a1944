"""`tenure mail`: the records of our domain, told and checked without a network (R-C-033)."""

import json
from pathlib import Path

import pytest

from tenure.surfaces.cli import main
from tests.act.messages.test_dkim import DOMAIN, a_key
from tests.understand.warehouses import Warehouse


def test_records_are_told_and_checked(
    broadband: Warehouse,
    settings: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    settings.TENURE_DKIM_KEY = str(a_key(tmp_path / "key.pem"))  # type: ignore[attr-defined]
    told = main.run(["mail", "dns"])
    zone = tmp_path / "zone"
    zone.write_text(capsys.readouterr().out + f"{DOMAIN}. IN MX 10 mx.{DOMAIN}.\n")

    good = main.run(["mail", "check", str(zone), "--json"])
    found = {one["about"]: one["mark"] for one in json.loads(capsys.readouterr().out)}
    zone.write_text("")
    bad = main.run(["mail", "check", str(zone)])
    said = capsys.readouterr().out
    gone = main.run(["mail", "check", str(tmp_path / "nowhere")])

    assert (told, good, bad, gone) == (0, 0, 1, 2)
    assert found == {"spf": "good", "dkim": "good", "dmarc": "good", "mx": "good"}
    assert f"✗ {DOMAIN} has no SPF record" in said
    assert "nowhere cannot be read" in capsys.readouterr().err
