"""R-A-052, R-A-056 to R-A-058: leaving without a login, on pages with a closed list."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenure.act.self_service.declaring import send_receipts
from tenure.act.self_service.queries import owes_receipts
from tenure.kernel.clock import now
from tenure.records.cancellations.models import Cancellation, Declaration
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tests.act.posts import Postbag
from tests.builders import day
from tests.surfaces.portal.customers import EMAIL, a_customer

# § 312k (2) sentence 3 no. 1 and 2 BGH I ZR 200/25: the fields, the button, legal links; no more.
CLOSED_LIST = [
    "csrfmiddlewaretoken", "kind", "kind", "reason", "page", "lang", "name", "contract",
    "wished_on", "address",
]  # fmt: skip


def a_form(term: Term, **typed: str) -> dict[str, str]:
    return {
        "lang": "de",
        "page": "page_1",
        "kind": "ordinary",
        "name": "Li Wenjing",
        "contract": term.subscription.external_id,
        "address": EMAIL.lower(),
        **typed,
    }


def declares(term: Term, **typed: str) -> Any:
    return Client().post("/kuendigen", a_form(term, **typed), follow=True)


def test_the_german_page_holds_the_closed_list_and_nothing_else(term: Term) -> None:
    """R-A-057: a retention component cannot hide on it: every control and link is named here."""
    page = Client().get("/kuendigen?lang=de").content.decode()

    names = re.findall(r"<(?:input|textarea|select)[^>]*\bname=\"(\w+)\"", page)
    buttons = re.findall(r"<button[^>]*>(.*?)</button>", page)
    links = re.findall(r"<a [^>]*href=\"([^\"]+)\"", page)
    frames = re.findall(r"<(?:iframe|img|dialog|details|video)\b", page)
    assert names == CLOSED_LIST
    assert buttons == ["jetzt kündigen"]
    assert [one for one in links if not one.startswith(("#main", "http"))] == []
    assert frames == []
    assert " checked" not in page
    assert page.count(" required") == 1  # the address alone is needed technically


def test_every_page_of_the_portal_leads_to_it(term: Term) -> None:
    page = Client().get("/my/sign-in").content.decode()

    assert '<a href="/kuendigen?lang=de" lang="de">Verträge hier kündigen</a>' in page


def test_a_declaration_ends_the_contract_at_once_and_sends_its_receipt(term: Term) -> None:
    """R-A-056: without a login, earliest possible, receipt with content, date, time and end."""
    page = declares(term)

    bag = Postbag()
    assert owes_receipts(now())
    assert send_receipts(at=now(), post=bag) == 1
    assert send_receipts(at=now(), post=bag) == 0

    term.refresh_from_db()
    one = Declaration.objects.get()
    assert term.state == TermState.CANCELLING
    assert one.ends_on == term.ends_on
    assert one.public_id in page.content.decode()
    letter = bag.letters[0]
    assert letter.to == [EMAIL.lower()]
    assert letter.subject == f"Eingangsbestätigung Ihrer Kündigung {one.public_id}"
    assert f"endet am {term.ends_on:%d.%m.%Y}" in letter.body
    assert "Ich kündige (ordentliche Kündigung)" in letter.body
    assert "UTC" in letter.body
    assert not owes_receipts(now())


def test_the_declaration_can_be_kept_as_a_file(term: Term) -> None:
    declares(term)
    one = Declaration.objects.get()

    file = Client().get(f"/declared/{one.public_id}/file")

    assert file["Content-Disposition"] == f'attachment; filename="{one.public_id}.txt"'
    assert "Ich kündige" in file.content.decode()
    assert Client().get("/declared/dec_nobody").status_code == 404


def test_the_same_page_sent_twice_is_one_declaration(term: Term) -> None:
    declares(term)
    declares(term)

    assert (Declaration.objects.count(), Cancellation.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "typed", [{"contract": "nobody's"}, {"contract": "", "name": ""}, {"address": "x@example.org"}]
)
def test_what_cannot_be_found_is_received_all_the_same(term: Term, typed: dict[str, str]) -> None:
    """Nobody ends the contract of another: the address must be the contract's own."""
    page = declares(term, **typed)

    term.refresh_from_db()
    one = Declaration.objects.get()
    assert page.status_code == 200
    assert (one.account_id, one.cancellation_id, term.state) == (None, None, TermState.RUNNING)
    assert send_receipts(at=now(), post=Postbag()) == 1
    assert ToDo.objects.count() == (1 if "address" in typed else 0)


def test_a_wrong_address_is_told_and_what_was_typed_stays(term: Term) -> None:
    page = declares(term, address="nobody")

    assert page.status_code == 422
    assert "name@beispiel.de" in page.content.decode()
    assert 'value="Li Wenjing"' in page.content.decode()
    assert Declaration.objects.count() == 0


def test_an_extraordinary_cancellation_is_also_looked_at_by_a_person(term: Term) -> None:
    declares(term, kind="extraordinary", reason="Kein Netz seit Mai")

    one = Declaration.objects.get()
    assert (one.is_extraordinary, one.reason) == (True, "Kein Netz seit Mai")
    assert "Kein Netz seit Mai" in one.content
    assert ToDo.objects.get().account_id == term.account_id


def test_receipts_wait_while_no_server_takes_them(term: Term) -> None:
    declares(term)

    assert send_receipts(at=now()) == 0
    assert send_receipts(at=now() + timedelta(minutes=3), post=Postbag()) == 1


def a_consumer_in_france(**how: Any) -> Term:
    term = a_customer(**how)
    type(term.account).objects.filter(pk=term.account_id).update(country="FR")
    return term


def withdraws(term: Term, **typed: str) -> Any:
    form = {**a_form(term), "lang": "en", **typed}
    return Client().post("/withdraw", form, follow=True)


def test_a_withdrawal_takes_two_steps_and_carries_no_offer(broadband: object) -> None:
    """R-A-052: the label of the law, a statement, then one button that confirms."""
    term = a_consumer_in_france(starts_on=now().date() - timedelta(days=3))

    first = Client().get("/withdraw?lang=en").content.decode()
    second = withdraws(term).content.decode()
    assert Declaration.objects.count() == 0
    third = withdraws(term, confirm="yes").content.decode()

    term.refresh_from_db()
    assert re.findall(r"<button[^>]*>(.*?)</button>", first) == ["withdraw from contract here"]
    assert re.findall(r"<button[^>]*>(.*?)</button>", second) == ["confirm withdrawal"]
    assert "I withdraw from the contract" in third
    row = Cancellation.objects.get()
    assert (term.state, row.channel, row.refund_basis) == ("cancelled", "withdrawal", "withdrawal")
    assert row.considered == []


def test_after_the_fourteen_days_a_withdrawal_is_kept_and_looked_at(broadband: object) -> None:
    term = a_consumer_in_france(starts_on=now().date() - timedelta(days=20))

    withdraws(term, confirm="yes")

    term.refresh_from_db()
    assert (term.state, Declaration.objects.count()) == (TermState.RUNNING, 1)
    assert ToDo.objects.count() == 1
    assert day(0) is not None
