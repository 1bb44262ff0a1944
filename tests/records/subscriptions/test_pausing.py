"""A subscription rests: its terms move, its price stays, and it goes on by itself (R-Y-068)."""

from datetime import date, timedelta

import pytest

from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.catalog.models import Price
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import (
    Grant,
    Rest,
    apply_due_changes,
    ask_to_cancel,
    grant,
    pause,
    renew,
    resume,
)
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.models import ContractPeriod, PeriodKind, Subscription, Term
from tenure.records.subscriptions.quoting.queries import quote_plan_change, quote_renewal
from tenure.records.subscriptions.quoting.values import IsPaused, NothingRunning
from tenure.records.subscriptions.rules import (
    PausedEnough,
    PauseTooShort,
    PeriodsOverlap,
    Purchase,
)
from tenure.records.subscriptions.states import SubscriptionState
from tests.builders import AS_OF, AT, a_plan, a_plan_version, a_term, day

BY = "customer"


def rest(term: Term, *, days: int = 30, on: date = AS_OF) -> Subscription:
    return pause(Rest(term.subscription_id, on, days), at=AT, by=BY)


def test_the_end_moves_by_the_days_of_rest(either_database: str) -> None:
    version = a_plan_version(entitlements={"download": 300})
    term = a_term(plan_version=version, days_left=100)

    paused = rest(term)
    rest(term)

    term.refresh_from_db()
    assert paused.state == SubscriptionState.PAUSED
    assert (paused.paused_on, paused.resumes_on) == (AS_OF, day(30))
    assert term.ends_on == day(130)
    assert in_force(term.subscription_id, on=day(29)) == ()
    assert [one.code for one in in_force(term.subscription_id, on=day(30))] == ["download"]
    assert Entry.objects.filter(kind="subscription.paused").count() == 1


def test_it_goes_on_by_itself_on_the_planned_day(either_database: str) -> None:
    term = a_term(days_left=100)
    rest(term)

    before = apply_due_changes(as_of=day(29), at=AT)
    there = apply_due_changes(as_of=day(30), at=AT)
    again = apply_due_changes(as_of=day(31), at=AT)

    assert (before.resumed, there.resumed, again.resumed) == (0, 1, 0)
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.paused_on) == (SubscriptionState.ACTIVE, None)
    assert Term.objects.get().ends_on == day(130)
    assert Entry.objects.get(kind="subscription.resumed").on == day(30)


@pytest.mark.parametrize(("on", "ends"), [(0, 100), (10, 110), (29, 129), (45, 130)])
def test_who_goes_on_early_gets_back_only_the_days_rested(
    either_database: str, on: int, ends: int
) -> None:
    term = a_term(days_left=100)
    rest(term)

    resume(term.subscription_id, on=day(on), at=AT, by=BY)
    resume(term.subscription_id, on=day(on), at=AT, by=BY)

    assert Term.objects.get().ends_on == day(ends)
    assert ContractPeriod.objects.filter(kind=PeriodKind.PAUSE).count() == (1 if on else 0)


def test_a_term_that_was_bought_already_moves_along(either_database: str) -> None:
    term = a_term(days_left=20)
    new = renew(Purchase(term.pk, AS_OF), at=AT, by=BY)

    rest(term)
    resume(term.subscription_id, on=day(10), at=AT, by=BY)

    term.refresh_from_db()
    new.refresh_from_db()
    assert term.ends_on == new.starts_on == day(30)
    assert new.ends_on == date(2027, 7, 5) + timedelta(days=10)


def test_the_price_is_kept_until_the_renewal_after_the_rest(either_database: str) -> None:
    """A price that rose meanwhile is not paid; one that fell is."""
    version = a_plan_version(prices={12: 100_000})
    term = a_term(plan_version=version, days_left=100)
    rest(term)

    Price.objects.update(amount_minor=120_000)
    kept = quote_renewal(term.pk, on=day(130)).bill.total
    over = quote_renewal(term.pk, on=day(146)).bill.total
    Price.objects.update(amount_minor=90_000)
    fallen = quote_renewal(term.pk, on=day(130)).bill.total

    assert kept == Money(100_000, "CNY")
    assert over == Money(120_000, "CNY")
    assert fallen == Money(90_000, "CNY")


def test_a_rest_is_neither_too_long_nor_too_often_nor_beside_a_trial(
    either_database: str,
) -> None:
    term = a_term(days_left=200)

    with pytest.raises(PauseTooShort):
        rest(term, days=91)
    with pytest.raises(NothingRunning):
        rest(term, on=day(400))
    rest(term, days=90)
    with pytest.raises(IsPaused):
        rest(term, on=day(1))
    with pytest.raises(IsPaused):
        quote_plan_change(term.pk, a_plan_version(plan=a_plan()).plan.code, on=day(1))
    resume(term.subscription_id, on=day(90), at=AT, by=BY)
    with pytest.raises(PausedEnough) as refused:
        rest(term, days=31, on=day(100))
    gives = [{"code": "vip", "name": {"zh": "会员", "en": "VIP"}, "quantity": 1}]
    trial = Grant(term.subscription_id, PeriodKind.TRIAL, Period(day(100), day(114)), gives)
    grant(trial, at=AT, by=BY)
    grant(trial, at=AT, by=BY)
    with pytest.raises(PeriodsOverlap):
        rest(term, days=10, on=day(110))

    assert refused.value.data["left"] == 30
    assert Term.objects.get().ends_on == day(290)
    assert [one.code for one in in_force(term.subscription_id, on=day(100))] == ["vip"]
    assert in_force(term.subscription_id, on=day(114)) == ()


def test_who_leaves_while_at_rest_and_comes_back_is_served_at_once(either_database: str) -> None:
    version = a_plan_version(entitlements={"download": 300})
    term = a_term(plan_version=version, days_left=100)
    rest(term)

    ask_to_cancel(term.pk, on=day(5), is_at_once=True, at=AT, by=BY)
    new = renew(Purchase(term.pk, day(6)), at=AT, by=BY)

    term.refresh_from_db()
    assert (term.closed_on, term.ends_on) == (day(5), day(105))
    subscription = Subscription.objects.get()
    assert (subscription.state, subscription.paused_on) == (SubscriptionState.ACTIVE, None)
    assert new.starts_on == day(6)
    assert [one.code for one in in_force(term.subscription_id, on=day(6))] == ["download"]
