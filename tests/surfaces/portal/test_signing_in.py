"""Signing in by a code: sent once, used once, and the same answer for whoever is unknown."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tenure.kernel.clock import now
from tenure.records.access.models import CustomerSession, LoginCode
from tenure.records.access.rules import CODE_ATTEMPTS, CODES_PER_ADDRESS, SESSION_HOLDS
from tenure.records.contacts.models import Message
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.surfaces.conftest import SignIn
from tests.surfaces.portal.customers import (
    EMAIL,
    ENGLISH,
    ask_code,
    code_in,
    sent,
    signed_in,
)


def test_a_code_opens_the_account(term: Term) -> None:
    client = Client()
    page = ask_code(client, " WENJING.LI@EXAMPLE.COM ")
    letters = sent()

    answer = client.post(page, {"code": code_in(letters)})

    assert letters.readers == [EMAIL.lower()]
    assert (answer.status_code, answer["Location"]) == (302, "/my")
    cookie = answer.cookies["tenure_customer"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "李文静，客户号 LJ-20771234" in client.get("/my").content.decode()


def test_a_code_goes_out_at_night_and_after_every_refusal(term: Term) -> None:
    """It was asked for a moment ago: no hour, no cap and no refusal of marketing holds it back."""
    term.state = "cancelling"
    term.save()

    with time_machine.travel(now() + timedelta(hours=15), tick=False):
        ask_code(Client())

        assert len(sent().letters) == 1


def test_no_digit_of_a_code_is_kept_anywhere(term: Term) -> None:
    ask_code(Client())
    digits = code_in(sent())

    message = Message.objects.get(template="login_code")
    stored = [str(vars(row)) for row in (*LoginCode.objects.all(), *Entry.objects.all(), message)]
    assert not any(digits in text for text in stored)
    assert "••••••" in message.body


def test_a_code_works_once(term: Term) -> None:
    client = Client()
    page = ask_code(client)
    digits = code_in(sent())
    client.post(page, {"code": digits})

    again = Client(headers=ENGLISH).post(page, {"code": digits})

    assert again.status_code == 422
    assert "This code is wrong or no longer valid" in again.content.decode()


def test_a_code_is_over_after_ten_minutes(term: Term) -> None:
    client = Client()
    page = ask_code(client)
    digits = code_in(sent())

    with time_machine.travel(now() + timedelta(minutes=10), tick=False):
        assert client.post(page, {"code": digits}).status_code == 422


def test_five_wrong_tries_use_a_code_up(term: Term) -> None:
    client = Client()
    page = ask_code(client)
    digits = code_in(sent())
    wrong = f"{(int(digits) + 1) % 1_000_000:06d}"
    for _ in range(CODE_ATTEMPTS):
        client.post(page, {"code": wrong})

    assert client.post(page, {"code": digits}).status_code == 422
    assert CustomerSession.objects.count() == 0


def test_digits_may_be_pasted_with_spaces(term: Term) -> None:
    client = Client()
    page = ask_code(client)
    digits = code_in(sent())

    assert client.post(page, {"code": f" {digits[:3]} {digits[3:]} "}).status_code == 302


def test_nobody_learns_whether_an_address_is_known(term: Term) -> None:
    """Two browsers, one address of a customer and one of nobody: no answer differs."""
    answers: list[list[Any]] = []
    for address in (EMAIL, "nobody.else@example.com"):
        client = Client(headers=ENGLISH)
        asked = client.post("/my/sign-in", {"address": address})
        page = client.get(asked["Location"]).content.decode()
        tried = client.post(asked["Location"], {"code": "000000"})
        ticket = asked["Location"].split("/")[3].split("?")[0]
        texts = [page, tried.content.decode()]
        answers.append(
            [asked.status_code, tried.status_code]
            + [text.replace(address, "ADDRESS").replace(ticket, "TICKET") for text in texts]
        )

    known, unknown = ([one[:2], [_plain(text) for text in one[2:]]] for one in answers)
    assert known == unknown
    assert LoginCode.objects.filter(message=None).count() == 1


def _plain(text: str) -> str:
    """A page without its token against forged forms, which is new each time."""
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_an_address_gets_five_codes_an_hour(term: Term) -> None:
    client = Client()
    for _ in range(CODES_PER_ADDRESS + 2):
        ask_code(client)

    assert len(sent().letters) == CODES_PER_ADDRESS


def test_a_dead_address_gets_no_code(term: Term) -> None:
    ContactPoint.objects.update(bounced_at=now())

    ask_code(Client())

    assert sent().letters == []


def test_an_address_that_cannot_be_is_told(term: Term) -> None:
    """R-U-023: the error is tied to the field it is about."""
    answer = Client(headers=ENGLISH).post("/my/sign-in", {"address": "not an address"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'aria-describedby="address-error"' in page
    assert 'role="alert" id="address-error"' in page


def test_no_session_is_so_short_that_it_would_need_a_warning() -> None:
    """R-U-023: WCAG 2.2.1 asks for no warning where a limit is longer than twenty hours."""
    assert min(timedelta(seconds=settings.SESSION_COOKIE_AGE), SESSION_HOLDS) > timedelta(hours=20)


def test_without_a_mail_server_the_page_says_so(term: Term) -> None:
    page = Client(headers=ENGLISH).get("/my/sign-in").content.decode()

    assert settings.TENURE_SMTP_HOST == ""
    assert "No mail can be sent at the moment" in page


def test_from_the_sign_in_one_comes_to_where_one_wanted(term: Term) -> None:
    client = Client()
    asked = client.get("/my/account")
    page = client.post("/my/sign-in", {"address": EMAIL, "next": "/my/account"})["Location"]

    answer = client.post(page, {"code": code_in(sent()), "next": "/my/account"})

    assert asked["Location"] == "/my/sign-in?next=%2Fmy%2Faccount"
    assert answer["Location"] == "/my/account"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_sign_in_leads_nowhere_else(term: Term, elsewhere: str) -> None:
    client = Client()
    page = client.post("/my/sign-in", {"address": EMAIL, "next": elsewhere})["Location"]

    answer = client.post(page, {"code": code_in(sent()), "next": elsewhere})

    assert answer["Location"] == "/my"


def test_signing_out_ends_the_session_itself(term: Term) -> None:
    client = signed_in(term)
    token = client.cookies["tenure_customer"].value

    client.post("/my/sign-out")
    thief = Client()
    thief.cookies["tenure_customer"] = token

    assert thief.get("/my").status_code == 302
    assert CustomerSession.objects.get().closed_at == now()


def test_signing_out_everywhere_ends_every_session_of_the_person(term: Term) -> None:
    here, there = signed_in(term), signed_in(term)

    here.post("/my/sign-out-everywhere")

    assert (here.get("/my").status_code, there.get("/my").status_code) == (302, 302)


def test_a_session_ends_after_thirty_days(term: Term) -> None:
    client = signed_in(term)

    with time_machine.travel(now() + timedelta(days=30), tick=False):
        assert client.get("/my").status_code == 302


def test_customers_and_staff_are_kept_apart(term: Term, sign_in: SignIn) -> None:
    """STD-08: the console does not open to a customer, nor the portal to an operator."""
    customer, operator = signed_in(term), sign_in("owner")

    assert customer.get("/customers")["Location"].startswith("/login")
    assert operator.get("/my")["Location"].startswith("/my/sign-in")
