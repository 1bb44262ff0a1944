"""A customer renews: one order, one attempt, one verified notice, one more term."""

from datetime import timedelta

import pytest

from tenure.act.payments.actions import (
    ask_provider,
    look_up,
    open_attempt,
    poll_due,
    refund_due,
    run_effects,
    take_notice,
)
from tenure.act.payments.models import Effect, ProviderEvent
from tenure.act.payments.provider import ProviderDown
from tenure.act.payments.rules import Outcome, StillUnknown
from tenure.act.payments.values import Status
from tenure.kernel.money import Money
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.orders.actions import cancel
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import AlreadyPaid, OrderOver
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.states import PaymentState
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.act.payments.memory import Letter, MemoryProvider
from tests.act.payments.orders import an_order
from tests.builders import AT, a_term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
LATER = AT + timedelta(minutes=1)
SALE = {
    "cash:wechat": Money(106_920, "CNY"),
    "deferred": Money(-106_920, "CNY"),
    "receivable": Money(0, "CNY"),
}


def taken(letter: Letter, *, name: str = "wechat") -> int:
    return take_notice(name, letter.headers, body=letter.body, at=LATER).status


def test_a_paid_renewal_adds_one_term(wechat: MemoryProvider) -> None:
    """PAY-01, R-Y-003, R-Y-005, R-Y-007."""
    term = a_term(days_left=30)
    order = an_order(term=term)

    opened = open_attempt(order, "wechat_native", at=AT, by="customer")
    assert opened.handoff is not None
    number = opened.payment.number
    assert opened.handoff.url == f"pay://wechat/{number}"
    status = taken(wechat.pay(str(number), at=LATER))

    assert status == 200
    order.refresh_from_db()
    payment = Payment.objects.get()
    added = Term.objects.get(number=2)
    assert (order.state, payment.state) == (OrderState.FULFILLED, PaymentState.SUCCEEDED)
    assert payment.term_id == added.pk
    assert (added.starts_on, added.price_minor) == (term.ends_on, 106_920)
    assert balances(currency="CNY") == SALE
    kinds = Entry.objects.filter(account=term.account).order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "order.placed", "payment.created", "payment.pending", "payment.succeeded", "order.paid",
        "term.renewed", "order.fulfilled", "receipt.due", "invoice.due", "points.due",
    ]  # fmt: skip
    steps = PaymentStep.objects.order_by("pk").values_list("from_state", "to_state", "origin")
    assert list(steps) == [("created", "pending", "engine"), ("pending", "succeeded", "notify")]


def test_a_double_click_is_one_attempt_and_charges_once(wechat: MemoryProvider) -> None:
    """PAY-01."""
    term = a_term()
    first = an_order(term=term, once_key="click")
    second = an_order(term=term, once_key="click")
    one = open_attempt(first, "wechat_native", at=AT, by="customer")
    two = open_attempt(second, "wechat_native", at=AT, by="customer")

    assert first.pk == second.pk
    assert one.payment.pk == two.payment.pk
    assert one.handoff == two.handoff
    assert len(wechat.held) == 1


def test_a_notice_told_again_changes_nothing(wechat: MemoryProvider) -> None:
    """R-Y-005."""
    opened = open_attempt(an_order(), "wechat_native", at=AT, by="customer")
    letter = wechat.pay(str(opened.payment.number), at=LATER)

    answers = [taken(letter) for _ in range(3)]

    assert answers == [200, 200, 200]
    assert (ProviderEvent.objects.count(), Term.objects.count()) == (1, 2)
    assert Effect.objects.filter(kind="fulfil").count() == 1
    assert balances(currency="CNY") == SALE


def test_a_forged_notice_is_refused_and_nothing_is_believed(wechat: MemoryProvider) -> None:
    opened = open_attempt(an_order(), "wechat_native", at=AT, by="customer")
    letter = wechat.pay(str(opened.payment.number), at=LATER)

    status = taken(Letter({"x-signature": "0" * 64}, letter.body))

    assert status == 400
    assert ProviderEvent.objects.count() == 0
    assert Payment.objects.get().state == PaymentState.PENDING


@pytest.mark.parametrize(
    "said",
    [{"amount": "1069.19 CNY"}, {"amount": "1069.20 USD"}, {"merchant": "merchant-of-another"}],
)
def test_what_was_not_asked_for_is_disputed_and_gives_nothing(
    wechat: MemoryProvider, said: dict[str, str]
) -> None:
    """R-Y-005: amount, currency, merchant."""
    opened = open_attempt(an_order(), "wechat_native", at=AT, by="customer")
    wechat.pay(str(opened.payment.number), at=LATER)

    status = taken(wechat.letter(str(opened.payment.number), status=Status.SUCCEEDED, **said))

    assert status == 200
    payment = Payment.objects.get()
    assert payment.state == PaymentState.DISPUTED_AMOUNT
    assert payment.received == said.get("amount", "1069.20 CNY")
    assert Order.objects.get().state == OrderState.OPEN
    assert (Term.objects.count(), Effect.objects.count()) == (1, 0)
    assert Entry.objects.filter(kind="payment.looks_wrong").count() == 1


def test_a_notice_for_an_unknown_number_is_kept_and_told(wechat: MemoryProvider) -> None:
    opened = open_attempt(an_order(), "wechat_native", at=AT, by="customer")
    letter = wechat.letter(
        str(opened.payment.number), status=Status.SUCCEEDED, number="R20260615AAAAAAAAAAAAAAAAAAAA"
    )

    assert taken(letter) == 200
    assert ProviderEvent.objects.get().outcome == "unknown_order"
    assert Entry.objects.filter(kind="payment.unknown_order").count() == 1
    assert Term.objects.count() == 1


def test_another_way_closes_the_one_before(wechat: MemoryProvider, alipay: MemoryProvider) -> None:
    """R-Y-009."""
    order = an_order()
    first = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    second = open_attempt(order, "alipay_page", at=AT, by="customer").payment

    first.refresh_from_db()
    assert (first.state, second.state) == (PaymentState.CLOSED, PaymentState.PENDING)
    assert wechat.held[str(first.number)].status == Status.CLOSED


def test_of_two_payments_the_later_goes_back(
    wechat: MemoryProvider, alipay: MemoryProvider
) -> None:
    """R-Y-009: both were paid before either could be closed."""
    order = an_order()
    first = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    wechat.is_deaf_to = {"close", "query"}
    second = open_attempt(order, "alipay_page", at=AT, by="customer").payment
    letters = wechat.pay(str(first.number), at=LATER), alipay.pay(str(second.number), at=LATER)
    wechat.is_deaf_to = set()

    taken(letters[1], name="alipay")
    taken(letters[0])
    refund_due(at=LATER)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (PaymentState.REFUNDED, PaymentState.SUCCEEDED)
    assert Term.objects.count() == 2
    found = balances(currency="CNY")
    assert (found["cash:wechat"].amount_minor, found["cash:alipay"].amount_minor) == (0, 106_920)
    assert found["owed_back"].amount_minor == 0
    assert Refund.objects.get().reason == "double_payment"


def test_an_overtaken_attempt_that_is_paid_first_pays_the_order(
    wechat: MemoryProvider, alipay: MemoryProvider
) -> None:
    order = an_order()
    first = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    wechat.pay(str(first.number), at=LATER)

    with pytest.raises(AlreadyPaid):
        open_attempt(order, "alipay_page", at=LATER, by="customer")

    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert alipay.held == {}
    assert Payment.objects.get(source="alipay").state == PaymentState.CLOSED


def test_a_closed_order_paid_late_goes_back(wechat: MemoryProvider) -> None:
    """R-Y-008."""
    order = an_order()
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    cancel(order.pk, at=AT, by="customer")

    taken(wechat.pay(str(payment.number), at=LATER))
    refund_due(at=LATER)

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert Term.objects.count() == 1
    assert Entry.objects.filter(kind="payment.came_late").count() == 1
    assert all(one.amount_minor == 0 for one in balances(currency="CNY").values())


def test_an_attempt_without_an_answer_blocks_another_until_it_is_known(
    wechat: MemoryProvider, alipay: MemoryProvider
) -> None:
    """R-Y-012."""
    order = an_order()
    wechat.is_deaf_to = {"create", "query"}
    with pytest.raises(ProviderDown):
        open_attempt(order, "wechat_native", at=AT, by="customer")
    assert Payment.objects.get().state == PaymentState.UNKNOWN

    with pytest.raises(StillUnknown):
        open_attempt(order, "alipay_page", at=AT, by="customer")
    assert alipay.held == {}

    wechat.is_deaf_to = set()
    opened = open_attempt(order, "alipay_page", at=AT, by="customer")
    assert opened.payment.state == PaymentState.PENDING
    assert Payment.objects.get(source="wechat").state == PaymentState.CLOSED


def test_a_lost_answer_is_found_again_under_the_same_number(wechat: MemoryProvider) -> None:
    """R-Y-003: a retry of the same attempt reuses its number."""
    order = an_order()
    wechat.loses = ["create"]
    with pytest.raises(ProviderDown):
        open_attempt(order, "wechat_native", at=AT, by="customer")

    opened = open_attempt(order, "wechat_native", at=AT, by="customer")

    assert len(wechat.held) == 1
    assert opened.payment.state == PaymentState.PENDING
    assert opened.handoff is not None


def test_without_any_notice_the_query_finds_the_money(wechat: MemoryProvider) -> None:
    """R-Y-004: asked at 5, 15 and 30 seconds; the browser's return says nothing."""
    payment = open_attempt(an_order(), "wechat_native", at=AT, by="customer").payment
    assert look_up(payment.pk, at=AT + timedelta(seconds=4)) == Outcome.UNCHANGED
    assert wechat.calls == ["create"]
    assert look_up(payment.pk, at=AT + timedelta(seconds=5)) == Outcome.UNCHANGED
    assert wechat.calls == ["create", "query"]
    wechat.pay(str(payment.number), at=AT + timedelta(seconds=8))

    assert poll_due(at=AT + timedelta(seconds=14)) == 0
    assert poll_due(at=AT + timedelta(seconds=15)) == 1
    run_effects(at=AT + timedelta(seconds=15), by="engine")

    assert Term.objects.count() == 2
    assert PaymentStep.objects.order_by("-pk").values_list("origin", flat=True)[0] == "query"


def test_an_unpaid_attempt_expires_and_is_closed_at_the_provider(wechat: MemoryProvider) -> None:
    payment = open_attempt(an_order(), "wechat_native", at=AT, by="customer").payment
    over = AT + timedelta(hours=2, minutes=1)
    for second in (5, 15, 30, 60, 120, 300, 600):
        poll_due(at=AT + timedelta(seconds=second))

    assert poll_due(at=over) == 1

    payment.refresh_from_db()
    assert payment.state == PaymentState.EXPIRED
    assert wechat.held[str(payment.number)].status == Status.CLOSED
    assert poll_due(at=over + timedelta(days=1)) == 0


def test_an_order_that_is_over_cannot_be_paid(wechat: MemoryProvider) -> None:
    order = an_order()
    cancel(order.pk, at=AT, by="customer")
    order.refresh_from_db()

    with pytest.raises(OrderOver) as refused:
        open_attempt(order, "wechat_native", at=AT, by="customer")

    assert "nothing was charged" in refused.value.sentence("en")
    assert Payment.objects.count() == 0


def test_a_free_order_is_given_without_a_provider() -> None:
    term = a_term()
    order = an_order(term=term, total_minor=0)

    opened = open_attempt(order, "wechat_native", at=AT, by="customer")
    run_effects(at=AT, by="engine")
    again = open_attempt(order, "wechat_native", at=AT, by="customer")

    order.refresh_from_db()
    assert opened.handoff is None
    assert again.payment.pk == opened.payment.pk
    assert order.state == OrderState.FULFILLED
    assert Term.objects.get(number=2).price_minor == 0


def test_nothing_changes_when_a_known_payment_is_asked_about_again(wechat: MemoryProvider) -> None:
    payment = open_attempt(an_order(), "wechat_native", at=AT, by="customer").payment
    taken(wechat.pay(str(payment.number), at=LATER))

    assert ask_provider(payment.pk, at=LATER) == Outcome.UNCHANGED
    assert Entry.objects.filter(kind="payment.succeeded").count() == 1


def test_a_second_click_that_comes_after_the_payment_hears_that_it_is_paid(
    wechat: MemoryProvider,
) -> None:
    """Two clicks at once: one was paid before the other's question reached the provider."""
    order = an_order()
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    Payment.objects.filter(pk=payment.pk).update(handoff={})
    wechat.pay(str(payment.number), at=AT)

    with pytest.raises(AlreadyPaid):
        open_attempt(order, "wechat_native", at=AT, by="customer")

    payment.refresh_from_db()
    assert payment.state == PaymentState.SUCCEEDED
