"""PAY-01, R-Y-069: one tap on the link of a message, and the right contract stands there."""

from datetime import date, timedelta

import pytest
from django.test import Client

from tenure.act.self_service.links import link_token, open_link
from tenure.kernel.clock import now
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import Purchase
from tenure.surfaces.portal.throttle import BAD_LINKS
from tests.builders import primary_person
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in, token_for


def test_a_link_shows_its_contract_without_a_login(term: Term) -> None:
    page = by_link(term).get("/my").content.decode()

    assert "还有 22 天到期" in page
    assert "进阶版 300M，用到 2026 年 7 月 7 日" in page
    assert "¥745.20，年付" in page


def test_a_link_shows_no_more_of_a_person_than_one_character(term: Term) -> None:
    page = by_link(term).get("/my").content.decode()

    assert "李*，客户号 …1234" in page
    for hidden in ("李文静", "LJ-2077", "Wenjing", "example.com/"):
        assert hidden not in page


def test_a_link_opens_one_contract_alone(term: Term) -> None:
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")
    client = by_link(term)

    assert client.get(f"/my?contract={other.subscription_id}").status_code == 404
    assert client.get("/my/account").status_code == 302


@pytest.mark.parametrize("purpose", ["cancel", "unsubscribe", "bounce", "survey"])
def test_a_link_of_another_purpose_opens_nothing(term: Term, purpose: str) -> None:
    answer = Client().get(f"/renew/{token_for(term, purpose=purpose)}")

    assert answer.status_code == 404
    assert "tenure_link" not in answer.cookies


def test_every_change_of_a_link_is_noticed(term: Term) -> None:
    token = token_for(term)
    person = primary_person(term.account)
    own = link_token(term.pk, person.pk, purpose="renew", expires_at=now() + timedelta(days=3))

    answers = [
        Client().get(f"/renew/{changed}", REMOTE_ADDR=f"10.0.{place}.{len(whole)}").status_code
        for whole in (token, own)
        for place in range(len(whole))
        if (changed := whole[:place] + ("0" if whole[place] != "0" else "1") + whole[place + 1 :])
    ]

    assert set(answers) == {404}
    assert open_link(own, purpose="renew", at=now()).term == term


def test_a_link_is_over_after_thirty_days(term: Term) -> None:
    fresh, old = token_for(term, age_days=29), token_for(term, age_days=30)

    assert Client().get(f"/renew/{fresh}").status_code == 302
    gone = Client(headers=ENGLISH).get(f"/renew/{old}")
    assert gone.status_code == 410
    assert "No money moved." in gone.content.decode()


def test_a_link_moves_nothing_once_its_term_is_renewed(term: Term) -> None:
    client = by_link(term)
    renew(Purchase(term.pk, on=date(2026, 6, 16)), at=now(), by="test")

    shown = client.get("/my")
    asked = client.post("/my/cancel/start")

    assert "还有 387 天到期" in shown.content.decode()
    assert (asked.status_code, asked["Location"]) == (302, "/my/sign-in?next=%2Fmy")


def test_a_spent_link_still_switches_automatic_renewal_off(broadband: object) -> None:
    """R-A-010: whoever switched it on after paying stops it where it was switched on."""
    term = a_customer(auto_renew=True)
    client = by_link(term)
    renew(Purchase(term.pk, on=date(2026, 6, 16)), at=now(), by="test")

    client.post("/my/auto-renewal/off")

    term.subscription.refresh_from_db()
    assert term.subscription.auto_renew is False


def test_guessing_links_closes_the_door_for_a_while(term: Term) -> None:
    client = Client(headers=ENGLISH)
    for _ in range(BAD_LINKS.most):
        client.get("/renew/7u0000000000000000")

    closed = client.get(f"/renew/{token_for(term)}")

    assert closed.status_code == 429
    assert "Try again in 10 minutes." in closed.content.decode()


def test_opening_a_link_writes_no_row(term: Term, django_assert_num_queries: object) -> None:
    """Scanners of mail open every link."""
    token = token_for(term)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        Client().get(f"/renew/{token}")

    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)


def test_a_link_speaks_the_language_of_its_reader(broadband: object) -> None:
    client = by_link(a_customer(language="en"))

    assert "22 days left" in client.get("/my").content.decode()


def test_whoever_is_signed_in_stays_signed_in(term: Term) -> None:
    client = signed_in(term)
    client.get(f"/renew/{token_for(term)}")

    assert "李文静" in client.get("/my").content.decode()
