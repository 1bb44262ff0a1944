"""What a person decides about money that cannot go on by itself (R-Y-013, R-Y-014, R-Y-005)."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tenure.act.payments.actions import open_attempt, run_effects, take_notice
from tenure.act.payments.models import Effect
from tenure.act.payments.registry import standing_in
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.loop.takings import look_after_money
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.refunds.actions import request as request_refund
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundEffect, RefundReason
from tenure.records.billing.states import PaymentState
from tenure.records.subscriptions.models import Term, TermLine
from tenure.records.subscriptions.states import TermState
from tests.act.payments.memory import MemoryProvider
from tests.act.payments.orders import an_order
from tests.builders import AT, a_payment, a_term, day
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client

ENGLISH = {"Accept-Language": "en"}
PRICE = 106_920


@pytest.fixture(autouse=True)
def day_over(broadband: Warehouse) -> None:
    finish_day(broadband, a_customer())


def post(client: "Client", address: str, **form: str) -> str:
    return client.post(address, form, follow=True, headers=ENGLISH).content.decode()


def paid(provider: MemoryProvider, order: Order, *, amount: Money | None = None) -> Payment:
    with standing_in(provider):
        payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
        letter = provider.pay(str(payment.number), at=AT, amount=amount)
        take_notice("wechat", letter.headers, body=letter.body, at=AT)
    payment.refresh_from_db()
    return payment


def test_a_refund_of_money_that_a_file_told_is_paid_out_by_hand(sign_in: SignIn) -> None:
    """It stops no other refund; once it is paid out its term is credited and ends."""
    term = a_term(days_left=200)
    told = a_payment(term=term, paid_on=day(-165), amount_minor=50_000, source="csv")
    new = NewRefund(told.pk, RefundReason.GOODWILL, "one", effect=RefundEffect.END)
    refund = request_refund(new, at=AT, by="user:9")
    client = sign_in("finance")

    look_after_money(at=clock.now(), by="worker")
    queue = client.get("/payments?queue=stranded", headers=ENGLISH).content.decode()
    page = client.get(f"/payments/{told.pk}", headers=ENGLISH).content.decode()
    assert refund.number in queue
    assert "I paid it out" in page
    for _ in range(2):
        shown = post(client, f"/refunds/{refund.pk}/paid-out", reference="TRF-1")

    refund.refresh_from_db()
    told.refresh_from_db()
    term.refresh_from_db()
    assert "Noted as paid out" in shown
    assert (refund.state, refund.provider_id) == ("succeeded", "TRF-1")
    assert (told.state, term.state) == (PaymentState.REFUNDED, TermState.CANCELLED)
    assert [one.amount_minor for one in TermLine.objects.filter(kind="credit")] == [-50_000]
    assert balances(currency="CNY") == {}


def test_a_refund_that_is_on_no_ones_table_cannot_be_paid_out(sign_in: SignIn) -> None:
    told = a_payment(term=a_term(), paid_on=day(-3), amount_minor=500_000)
    refund = request_refund(NewRefund(told.pk, RefundReason.GOODWILL, "one"), at=AT, by="user:9")
    client = sign_in("finance")

    shown = post(client, f"/refunds/{refund.pk}/paid-out", reference="TRF-1")

    assert "nothing was recorded" in shown
    assert client.post(f"/refunds/{refund.pk}/paid-out", {}).status_code == 400
    assert Refund.objects.get().state == "requested"


def test_a_wrong_amount_is_taken_for_the_order_once(sign_in: SignIn) -> None:
    payment = paid(MemoryProvider("wechat"), an_order(), amount=Money(PRICE - 20, "CNY"))
    assert payment.state == PaymentState.DISPUTED_AMOUNT
    client = sign_in("finance")
    page = client.get(f"/payments/{payment.pk}", headers=ENGLISH).content.decode()

    for _ in range(2):
        shown = post(client, f"/payments/{payment.pk}/decide", deed="accept")

    assert "Take it for the order" in page
    assert "what was bought is given" in shown
    assert Order.objects.get().state == OrderState.FULFILLED
    assert Term.objects.filter(number=2, state=TermState.RUNNING).count() == 1


def test_foreign_money_is_refused_in_a_sentence(sign_in: SignIn) -> None:
    payment = paid(MemoryProvider("wechat"), an_order(), amount=Money(PRICE, "USD"))

    shown = post(sign_in("finance"), f"/payments/{payment.pk}/decide", deed="accept")

    assert "no money moved. Refund it instead" in shown
    assert Order.objects.get().state == OrderState.OPEN


def test_what_was_paid_and_not_given_is_tried_again(sign_in: SignIn) -> None:
    payment = paid(MemoryProvider("wechat"), an_order())
    Effect.objects.filter(payment=payment, kind="receipt").update(
        done_at=None, stuck_at=AT, told={"code": "x"}
    )
    client = sign_in("finance")
    page = client.get(f"/payments/{payment.pk}", headers=ENGLISH).content.decode()

    post(client, f"/payments/{payment.pk}/decide", deed="retry")
    run_effects(at=clock.now() + timedelta(hours=1), by="worker")

    assert "Try again" in page
    assert not Effect.objects.filter(done_at=None).exists()


def test_a_charge_back_is_noted_with_its_case_and_decided(sign_in: SignIn) -> None:
    payment = paid(MemoryProvider("wechat"), an_order())
    client, address = sign_in("finance"), f"/payments/{payment.pk}/decide"

    assert client.post(address, {"deed": "charge_back"}).status_code == 400
    noted = post(client, address, deed="charge_back", reference="DP-1")
    ended = post(client, address, deed="lost", reference="DP-1")
    again = post(client, address, deed="won", reference="DP-1")

    payment.refresh_from_db()
    assert "The money is ours again" in noted
    assert "Noted: the money is lost" in ended
    assert "cannot be won" in again
    assert payment.state == PaymentState.LOST
    assert balances(currency="CNY")["losses"] == Money(PRICE, "CNY")


@pytest.mark.parametrize("role", ["operator", "support", "auditor"])
def test_only_finance_decides(sign_in: SignIn, role: str) -> None:
    payment = paid(MemoryProvider("wechat"), an_order())
    client = sign_in(role)

    assert client.post(f"/payments/{payment.pk}/decide", {"deed": "retry"}).status_code == 403
    assert client.post("/refunds/1/paid-out", {"reference": "x"}).status_code == 403
