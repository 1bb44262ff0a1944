"""Another plan, more seats, an add-on: ordered at today's bill, paid, and given once."""

from datetime import timedelta

import pytest

from tenure.act.payments.actions import (
    open_attempt,
    order_add_on,
    order_co_term,
    order_plan_change,
    order_seats,
    run_effects,
)
from tenure.loop.takings import look_after_money
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.models import Attachment, Subscription, Term
from tenure.records.subscriptions.quoting.queries import (
    quote_add_on,
    quote_co_term,
    quote_plan_change,
)
from tenure.records.subscriptions.quoting.values import EndsLater
from tenure.strategy.loading import PRESETS
from tests.act.payments.memory import MemoryProvider
from tests.builders import (
    AS_OF,
    AT,
    a_plan,
    a_plan_version,
    a_subscription,
    a_term,
    an_account,
    day,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
LATER = AT + timedelta(seconds=6)


def pay(order: Order, provider: MemoryProvider) -> None:
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    if payment.source == provider.name:
        provider.pay(str(payment.number), at=AT)
    look_after_money(at=LATER, by="worker")
    run_effects(at=LATER, by="worker")


def test_a_larger_plan_is_paid_and_counts_from_today(wechat: MemoryProvider) -> None:
    term = a_term(days_left=100)
    larger = a_plan_version(
        plan=a_plan(code="fibre-1000", tier_rank=3), prices={12: 200_000, 1: 20_000}
    )
    quote = quote_plan_change(term.pk, "fibre-1000", on=AS_OF)
    assert quote.bill is not None

    order = order_plan_change(term.pk, "fibre-1000", seen=quote.bill.digest, at=AT, by="customer")
    again = order_plan_change(term.pk, "fibre-1000", at=AT, by="customer")
    assert order is not None
    assert again is not None
    assert (again.pk, order.total_minor) == (order.pk, quote.bill.to_pay.amount_minor)
    pay(order, wechat)

    order.refresh_from_db()
    assert order.state == OrderState.FULFILLED
    changed = Subscription.objects.get(pk=term.subscription_id)
    assert changed.plan_version_id == larger.pk
    books = balances(currency="CNY")
    assert books["cash:wechat"].amount_minor == order.total_minor
    assert sum(one.amount_minor for one in books.values()) == 0


def test_seats_are_added_once_and_can_be_bought_again(wechat: MemoryProvider) -> None:
    term = a_term(subscription=a_subscription(quantity=5), days_left=100)
    first = order_seats(term.pk, 2, at=AT, by="customer")
    assert order_seats(term.pk, 2, at=AT, by="customer").pk == first.pk
    pay(first, wechat)

    second = order_seats(term.pk, 2, at=AT, by="customer")
    pay(second, wechat)

    assert first.pk != second.pk
    assert Subscription.objects.get(pk=term.subscription_id).quantity == 9


def test_an_add_on_is_paid_for_the_rest_of_the_term_and_attached_once(
    wechat: MemoryProvider,
) -> None:
    """CAT-03: ordered twice it is one order, and given once."""
    apply(PRESETS / "broadband", by="test", at=AT)
    sold = PlanVersion.objects.get(plan__code="home_300")
    term = a_term(plan_version=sold, days_left=100)
    quote = quote_add_on(term.pk, "mesh_wifi", on=AS_OF)

    order = order_add_on(term.pk, "mesh_wifi", seen=quote.digest, at=AT, by="customer")
    again = order_add_on(term.pk, "mesh_wifi", at=AT, by="customer")
    pay(order, wechat)

    order.refresh_from_db()
    attached = Attachment.objects.get(subscription_id=term.subscription_id)
    assert (again.pk, order.total_minor) == (order.pk, quote.to_pay.amount_minor)
    assert (order.state, attached.add_on.code) == (OrderState.FULFILLED, "mesh_wifi")


def test_several_terms_are_brought_to_one_date_by_one_order(wechat: MemoryProvider) -> None:
    """TOP-17: seen = ordered = paid, and every term then ends on the common date."""
    account = an_account()
    terms = [a_term(account=account, days_left=days) for days in (20, 60)]
    ids, until = [one.pk for one in terms], day(400)
    quote = quote_co_term(ids, until=until, on=AS_OF)

    order = order_co_term(ids, until=until, seen=quote.bill.digest, at=AT, by="customer")
    again = order_co_term(ids[::-1], until=until, at=AT, by="customer")
    pay(order, wechat)

    order.refresh_from_db()
    added = Term.objects.filter(account=account, number=2)
    assert (again.pk, order.total_minor) == (order.pk, quote.bill.to_pay.amount_minor)
    assert order.state == OrderState.FULFILLED
    assert sorted(added.values_list("ends_on", flat=True)) == [until, until]
    assert sum(added.values_list("price_minor", flat=True)) == order.total_minor


def test_a_common_date_that_some_term_runs_beyond_is_ordered_for_none() -> None:
    account = an_account()
    terms = [a_term(account=account, days_left=days) for days in (20, 60)]

    with pytest.raises(EndsLater):
        order_co_term([one.pk for one in terms], until=day(30), at=AT, by="customer")

    assert Order.objects.count() == 0
