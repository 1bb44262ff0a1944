"""CXL-01 to CXL-03, R-A-080 to R-A-084: leaving on one's own pages, by link and signed in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenure.act.self_service import cancelling
from tenure.kernel.clock import now
from tenure.records.cancellations.models import Cancellation
from tenure.records.contacts.models import Message
from tenure.records.feedback.models import LossReason
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.builders import an_account
from tests.surfaces.portal.customers import (
    ENGLISH,
    a_customer,
    by_link,
    sent,
    signed_in,
    token_for,
)


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def starts(client: Client, term: Term, **typed: str) -> Any:
    client.cookies["django_language"] = "en"
    typed = {"contract": str(term.subscription_id), **typed}
    return client.post("/my/cancel/start", typed, headers=ENGLISH, follow=True)


def path_of(term: Term) -> str:
    return f"/my/cancel/{Cancellation.objects.filter(term=term).latest('pk').public_id}"


def confirms(client: Client, term: Term, **typed: str) -> Any:
    return client.post(f"{path_of(term)}/confirm", typed, headers=ENGLISH, follow=True)


@pytest.mark.parametrize("way", [by_link, signed_in])
def test_two_clicks_from_the_account_page_to_the_confirmation(term: Term, way: Any) -> None:
    """R-A-081, with the offer in between and declined by the second click."""
    client = way(term)
    assert 'action="/my/cancel/start"' in client.get("/my").content.decode()

    first = starts(client, term)
    second = confirms(client, term)

    term.refresh_from_db()
    assert "Confirm cancellation" in text_of(first)
    assert "20 % off the next term" in text_of(first)
    assert "Your cancellation is done" in text_of(second)
    assert term.state == TermState.CANCELLING


def test_the_confirmation_says_what_ends_when_and_goes_out_at_once(term: Term) -> None:
    """R-A-084, JRN-06: on the screen and by mail, also at night; what follows is the plan's own."""
    client = signed_in(term)
    starts(client, term)
    page = text_of(confirms(client, term))

    letter = sent().letters[-1]

    row = Cancellation.objects.get()
    assert row.public_id in page
    assert row.public_id in letter.subject
    assert "The service ends on 8 July 2026." in letter.body
    assert "service stops, cloud files are kept for 30 more days" in letter.body
    assert "service stops, cloud files are kept for 30 more days" in page
    assert "/cancel/" in letter.body
    assert Message.objects.get(template="cancel_confirmed").state == "sent"


def test_the_receipt_of_leaving_today_is_not_taken_back_by_the_loop(term: Term) -> None:
    """Whatever is planned for a term that is over is withdrawn; its own receipt is not."""
    from tenure.loop.reactions import react

    client = signed_in(term)
    starts(client, term)
    confirms(client, term, stop="at_once")
    react(at=now())

    assert len(sent().letters) == 1
    term.refresh_from_db()
    assert term.state == TermState.CANCELLED


def test_undone_in_one_click_until_the_end(term: Term) -> None:
    """R-U-024: what was declared can be taken back."""
    client = signed_in(term)
    starts(client, term)
    confirms(client, term)

    client.post("/my/cancel/undo", {"contract": term.subscription_id})

    term.refresh_from_db()
    assert term.state == TermState.RUNNING
    assert "undone" in text_of(client.get(path_of(term), headers=ENGLISH))


def test_the_link_of_a_message_leads_to_the_page_and_moves_nothing_by_itself(term: Term) -> None:
    """Scanners of mail open every link: only a click on the page starts anything."""
    client = Client()

    page = client.get(f"/cancel/{token_for(term, purpose='cancel')}", follow=True)

    assert page.redirect_chain[-1][0].startswith("/my/cancel?")
    assert Cancellation.objects.count() == 0
    done = starts(client, term, confirm="yes")
    assert "Your cancellation is done" in text_of(done)


def test_an_unfinished_visit_gets_one_neutral_mail_that_leads_straight_to_the_end(
    term: Term,
) -> None:
    """R-A-080."""
    client = signed_in(term)
    starts(client, term)

    cancelling.abandon_due(at=now() + timedelta(hours=25))
    cancelling.abandon_due(at=now() + timedelta(hours=30))

    waiting = Message.objects.get(template="cancel_unfinished")
    assert (waiting.message_class, waiting.language) == ("transactional", "en")
    term.refresh_from_db()
    assert term.state == TermState.RUNNING


def test_a_reason_narrows_the_offer_and_never_holds_anybody_up(term: Term) -> None:
    """R-A-037, CHR-01: the one list, optional, beside the control; a strange word is ignored."""
    client = signed_in(term)
    starts(client, term, reason="no_such_reason", words="x")
    assert Cancellation.objects.get().reason == ""

    confirms(client, term, reason="moved", words="To Bergen")

    told = LossReason.objects.get()
    assert (told.reason, told.text) == ("moved", "To Bergen")


def test_an_accepted_offer_ends_the_visit_and_says_what_is_kept(term: Term) -> None:
    client = signed_in(term)
    starts(client, term)

    page = client.post(f"{path_of(term)}/accept", headers=ENGLISH, follow=True)

    assert "Your service goes on" in text_of(page)
    assert "Nothing was charged" in text_of(page)
    again = confirms(client, term)
    term.refresh_from_db()
    assert "Your service goes on" in text_of(again)
    assert term.state == TermState.RUNNING


def test_keeping_the_service_changes_nothing(term: Term) -> None:
    client = signed_in(term)
    starts(client, term)

    page = client.post(f"{path_of(term)}/keep", headers=ENGLISH, follow=True)

    assert "Nothing was changed" in text_of(page)


def test_where_the_law_allows_no_offer_the_page_holds_none(broadband: object) -> None:
    """DE: the first click leads to a page without any offer (R-A-057)."""
    term = a_customer()
    type(term.account).objects.filter(pk=term.account_id).update(country="DE")
    client = signed_in(term)

    page = starts(client, term)

    assert "Take this and stay" not in text_of(page)
    assert "Confirm cancellation" in text_of(page)


def test_nobody_cancels_for_somebody_else(term: Term) -> None:
    other = a_customer(external_id="LJ-2", email="b@example.com")
    starts(signed_in(other), other)

    client = signed_in(term)
    found = client.post(f"{path_of(other)}/confirm")
    start = client.post("/my/cancel/start", {"contract": other.subscription_id})

    other.refresh_from_db()
    assert (found.status_code, start.status_code) == (404, 404)
    assert other.state == TermState.RUNNING
    assert client.get("/my/cancel/can_nobody").status_code == 404


def test_whoever_is_not_known_is_asked_to_sign_in() -> None:
    assert Client().get("/my/cancel").status_code == 302
    assert Client().post("/my/cancel/start").status_code == 302


def test_a_contract_that_is_over_says_so(broadband: object) -> None:
    account = an_account(external_id="LJ-over")
    del account
    term = a_customer(state=TermState.LAPSED, days_left=-40, external_id="LJ-3")

    page = signed_in(term).get("/my/cancel", headers=ENGLISH)

    assert "there is nothing to cancel" in text_of(page)
