"""BIL-06, CAT-03, R-Y-067, R-Y-068: up at once, down at the end, add-ons, and a rest."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from tenure.act.payments import registry
from tenure.kernel.clock import now
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.subscriptions.models import Attachment, PlannedChange, Subscription, Term
from tests.surfaces.portal.customers import ENGLISH, a_customer, by_link, signed_in

if TYPE_CHECKING:
    from tests.act.payments.memory import MemoryProvider


@pytest.fixture
def wechat(broadband: object) -> "Iterator[MemoryProvider]":
    from tests.act.payments.memory import MemoryProvider

    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield provider


def confirm(client: Client, path: str, **more: str) -> Any:
    page = client.get(path).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return client.post(path, {**hidden, "pay": "wechat_native", **more})


def paid(client: Client, answer: Any, wechat: "MemoryProvider") -> str:
    payment = Payment.objects.get(order__isnull=False)
    assert payment.number is not None
    wechat.pay(payment.number, at=now())
    with time_machine.travel(now() + timedelta(seconds=5), tick=False):
        page: str = client.get(answer["Location"]).content.decode()
    return page


def test_a_higher_plan_is_paid_for_the_rest_and_holds_at_once(
    term: Term, wechat: "MemoryProvider"
) -> None:
    client = signed_in(term, headers=ENGLISH)
    path = "/my/change/plan/home_1000"
    shown = client.get(path).content.decode()

    done = paid(client, confirm(client, path), wechat)

    term.refresh_from_db()
    assert "From today." in shown
    assert f"{Order.objects.get().total_minor / 100:,.2f}" in shown
    assert term.plan_version.plan.code == "home_1000"
    assert "your contract is changed" in done


def test_a_lower_plan_waits_for_the_end_and_can_be_taken_back(
    term: Term, wechat: "MemoryProvider"
) -> None:
    client = signed_in(term, headers=ENGLISH)

    confirm(client, "/my/change/plan/home_100")
    waiting = client.get("/my/change").content.decode()
    client.post("/my/change/keep")

    assert Order.objects.count() == 0
    assert "Changes to Basic 100M on 8 July 2026" in waiting
    assert PlannedChange.objects.get().withdrawn_on == date(2026, 6, 16)
    term.refresh_from_db()
    assert term.plan_version.plan.code == "home_300"


def test_a_rest_moves_the_end_and_can_be_ended(term: Term) -> None:
    client = signed_in(term, headers=ENGLISH)

    client.post("/my/change/pause", {"days": "30"})
    page = client.get("/my/change").content.decode()
    paused_until = Term.objects.get().ends_on
    client.post("/my/change/resume")

    assert "Your service rests until 16 July 2026" in page
    assert paused_until == date(2026, 8, 7)
    assert Subscription.objects.get().state == "active"
    assert Term.objects.get().ends_on == date(2026, 7, 8)


@pytest.mark.parametrize("days", ["3", "400", "", "x"])
def test_a_rest_out_of_bounds_changes_nothing(term: Term, days: str) -> None:
    answer = signed_in(term, headers=ENGLISH).post("/my/change/pause", {"days": days}, follow=True)

    assert "choose another number of days" in answer.content.decode()
    assert Subscription.objects.get().state == "active"


def test_an_add_on_is_paid_for_the_rest_and_taken_off_at_the_end(
    term: Term, wechat: "MemoryProvider"
) -> None:
    client = signed_in(term, headers=ENGLISH)
    page = client.get("/my/change").content.decode()
    code = re.search(r"/my/change/add-on/(\w+)\?", page)
    assert code is not None

    paid(client, confirm(client, f"/my/change/add-on/{code[1]}"), wechat)
    has = Attachment.objects.get()
    client.post(f"/my/change/add-on/{code[1]}/off")

    assert (has.add_on.code, has.until_on) == (code[1], None)
    assert Attachment.objects.get().until_on == date(2026, 7, 8)


def test_a_link_changes_nothing(term: Term) -> None:
    assert by_link(term).post("/my/change/pause", {"days": "30"}).status_code == 302
    assert Subscription.objects.get().state == "active"


def test_nobody_changes_the_contract_of_somebody_else(term: Term) -> None:
    other = a_customer(name="王强", external_id="LJ-9", email="w@example.com")

    answer = signed_in(other).post(
        "/my/change/pause", {"days": "30", "contract": term.subscription_id}
    )

    assert answer.status_code == 404
    assert set(Subscription.objects.values_list("state", flat=True)) == {"active"}


@pytest.mark.parametrize("headers", [{}, ENGLISH])
def test_seats_are_added_at_a_prorated_price_and_taken_off_at_the_end(
    wechat: "MemoryProvider", headers: dict[str, str]
) -> None:
    """BIL-04: the bill is seen first, paid once, and holds at once; fewer wait for the end."""
    term = a_customer(quantity=3)
    client = signed_in(term, headers=headers)
    path = "/my/change/seats?more=2"
    shown = client.get(path).content.decode()
    assert "Seats to add from today" in client.get("/my/change").content.decode() or not headers

    paid(client, confirm(client, path), wechat)
    client.post("/my/change/seats/fewer", {"fewer": "4"})

    order = Order.objects.get()
    assert order.subject == {"term_id": term.pk, "more": 2}
    assert f"{order.total_minor / 100:,.2f}" in shown
    assert Subscription.objects.get().quantity == 5
    assert PlannedChange.objects.get().quantity == 1
    client.post("/my/change/seats/keep")
    assert PlannedChange.objects.get().withdrawn_on is not None


def test_no_seats_are_no_order(term: Term, wechat: "MemoryProvider") -> None:
    client = signed_in(term, headers=ENGLISH)

    client.get("/my/change/seats?more=0")
    client.post("/my/change/seats", {"more": "100000000000", "pay": "wechat_native"})

    assert not Order.objects.exists()
