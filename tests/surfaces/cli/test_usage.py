"""`tenure usage`: what was used comes in from a table, and is charged by tier (BIL-04)."""

import json
from datetime import date
from pathlib import Path

import pytest

from tenure.kernel.periods import Period
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.usage.queries import used
from tenure.strategy.loading import PRESETS
from tenure.surfaces.cli.main import run
from tests.builders import AT, a_term

MAY = Period(date(2026, 5, 1), date(2026, 6, 1))


@pytest.mark.django_db
def test_use_is_brought_in_and_a_day_told_again_takes_the_newer_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(PRESETS / "saas", by="test", at=AT)
    term = a_term(external_id="S-1")
    path = tmp_path / "use.csv"
    head = "contract,meter,day,units\n"
    path.write_text(
        f"{head}S-1,api_calls,2026-05-10,120\nS-1,api_calls,2026-05-11,30\n"
        "S-9,api_calls,2026-05-10,5\nS-1,api_calls,,5\nS-1,storage,2026-05-10,1.5\n"
    )

    assert run(["usage", str(path), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    path.write_text(f"{head}S-1,api_calls,2026-05-10,100\nS-1,api_calls,2026-05-11,30\n")
    assert run(["usage", str(path), "--json"]) == 0

    assert first == {"read": 5, "changed": 2, "unknown": 1, "bad": 2}
    assert json.loads(capsys.readouterr().out)["changed"] == 1
    assert used(term.subscription_id, MAY) == {"api_calls": 130}
