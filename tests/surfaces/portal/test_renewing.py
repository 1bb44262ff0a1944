"""PAY-01, PAY-03: one tap from the message to the price, one to pay; nothing is charged twice."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.act.payments import registry
from tenure.kernel.clock import now
from tenure.records.billing.mandates.models import AutoRenewConsent
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in

if TYPE_CHECKING:
    from tests.act.payments.memory import MemoryProvider

MOST_QUERIES = 12


@pytest.fixture
def wechat(broadband: object) -> "Iterator[MemoryProvider]":
    from tests.act.payments.memory import MemoryProvider

    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield provider


def page_of(client: Client, term: Term, **more: Any) -> str:
    query: dict[str, Any] = {"contract": term.subscription_id, "term": term.pk, **more}
    return client.get("/my/renew", query).content.decode()


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the page as it stands."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    ticked = re.findall(r'<input type="(?:radio|checkbox)"[^>]*? checked[^>]*>', page)
    chosen = [re.search(r'name="(\w+)"[^>]*value="([^"]*)"', one) for one in ticked]
    return dict(hidden) | {one[1]: one[2] for one in chosen if one}


def confirm(client: Client, term: Term, **more: str) -> Any:
    return client.post("/my/renew", {**form_of(page_of(client, term)), **more})


def pay(wechat: "MemoryProvider") -> None:
    payment = Payment.objects.get(order__isnull=False, superseded_at=None)
    assert payment.number is not None
    wechat.pay(payment.number, at=now())


def later(seconds: int) -> Any:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


def test_the_link_leads_to_a_page_that_says_everything_before_the_tap(
    term: Term, wechat: "MemoryProvider"
) -> None:
    """VAL-01, R-A-030, R-U-024: plan, what it gives, price, term and next date, before the pay."""
    page = page_of(by_link(term), term)

    for told in ("进阶版 300M", "4 小时修复", "¥745.20", "到 2027 年 7 月 7 日", "李*"):
        assert told in page
    assert page.index("合计（含税）") < page.index("到期自动续费") < page.index("支付方式")
    assert "确认并支付" in page


def test_nothing_is_ticked_that_costs_later(term: Term, wechat: "MemoryProvider") -> None:
    """R-A-012: on the first page, and after every change of the term."""
    client = by_link(term)

    for page in (
        page_of(client, term),
        page_of(client, term, cycle="24"),
        client.get(
            "/my/renew/total", {"contract": str(term.subscription_id), "cycle": "1"}
        ).content.decode(),
    ):
        tick = re.search(r'<input type="checkbox"[^>]*id="auto"[^>]*>', page)
        assert tick is not None
        assert "checked" not in tick[0]


def test_two_taps_renew(term: Term, wechat: "MemoryProvider") -> None:
    client = by_link(term)
    paying = confirm(client, term)
    assert "data:image/svg+xml;base64," in client.get(paying["Location"]).content.decode()
    pay(wechat)

    with later(5):
        done = client.get(paying["Location"]).content.decode()

    term.refresh_from_db()
    new = Term.objects.get(number=2)
    assert term.state == TermState.RENEWED
    assert (new.price_minor, new.cycle_months) == (74_520, 12)
    assert "续费成功" in done
    assert "¥745.20" in done
    assert "2027 年 7 月 7 日" in done


def test_the_bill_shown_is_the_bill_charged(term: Term, wechat: "MemoryProvider") -> None:
    client = signed_in(term)
    page = page_of(client, term, cycle="24")
    shown = re.search(r'<b class="num" id="amount">¥([\d,.]+)<', page)

    client.post("/my/renew", {**form_of(page)})

    assert shown is not None
    order = Order.objects.get()
    assert f"{order.total_minor / 100:,.2f}" == shown[1]
    assert Payment.objects.get(order=order).amount_minor == order.total_minor
    assert order.subject["cycle_months"] == 24


def test_a_double_click_is_one_order_and_one_payment(term: Term, wechat: "MemoryProvider") -> None:
    client = signed_in(term)
    form = form_of(page_of(client, term))

    answers = [client.post("/my/renew", form)["Location"] for _ in range(3)]

    assert len(set(answers)) == 1
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


def test_a_return_from_the_provider_is_not_believed(term: Term, wechat: "MemoryProvider") -> None:
    """R-Y-004: the page says “confirming” and asks; what the address says counts for nothing."""
    client = signed_in(term, headers=ENGLISH)
    order = confirm(client, term)["Location"]

    back = client.get(f"{order}?back=1&trade_status=TRADE_SUCCESS").content.decode()

    assert "Confirming your payment" in back
    assert "Do not pay again" in back
    assert Term.objects.filter(number=2).count() == 0


def test_htmx_is_told_when_it_is_decided(term: Term, wechat: "MemoryProvider") -> None:
    client = signed_in(term)
    order = confirm(client, term)["Location"]
    waiting = client.get(f"{order}/status")
    pay(wechat)

    with later(5):
        told = client.get(f"{order}/status")

    assert waiting.status_code == 200
    assert "HX-Redirect" not in waiting.headers
    assert (told.status_code, told["HX-Redirect"]) == (204, order)


@pytest.mark.parametrize("way", [by_link, signed_in])
def test_the_back_button_after_paying_shows_what_was_paid(
    term: Term, wechat: "MemoryProvider", way: Any
) -> None:
    client = way(term)
    form = form_of(page_of(client, term))
    order = client.post("/my/renew", form)["Location"]
    pay(wechat)
    with later(5):
        client.get(order)

        shown = client.get("/my/renew", {"contract": form["contract"], "term": form["term"]})
        pressed = client.post("/my/renew", form)

    assert (shown.status_code, shown["Location"]) == (302, order)
    assert (pressed.status_code, pressed["Location"]) == (302, order)
    assert Payment.objects.count() == 1
    assert Term.objects.filter(subscription=term.subscription).count() == 2


def test_a_price_that_changed_meanwhile_is_shown_and_not_charged(
    term: Term, wechat: "MemoryProvider"
) -> None:
    client = signed_in(term, headers=ENGLISH)

    answer = confirm(client, term, digest="0" * 64)

    assert answer.status_code == 409
    assert "nothing was charged" in answer.content.decode()
    assert (Order.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_way_that_is_not_offered_is_refused(term: Term, wechat: "MemoryProvider") -> None:
    answer = confirm(signed_in(term, headers=ENGLISH), term, pay="cash")

    assert answer.status_code == 422
    assert "No money moved." in answer.content.decode()
    assert Order.objects.count() == 0


def test_a_provider_that_does_not_answer_is_told_with_what_happened_to_the_money(
    term: Term, wechat: "MemoryProvider"
) -> None:
    wechat.is_deaf_to.add("create")

    answer = confirm(signed_in(term, headers=ENGLISH), term)

    assert answer.status_code == 503
    assert "do not pay twice" in answer.content.decode()


def test_consent_to_renew_by_itself_is_kept_word_for_word(
    term: Term, wechat: "MemoryProvider"
) -> None:
    """R-A-014: text, price, rhythm, instants, address and browser; without the tick nothing."""
    client = signed_in(term)
    confirm(client, term)
    assert AutoRenewConsent.objects.count() == 0

    confirm(client, term, auto="yes")

    consent = AutoRenewConsent.objects.get()
    assert (consent.price_minor, consent.cap_minor, consent.period_months) == (82_800, 82_800, 12)
    assert "最高不超过 ¥828.00" in consent.disclosure
    assert consent.disclosure in page_of(client, term)
    assert consent.stamps != []


def test_another_way_to_pay_begins_anew(term: Term, wechat: "MemoryProvider") -> None:
    client = signed_in(term)
    order = confirm(client, term)["Location"]

    back = client.post(f"{order}/give-up")

    assert back["Location"] == f"/my/renew?contract={term.subscription_id}&term={term.pk}"
    assert Order.objects.get().state == "cancelled"


def test_nobody_sees_the_order_of_somebody_else(term: Term, wechat: "MemoryProvider") -> None:
    order = confirm(signed_in(term), term)["Location"]
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    assert signed_in(other).get(order).status_code == 404
    assert by_link(other).get(order).status_code == 404
    assert Client().get(order).status_code == 302


def test_where_nothing_can_be_paid_there_is_no_button(term: Term) -> None:
    page = page_of(signed_in(term, headers=ENGLISH), term)

    assert "Nothing can be paid online at the moment." in page
    assert "Confirm and pay" not in page


@pytest.mark.parametrize(
    ("country", "label"),
    [("DE", "zahlungspflichtig bestellen"), ("FR", "commande avec obligation de paiement")],
)
def test_the_button_says_what_the_law_of_the_place_wants(
    term: Term, wechat: "MemoryProvider", country: str, label: str
) -> None:
    """R-A-050: these words and no others."""
    term.account.country = country
    term.account.save()

    page = page_of(signed_in(term), term)

    button = re.search(r'<button type="submit" form="renew"[^>]*>([^<]*)</button>', page)
    assert button is not None
    assert button[1] == label


@pytest.mark.parametrize("way", [by_link, signed_in])
def test_the_renewal_page_asks_at_most_twelve_questions(
    term: Term, wechat: "MemoryProvider", way: Any
) -> None:
    client = way(term)
    page_of(client, term)

    with CaptureQueriesContext(connection) as asked:
        page_of(client, term)

    assert len(asked) <= MOST_QUERIES, [query["sql"][:200] for query in asked.captured_queries]
