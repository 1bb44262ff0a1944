"""`tenure erasures replay`: after a backup came back, everybody who was erased is erased again."""

import json

import pytest

from tenure.act.self_service.erasing import log
from tenure.kernel.clock import now
from tenure.records.customers.models import Person
from tenure.surfaces.cli.main import run
from tests.builders import an_account, primary_person


def test_a_person_who_came_back_with_a_backup_is_forgotten_again(
    broadband: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """R-P-008."""
    account = an_account(name="王强", email="w@example.com")
    log.note(account.pk, at=now())

    codes = [run(["erasures", "replay", "--json"]) for _ in range(2)]

    told = [json.loads(line) for line in capsys.readouterr().out.strip().splitlines()]
    assert codes == [0, 0]
    assert told == [{"noted": 1, "erased": 1}] * 2
    assert primary_person(account).name != "王强"
    assert Person.objects.filter(account=account).count() == 1
