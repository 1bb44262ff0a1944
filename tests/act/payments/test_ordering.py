"""What a customer orders before paying: today's bill, once, and in plain words when it is not."""

from datetime import timedelta

import pytest

from tenure.act.payments.actions import cancel_order, open_attempt, order_renewal, run_effects
from tenure.act.payments.values import Status
from tenure.loop.takings import look_after_money
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.queries import order_named
from tenure.records.billing.orders.rules import AlreadyPaid, OrderOver, PriceChanged, UnknownOrder
from tenure.records.billing.orders.states import OrderState
from tenure.records.billing.states import PaymentState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tenure.records.subscriptions.states import TermState
from tests.act.payments.memory import MemoryProvider
from tests.builders import AS_OF, AT, a_term, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def test_what_was_seen_is_what_is_ordered_and_given(wechat: MemoryProvider) -> None:
    """PAY-01: preview = order = attempt = term."""
    term = a_term()
    quote = quote_renewal(term.pk, on=AS_OF)

    order = order_renewal(term.pk, seen=quote.bill.digest, at=AT, by="customer")
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    wechat.pay(str(payment.number), at=AT)
    look_after_money(at=AT + timedelta(seconds=5), by="worker")

    added = Term.objects.get(number=2)
    assert order.digest == quote.bill.digest
    asked = quote.bill.to_pay.amount_minor
    assert (order.total_minor, payment.amount_minor, added.price_minor) == (asked, asked, asked)
    assert added.ends_on == quote.comes.period.ends_on


def test_a_price_that_changed_is_shown_and_nothing_is_ordered() -> None:
    term = a_term()

    with pytest.raises(PriceChanged) as refused:
        order_renewal(term.pk, seen="0" * 64, at=AT, by="customer")

    assert "nothing was charged" in refused.value.sentence("en")
    assert "尚未扣款" in refused.value.sentence("zh-Hans")
    assert Order.objects.count() == 0

    order_renewal(term.pk, at=AT, by="customer")
    with pytest.raises(PriceChanged):
        order_renewal(term.pk, seen="0" * 64, at=AT, by="customer")


def test_ordered_twice_it_is_one_order_and_a_new_choice_replaces_it(wechat: MemoryProvider) -> None:
    term = a_term()
    first = order_renewal(term.pk, at=AT, by="customer")
    again = order_renewal(term.pk, at=AT, by="customer")
    payment = open_attempt(first, "wechat_native", at=AT, by="customer").payment

    monthly = order_renewal(term.pk, RenewalChoice(cycle_months=1), at=AT, by="customer")
    back = order_renewal(term.pk, at=AT, by="customer")

    first.refresh_from_db()
    payment.refresh_from_db()
    assert first.pk == again.pk
    assert len({first.pk, monthly.pk, back.pk}) == 3
    assert (first.state, payment.state) == (OrderState.CANCELLED, PaymentState.CLOSED)
    assert wechat.held[str(payment.number)].status == Status.CLOSED
    assert Order.objects.filter(state=OrderState.OPEN).get().pk == back.pk


def test_what_was_paid_cannot_be_ordered_again(wechat: MemoryProvider) -> None:
    """The back button after paying."""
    term = a_term()
    order = order_renewal(term.pk, at=AT, by="customer")
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    wechat.pay(str(payment.number), at=AT)
    look_after_money(at=AT + timedelta(seconds=5), by="worker")

    with pytest.raises(AlreadyPaid):
        order_renewal(term.pk, RenewalChoice(cycle_months=1), at=AT, by="customer")
    with pytest.raises(AlreadyPaid) as refused:
        open_attempt(order, "wechat_native", at=AT, by="customer")

    assert "nothing was charged" in refused.value.sentence("en")
    assert (Order.objects.count(), len(wechat.held)) == (1, 1)


def test_an_order_that_waited_too_long_ends_and_can_be_placed_anew(wechat: MemoryProvider) -> None:
    term = a_term()
    first = order_renewal(term.pk, at=AT, by="customer")
    later = AT + timedelta(hours=25)
    with pytest.raises(OrderOver):
        open_attempt(first, "wechat_native", at=later, by="customer")

    second = order_renewal(term.pk, at=later, by="customer")
    look_after_money(at=later, by="worker")

    first.refresh_from_db()
    assert (first.state, second.state) == (OrderState.EXPIRED, OrderState.OPEN)


def test_paid_in_the_last_minute_and_told_after_the_end_is_honoured(wechat: MemoryProvider) -> None:
    term = a_term()
    order = order_renewal(term.pk, at=AT, by="customer")
    payment = open_attempt(
        order, "wechat_native", at=AT + timedelta(hours=23), by="customer"
    ).payment
    wechat.is_deaf_to = {"query"}
    wechat.pay(str(payment.number), at=AT + timedelta(hours=23, minutes=59))
    look_after_money(at=AT + timedelta(hours=24, minutes=5), by="worker")
    order.refresh_from_db()
    assert order.state == OrderState.EXPIRED

    wechat.is_deaf_to = set()
    look_after_money(at=AT + timedelta(hours=24, minutes=30), by="worker")

    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    assert Term.objects.count() == 2


def test_ordered_within_grace_and_paid_after_it_still_renews(wechat: MemoryProvider) -> None:
    """R-Y-061: the customer gets the days that the bill promised."""
    term = a_term(days_left=-15)
    order = order_renewal(term.pk, at=AT, by="customer")
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    wechat.pay(str(payment.number), at=AT + timedelta(hours=1))

    look_after_money(at=AT + timedelta(hours=1), by="worker")

    term.refresh_from_db()
    assert term.state == TermState.RENEWED
    assert Term.objects.get(number=2).starts_on == day(-15)


def test_an_unknown_order_is_named_and_nothing_moves() -> None:
    with pytest.raises(UnknownOrder) as refused:
        order_named("ord_of_somebody")
    with pytest.raises(UnknownOrder):
        cancel_order("ord_of_somebody", at=AT, by="customer")

    assert "nothing was charged" in refused.value.sentence("en")


def test_nothing_due_costs_no_lease(wechat: MemoryProvider) -> None:
    done = look_after_money(at=AT.replace(hour=1), by="worker")

    assert (done.asked, done.given, done.refunded, done.expired) == (0, 0, 0, 0)
    assert run_effects(at=AT, by="worker") == 0
