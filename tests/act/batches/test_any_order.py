"""Whatever company, clerks and worker do with a batch, in whatever order, each line stays right."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tenure.act.batches.actions import ask_back, drop, settle_line
from tenure.act.payments import registry
from tenure.act.payments.actions import open_attempt, request_refund
from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.loop.takings import look_after_money
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.actions import approve, reject
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.queries import to_approve
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import HOLDS, RefundEffect, RefundReason, RefundState
from tenure.records.billing.states import PAID
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.actions import ask_to_cancel, renew
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term, TermLine
from tenure.records.subscriptions.rules import Purchase
from tenure.records.subscriptions.states import LIVE, TermState
from tests.act.batches.companies import a_checked, a_company, a_list, an_ordered
from tests.act.payments.memory import MemoryProvider
from tests.builders import AT

LINES = 3
PLACES = st.integers(2, LINES + 1)


class OneBatch(RuleBasedStateMachine):
    """A company with three contracts in one placed batch."""

    @initialize()
    def begin(self) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.at, self.asked = AT, 0
        self.provider = MemoryProvider("wechat")
        self.stand_in = registry.standing_in(self.provider)
        self.stand_in.__enter__()
        account, self.terms = a_company(LINES)
        names = [f"LINE-{number}" for number in range(1, LINES + 1)]
        self.batch = an_ordered(a_checked(account, a_list(*names)))

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            self.come_to_rest()
            self.stand_in.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    def tries(self, verb: Callable[[], Any]) -> Any:
        """What is refused is allowed to be; the invariants judge the rest."""
        self.at += timedelta(seconds=1)
        self.batch = Batch.objects.select_related("order").get(pk=self.batch.pk)
        try:
            with transaction.atomic():
                return verb()
        except Refusal:
            return None

    @rule()
    def pays(self) -> None:
        def goes() -> None:
            assert self.batch.order is not None
            attempt = open_attempt(self.batch.order, "wechat_native", at=self.at, by="customer")
            self.provider.pay(str(attempt.payment.number), at=self.at)

        self.tries(goes)

    @rule(place=PLACES)
    def is_renewed_elsewhere(self, place: int) -> None:
        on, term = business_day(self.at), self.terms[place - 2]
        self.tries(lambda: renew(Purchase(term.pk, on=on), at=self.at, by="clerk"))

    @rule(place=PLACES)
    def ends_elsewhere(self, place: int) -> None:
        on, term = business_day(self.at), self.terms[place - 2]
        self.tries(lambda: ask_to_cancel(term.pk, on=on, at=self.at, by="clerk", is_at_once=True))

    @rule(place=PLACES)
    def one_line_goes_back(self, place: int) -> None:
        self.tries(lambda: ask_back(self.batch, place, at=self.at, by="user:1"))

    @rule(place=PLACES, gives_up=st.booleans())
    def a_line_is_settled(self, place: int, gives_up: bool) -> None:
        self.tries(
            lambda: settle_line(self.batch, place, at=self.at, by="user:1", is_given_up=gives_up)
        )

    @rule(effect=st.sampled_from([RefundEffect.END, RefundEffect.REVERSE]))
    def all_goes_back(self, effect: RefundEffect) -> None:
        self.ask(RefundReason.CUSTOMER_REQUEST, effect, None)

    @rule(amount=st.integers(1, 50_000))
    def some_goes_back(self, amount: int) -> None:
        self.ask(RefundReason.GOODWILL, RefundEffect.NONE, Money(amount, "CNY"))

    def ask(self, reason: RefundReason, effect: RefundEffect, amount: Money | None) -> None:
        paid = Payment.objects.filter(order=self.batch.order, state__in=PAID).first()
        if paid is not None:
            self.asked += 1
            new = NewRefund(paid.pk, reason, f"asked:{self.asked}", amount=amount, effect=effect)
            self.tries(lambda: request_refund(new, at=self.at, by="user:1"))

    @rule(is_agreed=st.booleans())
    def a_second_person_decides(self, is_agreed: bool) -> None:
        for one in list(to_approve()):
            if is_agreed:
                self.tries(partial(approve, one.pk, at=self.at, by="user:2"))
            else:
                self.tries(partial(reject, one.pk, note="", at=self.at, by="user:2"))

    @rule()
    def is_dropped(self) -> None:
        self.tries(lambda: drop(self.batch, at=self.at, by="user:1"))

    @rule()
    def the_worker_comes(self) -> None:
        self.at += timedelta(minutes=1)
        look_after_money(at=self.at, by="worker")

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @invariant()
    def money_adds_up(self) -> None:
        for one in Payment.objects.all():
            held = Refund.objects.filter(payment=one, state__in=HOLDS)
            assert (held.aggregate(all=Sum("amount_minor"))["all"] or 0) <= one.amount_minor

    @invariant()
    def no_contract_runs_twice(self) -> None:
        live = Term.objects.filter(state__in=LIVE).values("subscription")
        assert not live.annotate(n=Count("pk")).filter(n__gt=1).exists()

    @invariant()
    def what_is_given_is_there_and_what_is_returned_is_gone(self) -> None:
        for line in BatchLine.objects.select_related("added", "refund"):
            if line.state == LineState.GIVEN:
                assert line.added is not None
                assert line.added.reversed_on is None
            if line.state == LineState.RETURNED:
                assert line.added is not None
                assert line.refund is not None
                assert line.added.state == TermState.CANCELLED
                assert line.refund.state == RefundState.SUCCEEDED

    @invariant()
    def no_line_gives_back_more_than_it_cost(self) -> None:
        for line in BatchLine.objects.filter(added__isnull=False):
            credits = TermLine.objects.filter(term=line.added_id, kind="credit")
            gone = credits.aggregate(all=Sum("amount_minor"))["all"] or 0
            assert 0 <= -gone <= line.amount_minor

    def come_to_rest(self) -> None:
        """The worker comes until nothing moves: no line is on its way, no failed one is unpaid."""
        for one in list(to_approve()):
            self.tries(partial(approve, one.pk, at=self.at, by="user:2"))
        for _ in range(3):
            self.at += timedelta(minutes=5)
            look_after_money(at=self.at, by="worker")
        batch = Batch.objects.get(pk=self.batch.pk)
        lines = BatchLine.objects.filter(batch=batch)
        if batch.state == BatchState.DONE:
            assert not lines.filter(state=LineState.ORDERED).exists()
            assert not lines.filter(state=LineState.FAILED, refund=None).exists()
        self.money_adds_up()
        self.what_is_given_is_there_and_what_is_returned_is_gone()
        self.no_line_gives_back_more_than_it_cost()


@pytest.mark.slow
@pytest.mark.usefixtures("either_database", "strategy")
def test_a_batch_stays_right_whatever_happens() -> None:
    """ENT-01, R-Y-014: on SQLite and on PostgreSQL."""
    run_state_machine_as_test(
        OneBatch,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
