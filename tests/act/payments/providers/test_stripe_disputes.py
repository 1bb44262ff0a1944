"""R-Y-005, §3.2: a card's bank takes money back; Stripe tells it, and how it ended."""

from collections.abc import Iterator

import pytest

from tenure.act.payments import registry
from tenure.act.payments.actions import open_attempt, take_notice
from tenure.act.payments.models import ProviderEvent
from tenure.act.payments.queries import of_nobody
from tenure.act.payments.values import About, ChargeBack
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.states import PaymentState
from tenure.records.subscriptions.models import Term
from tenure.world.gateways.faults import Fault
from tenure.world.gateways.stripe import StripeGateway
from tests.act.conftest import strategy
from tests.act.payments.orders import an_order
from tests.act.payments.providers.benches import Bench

__all__ = ["strategy"]
PRICE = 106_920


def gateway_of(bench: Bench) -> StripeGateway:
    assert isinstance(bench.gateway, StripeGateway)
    return bench.gateway


def hear(bench: Bench) -> None:
    """Whatever the gateway sent is taken by the product."""
    bench.settled()
    for one in bench.hook.requests:
        took = take_notice("stripe", one.headers, body=one.body, at=clock.now())
        assert took.status == 200
    bench.hook.forget()


@pytest.fixture
def payment(card: Bench, db: None, strategy: object) -> Iterator[Payment]:
    """A renewal that was paid by card and given."""
    with registry.standing_in(card.provider):
        opened = open_attempt(an_order(at=clock.now()), "card", at=clock.now(), by="customer")
        gateway_of(card).pay(str(opened.payment.number))
        hear(card)
        found = Payment.objects.get()
        assert found.state == PaymentState.SUCCEEDED
        yield found


def test_the_notice_names_the_case_the_intent_and_what_was_taken(card: Bench) -> None:
    """The contract with the real library: Stripe knows none of our numbers here."""
    charge = card.paid()
    card.hook.forget()

    gateway_of(card).dispute(charge.number, amount_minor=4_000)
    gateway_of(card).dispute(charge.number, status="won")
    gateway_of(card).dispute(charge.number, status="warning_needs_response")
    card.settled()

    told = {one.charge_back: one for one in card.hook.notices}
    opened = told[ChargeBack.OPENED]
    assert (opened.about, opened.amount) == (About.CHARGE_BACK, Money(4_000, "CNY"))
    assert opened.provider_id == card.deal.provider_id
    assert opened.case.startswith("du_")
    assert told[ChargeBack.WON].about == About.CHARGE_BACK
    # An inquiry moves no money.
    assert told[None].about == About.OTHER


@pytest.mark.parametrize(
    ("status", "state", "books"), [("won", "won", "cash:stripe"), ("lost", "lost", "losses")]
)
def test_what_the_bank_took_waits_and_ends_as_it_was_decided(
    card: Bench, payment: Payment, status: str, state: str, books: str
) -> None:
    """Told twice it is one charge-back; the customer keeps what was paid for until a person ends
    it."""
    gateway_of(card).faults.arm(Fault.DUPLICATE)
    gateway_of(card).dispute(str(payment.number))
    hear(card)

    payment.refresh_from_db()
    assert payment.state == PaymentState.CHARGED_BACK
    assert balances(currency="CNY")["charged_back"] == Money(PRICE, "CNY")
    gateway_of(card).dispute(str(payment.number), status=status)
    hear(card)

    payment.refresh_from_db()
    found = balances(currency="CNY")
    assert payment.state == state
    assert (found["charged_back"], found[books]) == (Money(0, "CNY"), Money(PRICE, "CNY"))
    steps = PaymentStep.objects.filter(payment=payment).order_by("-pk")
    assert list(steps.values_list("to_state", "origin")[:2]) == [
        (state, "notify"), ("charged_back", "notify"),
    ]  # fmt: skip
    assert Term.objects.filter(number=2).count() == 1


def test_the_end_told_before_the_beginning_is_the_same(card: Bench, payment: Payment) -> None:
    gateway_of(card).dispute(str(payment.number), amount_minor=6_920, status="lost")
    hear(card)
    gateway_of(card).dispute(str(payment.number), amount_minor=6_920)
    hear(card)

    payment.refresh_from_db()
    assert payment.state == PaymentState.LOST
    assert balances(currency="CNY")["losses"] == Money(6_920, "CNY")
    assert balances(currency="CNY")["cash:stripe"] == Money(PRICE - 6_920, "CNY")


def test_what_does_not_fit_or_is_not_ours_is_left_to_a_person(
    card: Bench, payment: Payment
) -> None:
    gateway_of(card).dispute(str(payment.number), status="lost")
    hear(card)
    gateway_of(card).dispute(str(payment.number), status="won")
    hear(card)
    gateway_of(card).faults.arm(Fault.WRONG_MERCHANT)
    gateway_of(card).dispute(str(payment.number))
    hear(card)

    payment.refresh_from_db()
    outcomes = ProviderEvent.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes)[1:] == ["charge_back_lost", "charge_back_unfit", "unknown_order"]
    assert payment.state == PaymentState.LOST
    assert of_nobody().count() == 2
