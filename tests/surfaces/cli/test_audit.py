"""R-P-013: what was recorded about a set of subjects is exported within the hour."""

import csv
import time
from pathlib import Path

import pytest

from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.surfaces.cli.main import run
from tests.builders import AS_OF, AT, an_account

pytestmark = pytest.mark.django_db
ENTRIES = 4_000


@pytest.fixture(autouse=True)
def _strategy() -> None:
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))


def accounts() -> list[Account]:
    made = [an_account(external_id=f"LJ-{number}", name="=cmd|x") for number in range(3)]
    facts = (
        Fact("person.changed", on=AS_OF, account_id=made[number % 3].pk,
             content={"changed": ["=phone"], "number": number})
        for number in range(ENTRIES)
    )  # fmt: skip
    append_many(facts, at=AT, by="import:crm")
    return made


def test_r_p_013_the_journal_of_a_set_of_subjects_is_one_file_within_the_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A million entries at the processor time of these would take far less than an hour."""
    accounts()
    listed, out = tmp_path / "subjects.csv", tmp_path / "audit.csv"
    listed.write_text("customer\nLJ-0\nLJ-2\nLJ-2\nnobody\n", encoding="utf-8")
    begun = time.process_time()

    assert run(["audit", str(listed), "--out", str(out)]) == 0
    seconds = time.process_time() - begun

    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    expected = Entry.objects.filter(account__external_id__in=["LJ-0", "LJ-2"]).count()
    assert len(rows) == expected > ENTRIES // 2
    assert {one["customer"] for one in rows} == {"LJ-0", "LJ-2"}
    assert {one["by"] for one in rows} >= {"import:crm"}
    assert seconds / len(rows) * 1_000_000 < 3_600
    told = Entry.objects.get(kind="journal.exported").content
    assert (told["customers"], told["entries"]) == (2, expected)
    assert "2" in capsys.readouterr().out


def test_r_p_013_a_list_that_is_no_text_is_refused_and_of_nobody_writes_no_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accounts()
    listed, out = tmp_path / "subjects.csv", tmp_path / "audit.csv"
    listed.write_bytes(b"\xff\xfe\x00")
    assert run(["audit", str(listed), "--out", str(out)]) == 2
    assert "subjects.csv" in capsys.readouterr().err
    assert not out.exists()
    listed.write_text("customer\nnobody\n", encoding="utf-8")

    assert run(["audit", str(listed), "--out", str(out)]) == 0

    assert out.read_text(encoding="utf-8-sig").count("\n") == 1
