"""`tenure retention`: the table, the last night, and what the next one would let go (R-P-036)."""

import json
from datetime import timedelta

import pytest

from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.surfaces.cli.main import run
from tests.builders import AS_OF, a_message, at_on
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse


def test_a_dry_run_counts_and_changes_nothing(
    broadband: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    """R-P-036."""
    on = AS_OF
    finish_day(broadband)
    old = a_message(planned_at=at_on(on - timedelta(days=500)), state=MessageState.SENT)

    codes = [run(["retention", "--dry-run", "--json"]), run(["retention"])]

    told, _, text = capsys.readouterr().out.partition("\n")
    found = json.loads(told)
    assert codes == [0, 0]
    assert found["gone"]["message_bodies"] == 1
    assert set(found["kept_from"]) == {
        "raw_events", "message_bodies", "delivery_receipts", "scores", "audit_log", "books",
        "sessions",
    }  # fmt: skip
    assert found["next"] is not None
    assert Message.objects.get(pk=old.pk).body
    assert "360" in text
