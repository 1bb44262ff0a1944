"""Pauses, changes, seats, refunds and renewals in any order: the chain and the books stay whole."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from tenure.kernel.failures import Refusal
from tenure.records.billing.credits.queries import balance
from tenure.records.billing.revenue.rules import billed, deferred, recognised
from tenure.records.catalog.models import Plan
from tenure.records.subscriptions.actions import (
    GiveBack,
    MoreSeats,
    PlanChange,
    Rest,
    add_seats,
    apply_due_changes,
    change_plan,
    close_overdue,
    end_with_refund,
    pause,
    renew,
    resume,
)
from tenure.records.subscriptions.models import Subscription, Term, TermLine
from tenure.records.subscriptions.queries import serving_term
from tenure.records.subscriptions.quoting.queries import (
    quote_plan_change,
    quote_refund,
    quote_renewal,
    quote_seats,
)
from tenure.records.subscriptions.revenue.queries import earnings, totals
from tenure.records.subscriptions.states import SubscriptionState
from tests.builders import AT, a_plan, a_plan_version
from tests.records.subscriptions.test_lifecycle import CYCLES, OneCustomer

PRICES = {"low": 5_000, "mid": 9_900, "high": 20_000}


class OneContract(OneCustomer):
    """As the customer of the chain, who also rests, changes, grows and gets money back."""

    @initialize(begins_on=st.dates(date(2027, 1, 25), date(2028, 3, 2)), cycle=st.just(12))
    def begin(self, begins_on: date, cycle: int) -> None:
        OneCustomer.begin.__wrapped__(self, begins_on, cycle)  # type: ignore[attr-defined]
        self.key = 0
        self.past: dict[date, int] = {}
        for rank, (code, minor) in enumerate(PRICES.items(), start=1):
            if not Plan.objects.filter(code=code).exists():
                prices = {months: minor * months for months in (1, 12, 24)}
                plan = a_plan(code=code, tier_rank=rank)
                a_plan_version(plan=plan, prices=prices, entitlements={"gb": rank * 10})

    @property
    def serving(self) -> Term | None:
        return serving_term(self.subscription_id, on=self.today)

    @rule(cycle=CYCLES)
    def buys(self, cycle: int) -> None:
        """On the day itself: what becomes known later may change the past, and is not this test."""
        OneCustomer.buys.__wrapped__(self, cycle, 0)  # type: ignore[attr-defined]

    @rule()
    def night_with_changes(self) -> None:
        close_overdue(as_of=self.today, at=AT)
        apply_due_changes(as_of=self.today, at=AT)
        again = apply_due_changes(as_of=self.today, at=AT)
        assert (again.resumed, again.applied, again.dropped) == (0, 0, 0)

    @rule(days=st.integers(1, 90))
    def rests(self, days: int) -> None:
        before, serving = self.picture(), self.serving
        try:
            pause(Rest(self.subscription_id, self.today, days), at=AT, by="customer")
        except Refusal:
            assert self.picture() == before
            return
        if serving is not None and self.picture() != before:
            moved = Term.objects.get(pk=serving.pk).ends_on - serving.ends_on
            assert moved == timedelta(days=days)

    @rule()
    def goes_on(self) -> None:
        resume(self.subscription_id, on=self.today, at=AT, by="customer")
        assert Subscription.objects.get(pk=self.subscription_id).paused_on is None

    @rule(plan=st.sampled_from(sorted(PRICES)))
    def changes_plan(self, plan: str) -> None:
        term, before = self.serving, self.picture()
        if term is None:
            return
        try:
            quote = quote_plan_change(term.pk, plan, on=self.today)
            lines = set(TermLine.objects.filter(term=term).values_list("pk", flat=True))
            self.key += 1
            change = PlanChange(term.pk, plan, self.today, key=f"k{self.key}")
            change_plan(change, at=AT, by="customer")
        except Refusal:
            assert self.picture() == before
            return
        fresh = TermLine.objects.filter(term=term).exclude(pk__in=lines)
        written = fresh.exclude(once_key=f"term:{term.pk}").order_by("pk")
        quoted = quote.bill.lines if quote.bill else ()
        assert [one.amount_minor for one in written] == [one.amount.amount_minor for one in quoted]

    @rule(more=st.integers(1, 3))
    def gets_seats(self, more: int) -> None:
        term = self.serving
        if term is None:
            return
        self.key += 1
        try:
            bill = quote_seats(term.pk, more, on=self.today)
            wanted = MoreSeats(term.pk, more, self.today, key=f"k{self.key}")
            add_seats(wanted, at=AT, by="customer")
        except Refusal:
            return
        line = TermLine.objects.get(once_key=f"k{self.key}:0")
        assert line.amount_minor == bill.total.amount_minor

    @rule()
    def renews_as_quoted(self) -> None:
        old = self.last
        try:
            quote = quote_renewal(old.pk, on=self.today)
        except Refusal:
            return
        new = renew(quote.purchase(), at=AT, by="customer")
        assert new.price_minor == quote.bill.total.amount_minor
        assert (new.starts_on, new.ends_on) == (
            quote.bill.lines[0].period.starts_on,
            quote.bill.lines[0].period.ends_on,
        )

    @rule()
    def wants_the_money_back(self) -> None:
        term, before = self.last, self.picture()
        try:
            bill = quote_refund(term.pk, on=self.today)
            end_with_refund(GiveBack(term.pk, self.today), at=AT, by="customer")
        except Refusal:
            assert self.picture() == before
            return
        assert bill.total.amount_minor <= 0

    @invariant()
    def what_was_charged_is_earned_or_still_owed_as_service(self) -> None:
        if not hasattr(self, "today"):
            return
        found = [one for _, one in earnings(self.subscription_id)]
        for one in found:
            assert deferred(one, self.today) >= -1
            assert recognised(one, date(2099, 1, 1)) == billed(one, date(2099, 1, 1))
        books = totals(as_of=self.today).get("CNY")
        sold = [one for one in found if one.sold_on <= self.today]
        assert (books.deferred if books else 0) == sum(deferred(one, self.today) for one in sold)

    @invariant()
    def a_day_that_is_over_gives_the_same_answer_again(self) -> None:
        if not hasattr(self, "past"):
            return
        for day, recognised_then in self.past.items():
            books = totals(as_of=day).get("CNY")
            assert day == self.today or (books.recognised if books else 0) == recognised_then
        books = totals(as_of=self.today).get("CNY")
        self.past[self.today] = books.recognised if books else 0

    @invariant()
    def a_rest_says_its_days_and_the_balance_is_not_below_zero(self) -> None:
        if not hasattr(self, "today"):
            return
        subscription = Subscription.objects.get(pk=self.subscription_id)
        if subscription.state == SubscriptionState.PAUSED:
            assert subscription.paused_on is not None
            assert subscription.resumes_on is not None
        assert balance(subscription.account_id, currency="CNY").amount_minor >= 0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_the_contract_stays_whole(either_database: str) -> None:
    run_state_machine_as_test(
        OneContract,
        settings=settings(
            max_examples=25 if either_database == "sqlite" else 6,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Term.objects.count() == 0
