"""A rehearsal clears away only what a rehearsal made."""

from datetime import date
from pathlib import Path

import pytest

from tenure.observe.imports.models import ImportBatch
from tenure.records.customers.models import Account
from tenure.world.rehearsal import home
from tenure.world.rehearsal.plan import Plan
from tests.builders import AT, an_account

PLAN = Plan("broadband", 400, 7, date(2026, 3, 11), 6)


def test_marker_tells_the_plan_and_the_summary(tmp_path: Path) -> None:
    (tmp_path / home.BEGUN).write_text("{}")

    home.finish(tmp_path, PLAN, summary={"observe": {"events": 3}})

    assert home.finished(tmp_path) == (PLAN, {"observe": {"events": 3}})


def test_rehearsal_that_was_broken_off_does_not_count(tmp_path: Path) -> None:
    (tmp_path / home.BEGUN).write_text("{}")
    home.finish(tmp_path, PLAN, summary={})

    (tmp_path / home.BEGUN).write_text("{}")

    assert home.finished(tmp_path) is None


@pytest.mark.django_db
def test_data_that_no_rehearsal_made_is_left_alone(tmp_path: Path) -> None:
    an_account()

    with pytest.raises(home.HomeInUse, match="TENURE_HOME"):
        home.begin(tmp_path, PLAN)

    assert Account.objects.count() == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_an_import_beside_a_finished_rehearsal_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / home.BEGUN).write_text("{}")
    home.finish(tmp_path, PLAN, summary={})
    ImportBatch.objects.create(source="crm", actor="import:crm", started_at=AT)

    with pytest.raises(home.HomeInUse):
        home.begin(tmp_path, PLAN)

    assert home.finished(tmp_path) == (PLAN, {})


def test_only_one_rehearsal_at_a_time(tmp_path: Path) -> None:
    with home.alone(tmp_path), pytest.raises(home.BeingRehearsed), home.alone(tmp_path):
        pass

    with home.alone(tmp_path):
        assert (tmp_path / ".rehearsal-lock").exists()
