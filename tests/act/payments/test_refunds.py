"""Money goes back: how much, by whom, once, and with everything that hangs on it."""

from datetime import timedelta

import pytest

from tenure.act.payments.actions import (
    Case,
    accept_disputed,
    approve_refund,
    charge_back,
    decide_charge_back,
    open_attempt,
    poll_due,
    refund_due,
    reject_refund,
    request_refund,
    run_effects,
    take_notice,
)
from tenure.act.payments.disputing import CannotAccept
from tenure.act.payments.models import Effect
from tenure.act.payments.queries import came_back, disputed, waiting
from tenure.act.payments.rules import Told
from tenure.act.payments.settling import settle
from tenure.act.payments.values import Status
from tenure.kernel.lifecycle import IllegalMove
from tenure.kernel.money import CurrencyMismatch, Money
from tenure.records.billing.ledger.queries import balance, balances
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.queries import refundable, to_approve
from tenure.records.billing.refunds.rules import (
    NewRefund,
    NotRefundable,
    RefundDecided,
    RefundTooLarge,
    SecondPersonNeeded,
)
from tenure.records.billing.refunds.states import RefundEffect, RefundReason, RefundState
from tenure.records.billing.states import Origin, PaymentState
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Term, TermLine
from tenure.records.subscriptions.revenue.queries import totals
from tenure.records.subscriptions.rules import Purchase
from tenure.records.subscriptions.states import TermState
from tests.act.payments.memory import MemoryProvider
from tests.act.payments.orders import an_order
from tests.builders import AT, a_term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
LATER = AT + timedelta(hours=1)
LARGE = 106_920  # above the 1000.00 of the strategy, so two people are needed


def a_paid_renewal(
    provider: MemoryProvider, *, amount: Money | None = None, order: Order | None = None
) -> Payment:
    payment = open_attempt(order or an_order(), "wechat_native", at=AT, by="customer").payment
    letter = provider.pay(str(payment.number), at=AT, amount=amount)
    take_notice("wechat", letter.headers, body=letter.body, at=AT)
    payment.refresh_from_db()
    return payment


def back(payment: Payment, amount_minor: int | None = None, **more: object) -> NewRefund:
    amount = None if amount_minor is None else Money(amount_minor, payment.currency)
    given = {"reason": RefundReason.GOODWILL, "once_key": f"key {amount_minor}", **more}
    return NewRefund(payment.pk, amount=amount, **given)  # type: ignore[arg-type]


def test_a_small_refund_goes_at_once_and_is_booked(wechat: MemoryProvider) -> None:
    """R-Y-013."""
    payment = a_paid_renewal(wechat)
    refund = request_refund(back(payment, 5_000), at=LATER, by="user:1")

    assert refund_due(at=LATER) == 1

    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.state, refund.needs_second) == (RefundState.SUCCEEDED, False)
    assert (payment.state, payment.refunded_minor) == (PaymentState.PARTIALLY_REFUNDED, 5_000)
    assert balance("refunds", currency="CNY") == Money(5_000, "CNY")
    assert balance("cash:wechat", currency="CNY") == Money(101_920, "CNY")
    assert refundable(payment) == Money(101_920, "CNY")


def test_a_large_refund_waits_for_another_person(wechat: MemoryProvider) -> None:
    """R-Y-013: whoever asked cannot approve, also not by a second try."""
    payment = a_paid_renewal(wechat)
    refund = request_refund(back(payment, LARGE), at=LATER, by="user:1")
    assert list(to_approve()) == [refund]
    assert refund_due(at=LATER) == 0

    with pytest.raises(SecondPersonNeeded) as refused:
        approve_refund(refund.pk, at=LATER, by="user:1")
    assert "no money moved" in refused.value.sentence("en")
    approve_refund(refund.pk, at=LATER, by="user:2")
    refund_due(at=LATER)

    refund.refresh_from_db()
    assert (refund.state, refund.approved_by) == (RefundState.SUCCEEDED, "user:2")
    assert waiting().to_approve == 0


def test_two_operators_on_one_refund_move_money_once(wechat: MemoryProvider) -> None:
    """The second reads who was first, and that nothing moved by what they did."""
    payment = a_paid_renewal(wechat)
    refund = request_refund(back(payment, LARGE), at=LATER, by="user:1")
    approve_refund(refund.pk, at=LATER, by="user:2")

    with pytest.raises(RefundDecided) as refused:
        approve_refund(refund.pk, at=LATER, by="user:3")
    with pytest.raises(RefundDecided):
        reject_refund(refund.pk, note="", at=LATER, by="user:3")
    with pytest.raises(RefundTooLarge):
        request_refund(back(payment, 1), at=LATER, by="user:3")
    refund_due(at=LATER)
    refund_due(at=LATER)

    assert "user:2" in refused.value.sentence("en")
    assert len(wechat.held[str(payment.number)].refunds) == 1
    assert Refund.objects.count() == 1


def test_more_than_is_left_is_refused_with_what_is_left(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    request_refund(back(payment, 100_000), at=LATER, by="user:1")

    with pytest.raises(RefundTooLarge) as refused:
        request_refund(back(payment, 6_921), at=LATER, by="user:1")
    foreign = NewRefund(payment.pk, RefundReason.GOODWILL, "usd", Money(1, "USD"))
    with pytest.raises(CurrencyMismatch):
        request_refund(foreign, at=LATER, by="user:1")

    assert "69.20 CNY" in refused.value.sentence("en")
    assert "no money moved" in refused.value.sentence("en")
    assert Refund.objects.count() == 1


def test_a_rejected_refund_frees_its_amount(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    refund = request_refund(back(payment, LARGE), at=LATER, by="user:1")

    reject_refund(refund.pk, note="used up", at=LATER, by="user:2")

    assert refundable(payment) == Money(LARGE, "CNY")
    assert refund_due(at=LATER) == 0


def test_what_was_never_paid_cannot_go_back(wechat: MemoryProvider) -> None:
    payment = open_attempt(an_order(), "wechat_native", at=AT, by="customer").payment

    with pytest.raises(NotRefundable):
        request_refund(back(payment, 1), at=LATER, by="user:1")


def test_a_lost_answer_of_a_refund_gives_the_money_back_once(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    refund = request_refund(back(payment, 5_000), at=LATER, by="user:1")
    wechat.loses = ["refund"]
    refund_due(at=LATER)
    refund.refresh_from_db()
    assert refund.state == RefundState.PROCESSING

    refund_due(at=LATER + timedelta(seconds=30))

    refund.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED
    assert len(wechat.held[str(payment.number)].refunds) == 1


def test_a_full_refund_ends_the_term_and_all_that_hangs_on_it(wechat: MemoryProvider) -> None:
    """R-Y-014: one transaction; the papers, the points and the revenue follow."""
    payment = a_paid_renewal(wechat)
    refund = request_refund(
        back(payment, reason=RefundReason.WITHDRAWAL, effect=RefundEffect.REVERSE),
        at=LATER,
        by="user:1",
    )
    approve_refund(refund.pk, at=LATER, by="user:2")

    refund_due(at=LATER)

    order = Order.objects.get()
    assert Term.objects.get(number=2).state == TermState.CANCELLED
    assert Term.objects.get(number=1).state == TermState.RUNNING
    assert order.reversed_at == LATER
    red = Entry.objects.get(kind="invoice.red_letter_due").content
    assert (red["payment"], red["refund"], red["amount_minor"]) == (
        payment.pk,
        refund.number,
        LARGE,
    )
    assert Entry.objects.filter(kind="points.reversal_due").count() == 1
    moved = Entry.objects.get(kind="mrr.moved").content
    assert (moved["movement"], moved["mrr_minor"]) == ("erased", 8_910)


def test_what_was_paid_back_before_it_was_given_is_not_given(wechat: MemoryProvider) -> None:
    """Such as what got stuck: trying it again gives nothing for nothing."""
    order = an_order()
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    wechat.pay(str(payment.number), at=AT)
    told = Told(Status.SUCCEEDED, Origin.QUERY, amount=Money(LARGE, "CNY"), paid_at=AT)
    settle(payment.pk, told, at=AT, by="worker")
    refund = request_refund(back(payment), at=LATER, by="user:1")
    approve_refund(refund.pk, at=LATER, by="user:2")
    refund_due(at=LATER)

    run_effects(at=LATER, by="worker")

    order.refresh_from_db()
    assert (order.state, order.reversed_at) == (OrderState.PAID, LATER)
    assert Effect.objects.get().done_at == LATER
    assert Term.objects.get().state == TermState.RUNNING


@pytest.mark.parametrize("effect", list(RefundEffect))
@pytest.mark.parametrize("amount_minor", [None, 30_001])
def test_what_went_back_is_no_revenue(
    wechat: MemoryProvider, effect: RefundEffect, amount_minor: int | None
) -> None:
    """R-M-027, R-Y-014: opening + billed − recognised − refunded = closing, whatever the effect."""
    payment = a_paid_renewal(wechat)
    run_effects(at=AT, by="worker")
    today = business_day(LATER)
    before = totals(as_of=today)["CNY"]
    refund = request_refund(back(payment, amount_minor, effect=effect), at=LATER, by="user:1")
    if refund.needs_second:
        approve_refund(refund.pk, at=LATER, by="user:2")

    for _ in range(2):
        refund_due(at=LATER)
        run_effects(at=LATER, by="worker")

    new, credit = Term.objects.get(number=2), TermLine.objects.get(kind="credit")
    after = totals(as_of=today)["CNY"]
    gone = credit.tax_minor - credit.amount_minor
    assert (credit.term, -credit.amount_minor) == (new, refund.amount_minor)
    assert (after.billed, after.given_back) == (before.billed, before.given_back + gone)
    kept = new.price_minor - new.tax_minor - gone
    earned = 0 if effect == RefundEffect.NONE else kept
    assert after.recognised == before.recognised + earned
    assert totals(as_of=today + timedelta(days=900))["CNY"].deferred == 0


def test_a_wrong_amount_can_be_given_back_as_it_came(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat, amount=Money(100, "CNY"))
    assert list(disputed()) == [payment]
    assert list(came_back().values_list("payment_id", flat=True)) == [payment.pk]

    request_refund(back(payment, reason=RefundReason.WRONG_AMOUNT), at=LATER, by="user:1")
    refund_due(at=LATER)

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert all(one.amount_minor == 0 for one in balances(currency="CNY").values())


@pytest.mark.parametrize(
    ("received", "losses", "credit"), [(106_900, 20, 0), (107_000, 0, -80), (106_921, 0, -1)]
)
def test_a_wrong_amount_can_be_taken_for_the_order(
    wechat: MemoryProvider, received: int, losses: int, credit: int
) -> None:
    payment = a_paid_renewal(wechat, amount=Money(received, "CNY"))

    accept_disputed(payment.pk, at=LATER, by="user:1")
    accept_disputed(payment.pk, at=LATER, by="user:1")
    run_effects(at=LATER, by="worker")

    found = {name: one.amount_minor for name, one in balances(currency="CNY").items()}
    assert found["cash:wechat"] == received
    assert (found.get("losses", 0), found.get("credit_balance", 0)) == (losses, credit)
    assert (found["deferred"], found["owed_back"], found["receivable"]) == (-106_920, 0, 0)
    assert Order.objects.get().state == OrderState.FULFILLED
    assert refundable(Payment.objects.get()) == Money(received, "CNY")


def test_foreign_money_can_only_go_back(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat, amount=Money(106_920, "USD"))

    with pytest.raises(CannotAccept) as refused:
        accept_disputed(payment.pk, at=LATER, by="user:1")

    assert "no money moved" in refused.value.sentence("en")
    payment.refresh_from_db()
    assert payment.state == PaymentState.DISPUTED_AMOUNT
    assert Term.objects.count() == 1


@pytest.mark.parametrize("is_won", [True, False])
def test_a_charge_back_is_decided_once(wechat: MemoryProvider, is_won: bool) -> None:
    payment = a_paid_renewal(wechat)
    charge_back(payment.pk, Case("cb-1"), at=LATER, by="user:1")
    assert balance("charged_back", currency="CNY") == Money(LARGE, "CNY")

    for _ in range(2):
        decide_charge_back(payment.pk, Case("cb-1"), is_won=is_won, at=LATER, by="user:1")
    with pytest.raises(IllegalMove):
        decide_charge_back(payment.pk, Case("cb-1"), is_won=not is_won, at=LATER, by="user:1")

    cash = LARGE if is_won else 0
    assert balance("cash:wechat", currency="CNY") == Money(cash, "CNY")
    assert balance("losses", currency="CNY") == Money(LARGE - cash, "CNY")
    assert balance("charged_back", currency="CNY") == Money(0, "CNY")


def test_a_term_renewed_by_another_way_sends_the_money_back(wechat: MemoryProvider) -> None:
    """R-Y-009: the clerk at the counter was quicker than the notice."""
    term = a_term()
    payment = open_attempt(an_order(term=term), "wechat_native", at=AT, by="customer").payment
    renew(Purchase(term.pk, AT.date()), at=AT, by="user:1")
    wechat.pay(str(payment.number), at=AT)
    poll_due(at=AT + timedelta(seconds=5))
    run_effects(at=LATER, by="worker")
    refund_due(at=LATER)

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert Term.objects.count() == 2
    assert all(one.amount_minor == 0 for one in balances(currency="CNY").values())
    assert Entry.objects.filter(kind="payment.came_twice").count() == 1
