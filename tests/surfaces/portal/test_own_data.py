"""STD-08, R-P-006 … R-P-008: a copy of everything, once and in time, and the end of everything."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tenure.act.self_service.erasing import log
from tenure.act.self_service.erasing.actions import finish, replay
from tenure.kernel.clock import now
from tenure.kernel.money import Money
from tenure.loop.reactions import react
from tenure.records.access.models import CustomerSession
from tenure.records.billing.mandates.actions import Party, agree
from tenure.records.billing.mandates.models import AutoRenewConsent
from tenure.records.billing.mandates.rules import Shown
from tenure.records.billing.models import Payment
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account, ContactPoint, Person
from tenure.records.invoicing.models import Title
from tenure.records.journal.models import Entry
from tenure.records.requests.models import DataRequest
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
from tests.builders import AS_OF, a_message, a_payment, a_ticket, primary_person
from tests.surfaces.days import TODAY
from tests.surfaces.portal.customers import EMAIL, ENGLISH, a_customer, signed_in
from tests.understand.warehouses import Warehouse

SECRET = "=HYPERLINK(1)"


@pytest.fixture
def left(broadband: Warehouse) -> Term:
    """A contract that is over, with a history."""
    term = a_customer(days_left=-40, state=TermState.LAPSED)
    a_payment(term=term)
    a_ticket(account=term.account, subject=SECRET)
    a_message(term=term, body="李文静，您好", address=EMAIL)
    broadband.put(
        EVENTS,
        *(
            {"account_id": account, "day": TODAY, "message_id": f"m{account}-{n}", "source": "a"}
            for account in (term.account_id, term.account_id + 1)
            for n in range(3)
        ),
        on=TODAY,
    )
    return term


def asked(client: Client) -> str:
    return str(client.post("/my/data/copy")["Location"])


def fetched(answer: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_a_copy_holds_everything_in_json_and_in_tables(left: Term) -> None:
    """R-P-007: structured, common and readable by programs."""
    client = signed_in(left)

    archive = fetched(client.post(asked(client)))

    whole = json.loads(archive.read("data.json"))
    assert archive.testzip() is None
    assert whole["people"][0]["name"] == "李文静"
    assert whole["contact_points"] == [
        {"channel": "email", "address": EMAIL, "bounced_at": None},
    ]
    assert whole["payments"][0]["amount_minor"] == 106_920
    assert whole["tickets"][0]["subject"] == SECRET
    assert [one["name"] for one in whole["events"]] == [None] * 3
    tables = {name for name in archive.namelist() if name.startswith("csv/")}
    assert tables == {f"csv/{name}.csv" for name in whole}


def test_tables_speak_the_readers_language_and_run_nothing(left: Term) -> None:
    """R-U-001: heads in the recipient's language; a text never becomes a formula."""
    client = signed_in(left)

    archive = fetched(client.post(asked(client)))

    rows = list(csv.reader(io.StringIO(archive.read("csv/tickets.csv").decode("utf-8-sig"))))
    assert rows[0] == ["编号", "类型", "主题", "提出时间（UTC）", "解决时间（UTC）"]
    assert rows[1][2] == f"'{SECRET}"
    assert "amount_minor: 金额（最小货币单位）" in archive.read("README.txt").decode()


def test_a_copy_holds_nobody_elses_data(left: Term) -> None:
    a_customer(name="王强", external_id="LJ-9", email="w@example.com")
    client = signed_in(left)

    whole = fetched(client.post(asked(client))).read("data.json").decode()

    assert "王强" not in whole
    assert "w@example.com" not in whole


def test_a_copy_is_fetched_once(left: Term) -> None:
    """R-P-007: the address opens it one time."""
    client = signed_in(left, headers=ENGLISH)
    page = asked(client)
    assert client.get(page).status_code == 200

    fetched(Client().post(page))
    again = client.post(page)

    assert again.status_code == 410
    assert "This copy was fetched already or is over" in again.content.decode()
    assert client.get(page).status_code == 410


def test_a_copy_can_be_fetched_for_seven_days(left: Term) -> None:
    """R-P-007: the link holds seven days."""
    page = asked(signed_in(left))

    with time_machine.travel(now() + timedelta(days=7), tick=False):
        assert Client().get(page).status_code == 410
        assert Client().post(page).status_code == 410


def test_asking_twice_makes_one_copy(left: Term) -> None:
    client = signed_in(left)

    assert asked(client) == asked(client)
    assert DataRequest.objects.count() == 1


def test_a_request_knows_by_when_it_is_due(left: Term) -> None:
    asked(signed_in(left))

    assert DataRequest.objects.get().due_on == date(2026, 7, 7)


def test_the_preview_counts_and_changes_nothing(left: Term) -> None:
    client = signed_in(left, headers=ENGLISH)
    before = Entry.objects.count()

    page = client.get("/my/data/erasure").content.decode()

    assert "Texts and addresses of messages" in page
    assert "This is kept; your name stays only in papers that were signed or issued" in page
    assert "Until 1 January 2037 at the latest." in page
    assert Entry.objects.count() == before
    assert Person.objects.get().name == "李文静"


def test_without_the_tick_nothing_is_deleted(left: Term) -> None:
    signed_in(left).post("/my/data/erasure")

    assert Person.objects.get().name == "李文静"


def test_a_running_contract_is_not_erased(term: Term) -> None:
    answer = signed_in(term, headers=ENGLISH).post("/my/data/erasure", {"confirm": "yes"})

    assert answer.status_code == 409
    assert "Nothing was deleted." in answer.content.decode()
    assert Person.objects.get().name == "李文静"
    assert DataRequest.objects.count() == 0


def erased(term: Term, callbacks: Any) -> DataRequest:
    with callbacks(execute=True):
        signed_in(term).post("/my/data/erasure", {"confirm": "yes"})
    return DataRequest.objects.get()


def test_an_erasure_leaves_no_name_and_every_payment(
    left: Term, django_capture_on_commit_callbacks: Any
) -> None:
    request = erased(left, django_capture_on_commit_callbacks)

    person, account = Person.objects.get(), Account.objects.get(pk=left.account_id)
    assert (person.name, account.name) == ("erased", "erased")
    assert account.external_id == f"erased-{account.pk}"
    assert ContactPoint.objects.count() == CustomerSession.objects.count() == 0
    assert set(Message.objects.values_list("body", "address")) == {("", "")}
    assert Payment.objects.get().amount_minor == 106_920
    assert request.certificate["kept_until"] == "2037-01-01"
    assert log.noted() == [left.account_id]
    assert "李文静" not in repr([vars(one) for one in Entry.objects.all()])


def test_an_erasure_reaches_the_title_book_and_the_places_of_consents(
    left: Term, django_capture_on_commit_callbacks: Any
) -> None:
    Title.objects.create(account=left.account, kind="individual", name="李文静", recorded_at=now())
    cap = Money(82_800, "CNY")
    shown = Shown("1", "…", "zh-Hans", now(), now(), cap, cap, 12, "10.0.0.7", "Firefox")
    party = Party(left.account_id, left.subscription_id)
    agree(party, shown, on=AS_OF, at=now(), by="test")

    erased(left, django_capture_on_commit_callbacks)

    consent = AutoRenewConsent.objects.get()
    assert Title.objects.count() == 0
    assert (consent.ip, consent.user_agent, consent.price_minor) == ("", "", 82_800)


def test_the_history_of_use_follows_and_closes_the_request(
    left: Term, django_capture_on_commit_callbacks: Any
) -> None:
    request = erased(left, django_capture_on_commit_callbacks)
    assert request.state == "open"

    react(at=now())
    react(at=now())

    request.refresh_from_db()
    assert request.state == "done"
    assert {"title": {"zh-Hans": "使用行为的历史", "en": "The history of use"}, "count": 3} in (
        request.certificate["deleted"]
    )
    assert finish([left.account_id], at=now()) == 0
    assert accounts_in_events() == {left.account_id + 1}


def accounts_in_events() -> set[int]:
    from django.conf import settings

    from tenure.warehouse.engines import open_engine

    with open_engine(settings.TENURE_ENGINE) as engine:
        rows = engine.collect(current_store().read(EVENTS, engine=engine))
    return set(rows["account_id"].to_pylist())


def test_the_certificate_is_shown_without_a_login(
    left: Term, django_capture_on_commit_callbacks: Any
) -> None:
    request = erased(left, django_capture_on_commit_callbacks)

    page = Client(headers=ENGLISH).get(f"/erased/{request.public_id}").content.decode()

    assert "Certificate of deletion" in page
    assert "Payments" in page
    assert "李文静" not in page


def test_a_backup_that_comes_back_is_erased_again(
    left: Term, django_capture_on_commit_callbacks: Any
) -> None:
    person = primary_person(left.account)
    erased(left, django_capture_on_commit_callbacks)
    Person.objects.filter(pk=person.pk).update(name="李文静")
    ContactPoint.objects.create(person=person, channel="email", address=EMAIL)
    DataRequest.objects.all().delete()

    assert replay(at=now(), by="test") == 1

    assert Person.objects.get().name == "erased"
    assert ContactPoint.objects.count() == 0
