"""PAY-03, R-U-007: the end, the plan, the price and the automatic renewal on the first page."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.kernel.clock import now
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import renew, undo_renewal
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.rules import Purchase
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, AT, a_node, a_term, a_ticket, an_incident
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in

MOST_QUERIES = 12


def seen(term: Term, **options: Any) -> str:
    return signed_in(term, **options).get("/my").content.decode()


def test_the_page_says_how_long_one_has_got(term: Term) -> None:
    page = seen(term, headers=ENGLISH)

    assert "22 days left" in page
    assert "Plus 300M, paid through 7 July 2026" in page
    assert "¥745.20, yearly" in page
    assert "Automatic renewal is off: nothing is charged without you" in page


@pytest.mark.parametrize(
    ("options", "sentences"),
    [
        ({"days_left": -3, "state": TermState.GRACE}, ["Ended 4 days ago", "until 27 June 2026"]),
        ({"state": TermState.CANCELLING}, ["22 days left", "You asked to stop"]),
        ({"days_left": -40, "state": TermState.LAPSED}, ["Your contract has ended", "5 May 2026"]),
        ({"auto_renew": True}, ["Automatic renewal is on: ¥745.20 on 8 July 2026", "Turn off"]),
        ({"days_left": 2}, ["1 day left"]),
    ],
)
def test_each_state_is_told_in_its_own_words(
    broadband: object, options: dict[str, Any], sentences: list[str]
) -> None:
    page = seen(a_customer(**options), headers=ENGLISH)

    assert [one for one in sentences if one not in page] == []


@pytest.mark.parametrize(
    ("way", "told"), [(by_link, "自动续费已关闭。"), (signed_in, "Automatic renewal is off.")]
)
def test_automatic_renewal_ends_by_one_tap(broadband: object, way: Any, told: str) -> None:
    """R-A-010: also by the link, without a login; pressed twice it is one change."""
    term = a_customer(auto_renew=True)
    client = way(term, headers=ENGLISH)

    for _ in range(2):
        answer = client.post(
            "/my/auto-renewal/off", {"contract": term.subscription_id}, follow=True
        )

    assert told in answer.content.decode()
    assert Subscription.objects.get().auto_renew is False
    assert Entry.objects.filter(kind="subscription.auto_renew_switched").count() == 1


def test_nobody_switches_the_contract_of_somebody_else(broadband: object) -> None:
    mine = a_customer()
    other = a_customer(auto_renew=True, name="王强", external_id="LJ-9", email="w@example.com")

    answer = signed_in(mine).post("/my/auto-renewal/off", {"contract": other.subscription_id})

    assert answer.status_code == 404
    other.subscription.refresh_from_db()
    assert other.subscription.auto_renew is True


def test_an_open_fault_is_told_before_anything_is_sold(term: Term) -> None:
    an_incident(node=a_node(serves=term.subscription), started_at=now())

    assert "Your line is being repaired" in seen(term, headers=ENGLISH)


def test_a_line_without_a_fault_is_said_to_work_and_an_unknown_one_is_not(term: Term) -> None:
    """VAL-01: only what is known, and not while the customer's own report is open."""
    assert "Your line works" not in seen(term, headers=ENGLISH)
    a_node(serves=term.subscription)

    assert "Your line works: no fault is known." in seen(term, headers=ENGLISH)
    assert "您的线路正常" in seen(term)
    a_ticket(account=term.account, kind="fault", opened_at=now())
    assert "Your line works" not in seen(term, headers=ENGLISH)


def test_several_contracts_lead_to_each_other(term: Term) -> None:
    later = a_term(account=term.account, plan_version=term.plan_version, days_left=200)
    client = signed_in(term, headers=ENGLISH)

    first = client.get("/my").content.decode()
    second = client.get(f"/my?contract={later.subscription_id}").content.decode()

    assert f"/my?contract={later.subscription_id}" in first
    assert "22 days left" in first
    assert "199 days left" in second


@pytest.mark.parametrize("way", [by_link, signed_in])
def test_after_a_renewal_was_undone_the_old_term_is_shown_and_renews_again(
    term: Term, way: Any
) -> None:
    bought = renew(Purchase(term.pk, AS_OF), at=AT, by="customer")
    undo_renewal(bought.pk, on=AS_OF, at=AT, by="refund")
    client = way(term)

    assert "还有 22 天到期" in client.get("/my").content.decode()
    assert 'id="renew"' in client.get("/my/renew").content.decode()


def test_the_link_of_a_renewal_that_was_undone_shows_the_old_term(term: Term) -> None:
    bought = renew(Purchase(term.pk, AS_OF), at=AT, by="customer")
    undo_renewal(bought.pk, on=AS_OF, at=AT, by="refund")
    client = by_link(bought)

    assert "还有 22 天到期" in client.get("/my").content.decode()


@pytest.mark.parametrize("way", [by_link, signed_in])
def test_the_page_asks_at_most_a_dozen_questions(term: Term, way: Any) -> None:
    client = way(term)
    client.get("/my")

    with CaptureQueriesContext(connection) as asked:
        client.get("/my")

    assert len(asked) <= MOST_QUERIES


def test_whoever_the_server_does_not_know_is_asked_to_sign_in(
    broadband: object, client: Any
) -> None:
    answer = client.get("/my")

    assert (answer.status_code, answer["Location"]) == (302, "/my/sign-in?next=%2Fmy")


def test_the_foot_names_the_business_and_how_to_reach_it(term: Term) -> None:
    """R-U-008."""
    page = seen(term, headers=ENGLISH)

    for wanted in (
        "Lanjiang Broadband · 88 Wanglan Road",
        "浙ICP备20260001号-1 · 浙公网安备 33010020260001 号",
        'href="https://www.lanjiang.example/privacy"',
        'href="https://www.lanjiang.example/terms"',
        'href="tel:10019"',
    ):
        assert wanted in page
