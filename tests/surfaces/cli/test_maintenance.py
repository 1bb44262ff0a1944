"""`tenure maintenance` and `tenure complaints`: what is typed, what is told, what is refused."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tenure.kernel import clock
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tenure.surfaces.cli.main import run
from tests.builders import AT, a_node, a_term, an_account, primary_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _strategy() -> None:
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))


def hours(days: float) -> str:
    begins = clock.now() + timedelta(days=days)
    return f"{begins.isoformat()}/{(begins + timedelta(hours=2)).isoformat()}"


def test_work_is_planned_moved_listed_and_called_off(capsys: pytest.CaptureFixture[str]) -> None:
    """MNT-01: 72 hours are kept, and each change is told to who was told."""
    term = a_term(account=an_account(), ends_on=clock.now().date() + timedelta(days=90))
    node = a_node(code="n-1", serves=term.subscription)
    named = ["--node", node.code, "--name", "割接/Cut-over"]

    assert run(["maintenance", "plan", "W-1", *named, "--during", hours(2)]) == 2
    assert "72" in capsys.readouterr().err
    assert run(["maintenance", "plan", "W-1", *named, "--during", "soon/later"]) == 2
    assert "soon" in capsys.readouterr().err
    assert run(["maintenance", "plan", "W-1", *named, "--during", hours(3.5)]) == 0
    assert Message.objects.filter(journey="maintenance").count() == 2
    capsys.readouterr()
    assert run(["maintenance", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["affected"], row["en"], row["cancelled"]) == (1, "Cut-over", False)
    number = str(row["number"])
    Message.objects.update(state="delivered", sent_at=clock.now())
    assert run(["maintenance", "move", number, "--during", hours(5)]) == 0
    Message.objects.update(state="delivered", sent_at=clock.now())
    assert run(["maintenance", "cancel", number]) == 0
    assert run(["maintenance", "cancel", "999"]) == 2
    told = Message.objects.filter(channel="banner").order_by("pk").values_list("step", flat=True)
    assert [one.removeprefix("maintenance_") for one in told] == ["ahead", "moved", "cancelled"]


def test_a_list_of_complaints_is_read_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R-P-022: in any order of columns, by people who save as GBK, too."""
    term = a_term(account=an_account(phone="13800000001"))
    path = tmp_path / "12321.csv"
    path.write_bytes("number,备注,complaint\n13800000001,骚扰,7\n".encode("gbk"))

    codes = [run(["complaints", str(path)]) for _ in range(2)]
    told = capsys.readouterr().out.splitlines()

    assert codes == [0, 0]
    assert told[0][0:2] == "1 "
    assert told[1][0:2] == "0 "
    person = primary_person(term.account)
    live = Consent.objects.filter(person=person, purpose="marketing", withdrawn_at__isnull=True)
    assert not live.exists()
