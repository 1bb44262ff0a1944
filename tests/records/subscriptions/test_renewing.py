"""TOP-02: the term is the unit. A renewal adds the next term to the chain, once."""

import threading
from datetime import date
from typing import Any

import pytest
from django.db import connections
from pytest_django.fixtures import DjangoAssertNumQueries

from tenure.records.billing.models import Payment
from tenure.records.catalog.models import PlanVersion
from tenure.records.catalog.rules import NoPrice
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import ask_to_cancel, close_overdue, renew, renew_many
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import chain, live_term, live_terms
from tenure.records.subscriptions.rules import PaidBy, Purchase
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tests.builders import AS_OF, AT, a_plan_version, a_term, day


def buy(term: Term, *, on: date = AS_OF, **wanted: Any) -> Term:
    return renew(Purchase(term.pk, on, **wanted), at=AT, by="user:1")


def test_the_next_term_joins_the_old_end_at_the_list_price(either_database: str) -> None:
    old = a_term(days_left=30, price_minor=90_000)

    new = buy(old)

    old.refresh_from_db()
    assert (old.state, old.renewed_on) == (TermState.RENEWED, AS_OF)
    assert (new.number, new.state) == (2, TermState.RUNNING)
    assert (new.starts_on, new.ends_on) == (old.ends_on, old.ends_on.replace(year=2027))
    assert (new.price_minor, new.list_price_minor) == (106_920, 106_920)
    entry = Entry.objects.get(kind="term.renewed")
    assert (entry.term_id, entry.on, entry.actor) == (old.pk, AS_OF, "user:1")
    assert entry.content["ends_on"] == str(new.ends_on)


def test_renewing_twice_does_nothing_more(either_database: str) -> None:
    old = a_term()

    first = buy(old)
    second = buy(old, on=day(1), cycle_months=24)

    assert second.pk == first.pk
    assert second.cycle_months == 12
    assert [one.number for one in chain(old.subscription_id)] == [1, 2]
    assert Entry.objects.filter(kind="term.renewed").count() == 1


def test_another_cycle_and_an_agreed_price_are_kept_beside_the_list_price(
    either_database: str,
) -> None:
    """OFR-01: two years at 20 % off the list price."""
    old = a_term(days_left=30)

    new = buy(old, cycle_months=24, price_minor=152_064)

    assert (new.price_minor, new.list_price_minor, new.cycle_months) == (152_064, 190_080, 24)
    assert new.ends_on == old.ends_on.replace(year=2028)
    assert Subscription.objects.get().cycle_months == 24


def test_the_version_in_force_on_the_day_of_payment_is_sold(either_database: str) -> None:
    """CAT-01: the old term keeps its version, the new one gets today's."""
    old = a_term(days_left=30)
    newer = a_plan_version(
        plan=old.plan_version.plan, version=2, effective_on=AS_OF, prices={12: 118_800}
    )

    new = buy(old)

    assert (new.plan_version_id, new.price_minor) == (newer.pk, 118_800)
    assert Term.objects.get(pk=old.pk).plan_version_id != newer.pk


def test_another_plan_may_be_bought(either_database: str) -> None:
    old = a_term(days_left=30)
    faster = a_plan_version(prices={12: 200_000})

    new = buy(old, plan_version_id=faster.pk)

    assert (new.plan_version_id, new.price_minor) == (faster.pk, 200_000)
    assert Subscription.objects.get(pk=old.subscription_id).plan_version_id == faster.pk


def test_a_cycle_without_a_price_is_refused_and_nothing_changes(either_database: str) -> None:
    old = a_term()

    with pytest.raises(NoPrice, match="no price for 36 months in CNY; months on sale: 1, 12, 24"):
        buy(old, cycle_months=36)

    assert Term.objects.get().state == TermState.RUNNING
    assert Entry.objects.count() == 0


def test_a_plan_without_prices_is_sold_at_the_price_agreed(either_database: str) -> None:
    old = a_term(plan_version=a_plan_version(prices={}), quantity=3)

    new = buy(old, price_minor=30_000)

    assert (new.price_minor, new.list_price_minor) == (30_000, 30_000)


def test_the_list_price_is_for_all_units(either_database: str) -> None:
    assert buy(a_term(quantity=3)).price_minor == 3 * 106_920


def test_a_payment_is_noted_for_the_new_term_once(either_database: str) -> None:
    old = a_term()
    paid_by = PaidBy("wechat", "wx-1", method="wechat")

    new = buy(old, paid_by=paid_by)
    buy(old, paid_by=paid_by)

    payment = Payment.objects.get()
    assert (payment.term_id, payment.amount_minor) == (new.pk, 106_920)
    assert (payment.state, payment.paid_on) == (Payment.State.SUCCEEDED, AS_OF)
    assert Entry.objects.filter(kind="payment.succeeded").count() == 1


def test_a_payment_within_grace_renews_and_one_after_it_begins_anew(either_database: str) -> None:
    """R-Y-061, with the loop having passed each night."""
    in_grace, too_late = a_term(ends_on=day(-15)), a_term(ends_on=day(-16))
    close_overdue(as_of=day(-1), at=AT)

    joined, anew = buy(in_grace), buy(too_late)

    assert (joined.starts_on, anew.starts_on) == (day(-15), AS_OF)
    in_grace.refresh_from_db()
    too_late.refresh_from_db()
    assert in_grace.state == TermState.RENEWED
    assert (too_late.state, too_late.closed_on) == (TermState.LAPSED, day(-1))
    subscription = Subscription.objects.get(pk=too_late.subscription_id)
    assert (subscription.state, subscription.ended_on) == (SubscriptionState.ACTIVE, None)
    assert subscription.anchor_on == AS_OF
    kinds = Entry.objects.exclude(kind="term.overdue").values_list("kind", flat=True)
    assert sorted(kinds) == ["term.lapsed", "term.renewed", "term.resumed"]


def test_a_term_that_no_night_has_closed_is_closed_by_a_late_purchase(
    either_database: str,
) -> None:
    forgotten, untouched = a_term(ends_on=day(-40)), a_term(ends_on=day(-40))

    new = buy(forgotten)

    forgotten.refresh_from_db()
    assert (forgotten.state, forgotten.closed_on) == (TermState.LAPSED, day(-25))
    assert new.starts_on == AS_OF
    assert Term.objects.get(pk=untouched.pk).state == TermState.RUNNING


def test_a_payment_within_grace_that_becomes_known_late_undoes_the_lapse(
    either_database: str,
) -> None:
    term = a_term(ends_on=day(-20))
    close_overdue(as_of=AS_OF, at=AT)

    new = buy(term, on=day(-6))

    term.refresh_from_db()
    assert (term.state, term.renewed_on, term.closed_on) == (TermState.RENEWED, day(-6), None)
    assert new.starts_on == day(-20)
    assert Subscription.objects.get().state == SubscriptionState.ACTIVE


def test_buying_undoes_a_cancellation_until_the_end_and_begins_anew_after_it(
    either_database: str,
) -> None:
    stays, returns = a_term(ends_on=day(0)), a_term(ends_on=day(-2))
    for term in (stays, returns):
        ask_to_cancel(term.pk, on=day(-10), at=AT, by="user:1")

    joined, anew = buy(stays), buy(returns)

    returns.refresh_from_db()
    assert (joined.starts_on, anew.starts_on) == (day(0), AS_OF)
    assert Term.objects.get(pk=stays.pk).cancel_asked_on is None
    assert (returns.state, returns.closed_on) == (TermState.CANCELLED, day(-2))


def test_after_a_cancellation_with_a_refund_a_new_term_shares_no_day(either_database: str) -> None:
    term = a_term(ends_on=day(100))
    ask_to_cancel(term.pk, on=day(-3), at=AT, by="user:1", is_at_once=True)

    anew = buy(term)

    assert anew.starts_on == AS_OF
    assert Term.objects.get(pk=term.pk).closed_on == day(-3)


def test_a_set_is_renewed_at_once(either_database: str) -> None:
    terms = [a_term(days_left=one) for one in (5, 30, -3)]
    renewed_before = a_term(days_left=60)
    buy(renewed_before)
    purchases = [
        Purchase(one.pk, AS_OF, paid_by=PaidBy("shop", f"p{one.pk}"))
        for one in [*terms, renewed_before, terms[0]]
    ]

    first = renew_many(purchases, at=AT, by="world")
    second = renew_many(purchases, at=AT, by="world")

    assert (first, second) == (3, 0)
    assert Term.objects.filter(state=TermState.RENEWED).count() == 4
    assert Term.objects.filter(number=2, starts_on__in=[one.ends_on for one in terms]).count() == 3
    assert Payment.objects.count() == 3
    assert Entry.objects.filter(kind="term.renewed").count() == 4


def test_a_set_takes_a_few_statements_whatever_its_size(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version = a_plan_version()
    terms = [a_term(plan_version=version) for _ in range(60)]
    purchases = [Purchase(one.pk, AS_OF) for one in terms]

    with django_assert_max_num_queries(25):
        count = renew_many(purchases, at=AT, by="world")

    assert count == 60


def test_who_is_live_on_a_day(either_database: str) -> None:
    """Begun, and on that day neither renewed nor closed, grace days included."""
    running = a_term()
    in_grace = a_term(days_left=-10, state=TermState.GRACE)
    renewed = a_term(days_left=30)
    future = buy(renewed)
    a_term(days_left=-16, state=TermState.LAPSED, closed_on=day(-1))

    assert set(live_terms(as_of=AS_OF)) == {running, in_grace}
    assert set(live_terms(as_of=day(-1))) == {running, in_grace, Term.objects.get(pk=renewed.pk)}
    assert live_term(renewed.subscription_id) == future


def test_two_who_renew_at_once_make_one_term(shared_database: str) -> None:
    """A customer's double click, on two connections."""
    term = a_term()
    barrier, made = threading.Barrier(4), []

    def click() -> None:
        barrier.wait(20)
        made.append(buy(term).pk)
        connections["default"].close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(made) == 4
    assert len(set(made)) == 1
    assert Term.objects.filter(subscription=term.subscription_id).count() == 2
    assert PlanVersion.objects.count() == 1
