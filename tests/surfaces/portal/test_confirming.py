"""R-P-032: advertising by e-mail waits for a click where the law of the country asks for one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenure.act.messages.actions import dispatch
from tenure.act.messages.lint import selling_words
from tenure.kernel.clock import now
from tenure.records.contacts.models import Message
from tenure.records.customers.actions import withdraw_consent
from tenure.records.customers.models import Consent, ConsentRequest
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.act.posts import Postbag
from tests.builders import a_message, primary_person
from tests.surfaces.portal.customers import sent, signed_in

KEPT = {"language": "en", "personalised": "on", "allow": ["service:email", "marketing:email"]}


@pytest.fixture
def german(term: Term) -> Term:
    """The customer lives in Germany, reads English, and has allowed nothing yet."""
    person = primary_person(term.account)
    Consent.objects.filter(person=person).delete()
    type(person).objects.filter(pk=person.pk).update(language="en")
    type(term.account).objects.filter(pk=term.account_id).update(country="DE")
    return Term.objects.select_related("account").get(pk=term.pk)


def ticked(term: Term) -> tuple[str, str]:
    """The path of the confirming link, and the text of its mail, after the box was ticked."""
    signed_in(term).post("/my/preferences", KEPT)
    text = str(sent().letters[-1].body)
    found = re.search(r"/confirm/\w+", text)
    assert found is not None
    return found.group(), text


def marketing() -> list[Consent]:
    return list(Consent.objects.filter(purpose="marketing", withdrawn_at=None))


def fate_of_an_offer(term: Term) -> tuple[str, str]:
    """What becomes of a marketing mail to the customer now."""
    at = now()
    offer = a_message(
        term=term, person=primary_person(term.account), template="preview", journey="news",
        planned_at=at, expires_at=at + timedelta(days=9), language="en",
    )  # fmt: skip
    dispatch(at=at, post=Postbag())
    offer.refresh_from_db()
    return offer.state, offer.reason


def test_r_p_032_a_tick_alone_allows_nothing_and_the_click_keeps_its_proof(german: Term) -> None:
    path, _ = ticked(german)
    before = marketing()
    blocked = fate_of_an_offer(german)

    page = Client(REMOTE_ADDR="203.0.113.7").post(path, {"confirm": "yes"})

    request, (given,) = ConsentRequest.objects.get(), marketing()
    assert (before, blocked) == ([], ("suppressed", "no_consent"))
    assert (page.status_code, "your consent is noted" in page.content.decode()) == (200, True)
    assert given.double_opt_in_at == given.given_at == request.confirmed_at
    assert (given.text_version, request.confirmed_ip) == ("email-2026-11", "203.0.113.7")
    assert (request.asked_ip, request.asked_at <= given.given_at) == ("127.0.0.1", True)
    assert "may send marketing mails" in request.disclosure
    kinds = [one.kind for one in Entry.objects.filter(kind__startswith="consent.").order_by("pk")]
    assert kinds[-2:] == ["consent.asked", "consent.given"]
    assert fate_of_an_offer(german)[1] not in ("no_consent", "not_confirmed")


def test_r_p_032_the_confirming_mail_sells_nothing(german: Term) -> None:
    _, text = ticked(german)

    message = Message.objects.get(template="consent_confirm")
    assert selling_words(text) == ()
    assert (message.message_class, message.state) == ("transactional", "sent")


def test_r_p_032_opening_the_link_confirms_nothing_and_two_presses_confirm_once(
    german: Term, client: Client
) -> None:
    path, _ = ticked(german)

    asked: Any = client.get(path)
    nothing = marketing()
    pages = [client.post(path, {"confirm": "yes"}).status_code for _ in range(2)]

    assert (asked.status_code, b"<button" in asked.content, nothing) == (200, True, [])
    assert (pages, len(marketing())) == ([200, 200], 1)
    assert Entry.objects.filter(kind="consent.given").count() == 2  # of service, and this one


def test_r_p_032_saving_twice_writes_one_mail(german: Term) -> None:
    client = signed_in(german)
    for _ in range(2):
        client.post("/my/preferences", KEPT)

    assert Message.objects.filter(template="consent_confirm").count() == 1
    assert "wait for your click" in client.get("/my/preferences").content.decode()


@pytest.mark.parametrize("why", ["late", "taken back", "asked anew"])
def test_r_p_032_a_link_that_is_over_changes_nothing(
    german: Term, client: Client, why: str
) -> None:
    path, _ = ticked(german)
    person = primary_person(german.account)
    if why == "late":
        ConsentRequest.objects.update(expires_at=now())
    elif why == "taken back":
        withdraw_consent(person.pk, purpose="marketing", on=now().date(), at=now(), by="test")
    else:
        ConsentRequest.objects.update(asked_at=now() - timedelta(hours=2))
        signed_in(german).post("/my/preferences", KEPT)

    pages = [client.get(path), client.post(path, {"confirm": "yes"})]

    assert [one.status_code for one in pages] == [410, 410]
    assert "nothing was changed" in pages[1].content.decode()
    assert marketing() == []


@pytest.mark.parametrize("token", ["x", "7u0000000000000000"])
def test_r_p_032_a_made_up_link_is_no_link(german: Term, client: Client, token: str) -> None:
    assert client.post(f"/confirm/{token}").status_code == 404
    assert marketing() == []


def test_r_p_032_the_page_speaks_chinese_to_who_reads_it(german: Term, client: Client) -> None:
    person = primary_person(german.account)
    type(person).objects.filter(pk=person.pk).update(language="zh-Hans")
    signed_in(german).post("/my/preferences", {**KEPT, "language": "zh-Hans"})
    found = re.search(r"/confirm/\w+", str(sent().letters[-1].body))
    assert found is not None

    page = client.get(found.group(), headers={"accept-language": "en"}).content.decode()

    assert "可以向" in page
    assert 'lang="zh-Hans"' in page


def test_r_p_032_elsewhere_the_tick_is_enough(term: Term) -> None:
    Consent.objects.all().delete()

    signed_in(term).post("/my/preferences", KEPT)

    assert [one.double_opt_in_at for one in marketing()] == [None]
    assert not ConsentRequest.objects.exists()


def test_r_p_032_an_old_consent_counts_only_with_its_click_or_as_a_soft_opt_in(
    german: Term,
) -> None:
    person, at = primary_person(german.account), now() - timedelta(days=9)
    consent = Consent.objects.create(
        person=person, purpose="marketing", channel="email", given_at=at
    )

    unproved = fate_of_an_offer(german)
    consent.soft_opt_in_product, consent.soft_opt_in_at = "home_300", at
    consent.save()
    without_a_way_out = fate_of_an_offer(german)
    consent.opt_out_offered = True
    consent.save()

    assert unproved == without_a_way_out == ("suppressed", "not_confirmed")
    assert fate_of_an_offer(german)[1] not in ("no_consent", "not_confirmed")
