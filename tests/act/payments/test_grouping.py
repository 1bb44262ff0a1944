"""REF-03, R-L-012: a group purchase that fails refunds everybody, each payment once."""

from datetime import timedelta

import pytest

from tenure.act.payments.actions import open_attempt, order_renewal, run_effects, take_notice
from tenure.act.payments.grouping import expire_groups, order_in_group
from tenure.act.payments.models import Effect
from tenure.kernel.money import Money
from tenure.loop.takings import look_after_money
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import AlreadyPaid
from tenure.records.billing.refunds.models import Refund
from tenure.records.groups.actions import Deal, open_group
from tenure.records.groups.models import Group, GroupPlace
from tenure.records.groups.queries import gathering
from tenure.records.groups.rules import GroupOver, InAnotherGroup, OtherPlan, TooLateForGroup
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.act.payments.memory import MemoryProvider
from tests.builders import AT, a_plan_version, a_term

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
LATER = AT + timedelta(minutes=1)
THREE = Deal(size=3, percent_off=20, hours=72)
OVER = AT + timedelta(hours=72)


@pytest.fixture
def terms() -> list[Term]:
    """Four customers of one plan, whose terms end in 30 days."""
    plan = a_plan_version()
    return [a_term(days_left=30, plan_version=plan) for _ in range(4)]


def joined(term: Term, group: Group) -> Order:
    return order_in_group(term.pk, group, at=AT, by="customer")


def pays(order: Order, provider: MemoryProvider) -> Payment:
    """Pay for a place; the provider tells it twice."""
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    letter = provider.pay(str(payment.number), at=LATER)
    for _ in range(2):
        take_notice("wechat", letter.headers, body=letter.body, at=LATER)
    return payment


def renewed(terms: list[Term]) -> list[bool]:
    chains = [one.subscription_id for one in terms]
    return [Term.objects.filter(subscription_id=one).count() == 2 for one in chains]


def test_a_failed_group_buy_refunds_everybody_once(
    terms: list[Term], wechat: MemoryProvider
) -> None:
    group = open_group(terms[0], THREE, at=AT, by="customer")
    paid = [pays(joined(one, group), wechat) for one in terms[:2]]
    joined(terms[2], group)  # and does not pay
    waiting = renewed(terms)

    for minutes in (0, 1, 2, 30):
        look_after_money(at=OVER + timedelta(minutes=minutes), by="test")

    refunds = Refund.objects.order_by("payment_id")
    assert waiting == renewed(terms) == [False] * 4
    assert [one.payment_id for one in refunds] == [one.pk for one in paid]
    assert [one.amount_minor for one in refunds] == [one.amount_minor for one in paid]
    assert {one.once_key for one in refunds} == {f"unfulfilled:{one.number}" for one in paid}
    assert {one.state for one in refunds} == {"succeeded"}
    assert Entry.objects.filter(kind="group.refunded").count() == 2
    assert Group.objects.get().state == "expired"
    assert not Effect.objects.filter(done_at=None).exists()
    assert set(balances(currency="CNY").values()) == {Money(0, "CNY")}


def test_the_payment_that_completes_a_group_renews_everybody_who_paid(
    terms: list[Term], wechat: MemoryProvider
) -> None:
    group = open_group(terms[0], THREE, at=AT, by="customer")
    orders = [joined(one, group) for one in terms[:3]]
    for one in orders[:2]:
        pays(one, wechat)
    before = (renewed(terms), gathering(group.public_id, account_id=terms[3].account_id))

    pays(orders[2], wechat)
    run_effects(at=LATER, by="test")

    assert before[0] == [False] * 4
    assert before[1] is not None
    assert (before[1].paid, before[1].missing) == (2, 1)
    assert renewed(terms) == [True, True, True, False]
    assert Group.objects.get().state == "formed"
    assert not Refund.objects.exists()
    assert Entry.objects.filter(kind="group.formed").count() == 1


def test_a_group_costs_less_than_renewing_alone(terms: list[Term]) -> None:
    order = joined(terms[0], open_group(terms[0], THREE, at=AT, by="customer"))

    assert order.total_minor == terms[0].price_minor * 80 // 100
    assert order.subject["group"] == Group.objects.get().public_id


def test_a_payment_told_after_the_end_goes_back(terms: list[Term], wechat: MemoryProvider) -> None:
    """Paid in time and told too late: nobody is renewed for it, and nothing is kept."""
    group = open_group(terms[0], Deal(2, 20, 1), at=AT, by="customer")
    order = joined(terms[0], group)
    payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
    letter = wechat.pay(str(payment.number), at=LATER)
    end = group.deadline_at + timedelta(minutes=5)
    expire_groups(at=end, by="test")

    take_notice("wechat", letter.headers, body=letter.body, at=end)
    look_after_money(at=end + timedelta(minutes=1), by="test")

    assert [one.amount_minor for one in Refund.objects.all()] == [payment.amount_minor]
    assert renewed(terms)[0] is False


def test_pressed_twice_it_is_one_group_one_place_and_one_order(terms: list[Term]) -> None:
    groups = {open_group(terms[0], THREE, at=AT, by="customer").pk for _ in range(2)}
    orders = {joined(terms[0], Group.objects.get()).pk for _ in range(2)}

    assert (len(groups), len(orders), GroupPlace.objects.count()) == (1, 1, 1)


def test_whoever_cannot_join_is_told_why_and_nothing_is_ordered(terms: list[Term]) -> None:
    group = open_group(terms[0], THREE, at=AT, by="customer")
    open_group(terms[1], THREE, at=AT, by="customer")
    soon = a_term(days_left=-40, plan_version=terms[0].plan_version)

    with pytest.raises(InAnotherGroup):
        joined(terms[1], group)
    with pytest.raises(OtherPlan):
        joined(a_term(days_left=30, plan_version=a_plan_version()), group)
    with pytest.raises(TooLateForGroup):
        joined(soon, group)
    expire_groups(at=OVER, by="test")
    with pytest.raises(GroupOver):
        order_in_group(terms[2].pk, Group.objects.get(pk=group.pk), at=AT, by="customer")
    assert not Order.objects.exists()


def test_whoever_waits_in_a_group_cannot_pay_for_the_same_term_again(
    terms: list[Term], wechat: MemoryProvider
) -> None:
    group = open_group(terms[0], THREE, at=AT, by="customer")
    pays(joined(terms[0], group), wechat)

    with pytest.raises(AlreadyPaid):
        order_renewal(terms[0].pk, at=LATER, by="customer")
