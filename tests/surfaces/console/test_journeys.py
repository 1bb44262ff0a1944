"""TOP-09, JRN-01: journeys as a picture with counts, a dry run, and time travel for a customer.

R-U-043, R-C-007: a real customer on a chosen day, the next messages with what holds them.
"""

import json
from datetime import timedelta

import pytest

from tenure.act.journeys.models import Enrolment
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.main import REFUSED, run
from tests.builders import AS_OF, AT, a_message, a_term, an_account
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

ENGLISH = {"Accept-Language": "en"}
TOMORROW = AS_OF + timedelta(days=2)  # the clock stands at the morning after AS_OF


@pytest.fixture
def two(broadband: Warehouse) -> list[int]:
    """A customer who is written to tomorrow, and one who never agreed to anything."""
    there = [
        a_customer(days_left=91, account={"name": "王桂兰", "external_id": "W-1"}),
        a_customer(days_left=4, account={"consents": ("service",), "external_id": "W-2"}),
    ]
    finish_day(broadband, *there)
    return [one.term.account_id for one in there]


def test_a_journey_shows_its_steps_with_counts_and_versions(
    two: list[int], sign_in: SignIn
) -> None:
    journey = current().at(AS_OF).journeys["annual_renewal"]
    term = a_term(account=an_account(), days_left=100)
    a_message(term=term, journey="annual_renewal", step="t90", state=MessageState.SENT, sent_at=AT)
    held = a_message(term=term, journey="annual_renewal", step="t3")
    Message.objects.filter(pk=held.pk).update(state=MessageState.SUPPRESSED, reason="no_consent")
    Enrolment.objects.create(
        account=term.account, term=term, journey=journey.id, version=journey.version,
        strategy_hash=current().hash, ends_on=term.ends_on, enrolled_at=AT,
    )  # fmt: skip
    analyst = sign_in("analyst")

    listed = analyst.get("/journeys", headers=ENGLISH).content.decode()
    shown = analyst.get("/journeys/annual_renewal", headers=ENGLISH).content.decode()

    assert "Annual renewal" in listed
    for words in (
        "T\N{MINUS SIGN}180",
        "T\N{MINUS SIGN}3",
        "no consent to marketing",
        "Phone",
        journey.version,
    ):
        assert words in shown
    assert analyst.get("/journeys/none").status_code == 404


def test_a_dry_run_tells_counts_and_names_and_changes_nothing(
    two: list[int], sign_in: SignIn
) -> None:
    before = Message.objects.count()
    operator, analyst = sign_in("operator"), sign_in("analyst")

    page = operator.get(f"/journeys/dry-run?on={TOMORROW}", headers=ENGLISH).content.decode()
    masked = analyst.get(f"/journeys/dry-run?on={TOMORROW}", headers=ENGLISH).content.decode()
    sheet = operator.get(f"/journeys/dry-run.csv?on={TOMORROW}")
    late = operator.get("/journeys/dry-run?on=2030-01-01", headers=ENGLISH).content.decode()

    assert "2 are due: 1 get a message" in page
    assert "王桂兰" in page
    assert "王桂兰" not in masked
    assert analyst.get("/journeys/dry-run.csv").status_code == 403
    listed = sheet.content.decode("utf-8-sig")
    assert len(listed.splitlines()) == 3
    assert "\ufeff" not in listed, "the mark for spreadsheets stands once"
    assert "31 days from today" in late
    assert Message.objects.count() == before


def test_time_travel_shows_the_words_and_what_holds_them(two: list[int], sign_in: SignIn) -> None:
    operator = sign_in("operator")

    now = operator.get(f"/customers/{two[0]}/ahead", headers=ENGLISH).content.decode()
    held = operator.get(f"/customers/{two[1]}/ahead", headers=ENGLISH).content.decode()
    later = operator.get(
        f"/customers/{two[0]}/ahead?on={AS_OF + timedelta(days=86)}", headers=ENGLISH
    ).content.decode()

    assert "Plan check" in now
    assert "No consent to marketing" in held
    assert "Plan check" not in later
    assert "Reminder" in later
    assert sign_in("analyst").get(f"/customers/{two[0]}/ahead").status_code == 403


def test_the_command_line_tells_the_same(
    two: list[int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")

    assert run(["journey", "dry-run", "--on", str(TOMORROW), "--list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run(["journey", "next", "W-1", "--json"]) == 0
    ahead = json.loads(capsys.readouterr().out)
    assert run(["journey", "next", "nobody"]) == REFUSED

    assert (told["due"], told["sent"], told["called"]) == (2, 1, 0)
    assert len(told["customers"]) == 2
    assert ahead[0]["step"] == "t90"
    assert "王桂兰" in ahead[0]["body"]
