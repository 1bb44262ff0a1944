"""The page of a customer: will they leave, why, and what is worth doing (design 02)."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.records.contacts.states import MessageState
from tenure.records.subscriptions.states import TermState
from tests.builders import (
    a_message,
    a_node,
    a_payment,
    a_term,
    a_ticket,
    an_answer,
    an_incident,
    at_on,
    day,
)
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_today import text_of
from tests.surfaces.days import MORNING, finish_day
from tests.understand.warehouses import Warehouse

# Two for who asks, one for the frame, nine for the customer.
QUERIES = 12


def page(client: object, account_id: int, *, language: str = "en", query: str = "") -> str:
    address = f"/customers/{account_id}{query}"
    answer = client.get(address, headers={"Accept-Language": language})  # type: ignore[attr-defined]
    assert answer.status_code == 200
    html: str = answer.content.decode()
    return html


def test_the_diagnosis_reads_as_sentences(broadband: Warehouse, sign_in: SignIn) -> None:
    """HLT-02, TOP-09: the score, the reasons and the choice, each with what stands behind it."""
    one = a_customer(p_lapse=0.4, slow_evenings_30=11, marketing_consent=0)
    finish_day(broadband, one)

    html = page(sign_in("operator"), one.term.account_id)
    chinese = text_of(page(sign_in("owner"), one.term.account_id, language="zh-Hans"))

    text = text_of(html)
    assert "张伟 High risk 40%" in text
    assert "58 / 100 −16 in 30 days" in text
    assert "Below the line of 70 since 13 June: somebody looks after it" in text
    assert "40% probability of not renewing this term Random forest 2026.06.10" in text
    assert "Slow evenings in 30 days: 11 Could be offered: Call by a specialist +10.0" in text
    assert "Call by a specialist Decided on 15 June for “Options and a person”" in text
    assert "Call by a specialist chosen +8.0 ¥12 ¥22.72" in text
    assert "there is no consent to marketing" in text
    assert "近 30 天有 11 个晚间卡顿 可以提供： 专席电话关怀 +10.0" in chinese
    assert "6 月 13 日起低于 70 分介入线，已有人跟进" in chinese
    assert '"data": [74, 58]' in html


def test_every_figure_of_the_stat_row_has_its_caveat(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    a_payment(term=one.term, paid_on=day(-335), amount_minor=82_800)
    a_message(term=one.term, state=MessageState.SENT, sent_at=MORNING)
    finish_day(broadband, one)

    text = text_of(page(sign_in("support"), one.term.account_id))

    assert "Until the end 29 days 15 July 2026, automatic renewal is off" in text
    assert "Price of this term ¥828 ¥69 a month, renewed 0 times" in text
    assert "Paid in all ¥828 1 payment, last on 15 July 2025" in text
    assert "Last word from the customer 336 days ago Paid ¥828.00" in text
    assert "Marketing this week 1 of 3 only from 08:00 to 21:00" in text


def test_a_term_past_its_end_is_overdue_and_not_minus_days_away(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    term = a_term(days_left=-3, state=TermState.GRACE)

    text = text_of(page(sign_in("owner"), term.account_id))

    assert "Overdue for 4 days" in text


def test_during_a_fault_the_page_says_that_marketing_pauses(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    one = a_customer()
    an_incident(node=a_node(serves=one.term.subscription))
    finish_day(broadband, one)

    text = text_of(page(sign_in("owner"), one.term.account_id))

    assert "Fibre cut is not repaired: marketing pauses. Service messages go out." in text


def test_an_analyst_reads_numbers_and_no_person(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer(account={"name": "欧阳静文", "phone": "13912345678"})
    account = one.term.account
    a_ticket(account=account, subject="欧阳静文家里断网")
    an_answer(account=account, text="我叫欧阳静文", score=2)
    a_message(
        term=one.term, state=MessageState.SENT, sent_at=at_on(day(-1)), subject="欧阳静文，您好"
    )
    finish_day(broadband, one)
    client = sign_in("analyst")

    pages = [
        page(client, account.pk),
        client.get("/").content.decode(),
        client.get("/customers").content.decode(),
        client.get("/customers?q=欧阳").content.decode(),
        client.get(f"/customers/{account.pk}/happenings").content.decode(),
    ]

    for html in pages:
        for word in ("欧阳静文", "静文", "13912345678", "断网", "@example.com"):
            assert word not in html.replace('value="欧阳"', "")
    assert "Would recommend: 2/10" in pages[0]
    assert account.external_id in pages[2]


def test_nobody_without_the_right_is_offered_a_deed(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    finish_day(broadband, one)

    read = page(sign_in("support"), one.term.account_id)
    act = page(sign_in("operator"), one.term.account_id)

    offered = ["/renewal?term=", '/todo"', '/days"', '/consent"']
    assert [deed in read for deed in offered] == [False] * 4
    assert [deed in act for deed in offered] == [True] * 4


def test_the_timeline_can_be_filtered_and_continued(broadband: Warehouse, sign_in: SignIn) -> None:
    one = a_customer()
    for days in range(25):
        a_payment(account=one.term.account, paid_on=day(-days), amount_minor=100 + days)
    a_ticket(account=one.term.account, external_id="T-77")
    client = sign_in("owner")

    html = page(client, one.term.account_id, query="?show=payments")
    more = re.search(r'hx-get="([^"]+after=[^"]+)"', html)
    assert more is not None
    rest = client.get(more[1].replace("&amp;", "&")).content.decode()

    assert "Ticket T-77" not in html
    assert html.count("tn-tl__e") == 20
    assert rest.count("tn-tl__e") == 5
    assert "hx-get" not in rest


def test_without_a_decision_the_best_action_is_worked_out_on_request(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    """AI-01: the whole proposal offline, with what it was chosen from; a person acts on it."""
    one = a_customer(p_lapse=0.4, days_left=60, marketing_consent=0)
    finish_day(broadband, one)
    client = sign_in("owner")

    first = page(client, one.term.account_id)
    address = f"/customers/{one.term.account_id}/suggestion"
    answer = client.get(address, headers={"Accept-Language": "en"}).content.decode()

    assert "Work out what would be best now" in first
    assert f'hx-get="{address}"' in first
    assert "Nobody has decided this; it is what the rules would choose now" in text_of(answer)
    assert "Call by a specialist" in answer


def test_the_page_takes_as_many_queries_whatever_there_is(
    broadband: Warehouse, sign_in: SignIn
) -> None:
    one = a_customer()
    finish_day(broadband, one)
    client = sign_in("owner")

    with CaptureQueriesContext(connection) as few:
        page(client, one.term.account_id)
    for _ in range(15):
        a_ticket(account=one.term.account)
        a_message(term=one.term, state=MessageState.SENT)
    with CaptureQueriesContext(connection) as many:
        page(client, one.term.account_id)

    assert (len(few), len(many)) == (QUERIES, QUERIES)
