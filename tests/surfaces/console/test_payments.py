"""The desk of money: queues, one payment, and refunds that two people agree to (R-Y-013)."""

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tests.act.payments.orders import an_order
from tests.builders import a_payment, a_term, day
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

if TYPE_CHECKING:
    from django.test import Client

ENGLISH = {"Accept-Language": "en"}
LARGE, SMALL = 500_000, 5_000


class _Hidden(HTMLParser):
    """The hidden fields of a page's refund form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "token":
            self.found["token"] = given.get("value") or ""


@pytest.fixture
def payment(broadband: Warehouse) -> Payment:
    one = a_customer()
    finish_day(broadband, one)
    return a_payment(term=one.term, paid_on=day(-3), amount_minor=LARGE)


def token(client: "Client", payment: Payment) -> str:
    page = client.get(f"/payments/{payment.pk}", headers=ENGLISH)
    parser = _Hidden()
    parser.feed(page.content.decode())
    return parser.found["token"]


def ask(client: "Client", payment: Payment, *, amount: str, **more: str) -> str:
    form = {"amount": amount, "reason": "goodwill", "effect": "none", **more}
    answer = client.post(f"/payments/{payment.pk}/refund", form, follow=True, headers=ENGLISH)
    return answer.content.decode()


def test_a_refund_is_shown_before_it_is_asked_for(payment: Payment, sign_in: SignIn) -> None:
    client = sign_in("finance")

    shown = ask(client, payment, amount="50.00", token=token(client, payment))

    assert "¥50.00 goes back to" in shown
    assert not Refund.objects.exists()


def test_a_confirmed_refund_is_asked_for_once_however_often_the_form_is_sent(
    payment: Payment, sign_in: SignIn
) -> None:
    client = sign_in("finance")
    form = {"token": token(client, payment), "confirm": "1"}

    first = ask(client, payment, amount="50.00", **form)
    ask(client, payment, amount="50.00", **form)

    assert "the money goes back within minutes" in first
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.needs_second) == (SMALL, False)
    assert refund.requested_by.startswith("user:")


def test_a_large_refund_needs_another_person(payment: Payment, sign_in: SignIn) -> None:
    one, other = sign_in("finance"), sign_in("owner")
    form = {"token": token(one, payment), "confirm": "1"}
    told = ask(one, payment, amount="5,000.00", **form)
    refund = Refund.objects.get()
    address = f"/refunds/{refund.pk}/decide"

    own = one.post(address, {"verdict": "approve"}, follow=True, headers=ENGLISH)
    refund.refresh_from_db()
    assert refund.approved_by == ""
    other.post(address, {"verdict": "approve"})
    again = one.post(address, {"verdict": "reject"}, follow=True, headers=ENGLISH)

    refund.refresh_from_db()
    assert "A second person must approve it" in told
    assert "somebody else must approve it; no money moved" in own.content.decode()
    assert (refund.state, bool(refund.approved_by)) == ("requested", True)
    assert "your action moved no money" in again.content.decode()


def test_a_rejected_refund_can_be_asked_for_again(payment: Payment, sign_in: SignIn) -> None:
    one, other = sign_in("finance"), sign_in("owner")
    ask(one, payment, amount="5000", token=token(one, payment), confirm="1")

    other.post(f"/refunds/{Refund.objects.get().pk}/decide", {"verdict": "reject"})
    ask(one, payment, amount="5000", token=token(one, payment), confirm="1")

    assert [one.state for one in Refund.objects.order_by("pk")] == ["rejected", "requested"]


@pytest.mark.parametrize("amount", ["5000.01", "0", "-1", "1e3", "12.345", "", "abc"])
def test_an_amount_that_cannot_go_back_is_refused_in_a_sentence(
    payment: Payment, sign_in: SignIn, amount: str
) -> None:
    client = sign_in("finance")

    told = ask(client, payment, amount=amount, token=token(client, payment), confirm="1")

    assert 'role="status"' in told
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "told"),
    [("batch", "refund their rows on the batch"), ("seats", "choose that the customer keeps it")],
)
def test_a_refund_cannot_end_what_it_does_not_pay_back(
    payment: Payment, sign_in: SignIn, purpose: str, told: str
) -> None:
    """A part of a batch's money ends not all of it; seats are no term."""
    client = sign_in("finance")
    payment.order = an_order()
    payment.order.purpose = purpose
    payment.order.save()
    payment.save()

    page = ask(client, payment, amount="50.00", effect="end", token=token(client, payment))

    assert told in page
    assert not Refund.objects.exists()


def test_the_queues_say_how_much_waits_and_open_the_first_of_them(
    payment: Payment, sign_in: SignIn
) -> None:
    """R-U-032: refunds to decide, held deductions, failed payments, each with its count."""
    client = sign_in("finance")
    ask(client, payment, amount="5000", token=token(client, payment), confirm="1")

    page = client.get("/payments", headers=ENGLISH).content.decode()

    assert "Refunds to decide 1" in page
    assert "?queue=held" in page
    assert "?queue=declined" in page
    assert Refund.objects.get().number in page


@pytest.mark.parametrize(
    "queue", ["approve", "stranded", "held", "declined", "stuck", "troubled", "payments", "refunds"]
)
def test_every_queue_opens_with_few_questions(
    payment: Payment, sign_in: SignIn, queue: str, django_assert_max_num_queries: object
) -> None:
    client = sign_in("finance")

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = client.get(f"/payments?queue={queue}", headers=ENGLISH)

    assert page.status_code == 200


@pytest.mark.parametrize("role", ["operator", "support", "analyst", "auditor"])
def test_whoever_has_nothing_to_do_with_money_sees_none(
    payment: Payment, sign_in: SignIn, role: str
) -> None:
    client = sign_in(role)

    assert client.get("/payments").status_code == 403
    assert client.get(f"/payments/{payment.pk}").status_code == 403
    assert client.post(f"/payments/{payment.pk}/refund").status_code == 403


def test_a_payment_of_which_nothing_is_left_has_no_form(sign_in: SignIn, payment: Payment) -> None:
    failed = a_payment(term=a_term(), paid_on=day(-3), state="failed")

    page = sign_in("finance").get(f"/payments/{failed.pk}", headers=ENGLISH).content.decode()

    assert "Check the refund" not in page
