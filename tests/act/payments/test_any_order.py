"""Whatever customer, providers, clerks and clocks do, in whatever order, the money stays right."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tenure.act.payments import registry
from tenure.act.payments.actions import (
    cancel_order,
    open_attempt,
    order_renewal,
    poll_due,
    refund_due,
    request_refund,
    run_effects,
    take_notice,
)
from tenure.act.payments.models import Effect
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.money import Money
from tenure.loop.takings import look_after_money
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import TAKEN
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason, RefundState
from tenure.records.billing.rules import PAYMENT
from tenure.records.billing.states import OPEN, PaymentState
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tests.act.payments.memory import Letter, MemoryProvider
from tests.builders import AT, a_term

VERBS = ("create", "query", "close", "refund", "query_refund")
METHODS = ("wechat_native", "alipay_page")


class OneRenewal(RuleBasedStateMachine):
    """A customer with one term to renew, two providers, and a worker that comes when it likes."""

    letters: Bundle[tuple[str, Letter]] = Bundle("letters")

    @initialize()
    def begin(self) -> None:
        self.frame = transaction.atomic()
        self.frame.__enter__()
        self.term = a_term(days_left=30)
        self.at = AT
        self.providers = {name: MemoryProvider(name) for name in ("wechat", "alipay")}
        self.stand_ins = [registry.standing_in(one) for one in self.providers.values()]
        for one in self.stand_ins:
            one.__enter__()
        self.refunds = 0

    def teardown(self) -> None:
        if hasattr(self, "frame"):
            self.come_to_rest()
            for one in self.stand_ins:
                one.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    def tries(self, verb: Callable[[], Any]) -> Any:
        """What is refused or unanswered is allowed to be; the invariants judge the rest."""
        try:
            return verb()
        except (Refusal, Outage):
            return None

    @rule(method=st.sampled_from(METHODS), months=st.sampled_from([1, 12]))
    def goes_to_pay(self, method: str, months: int) -> None:
        choice = RenewalChoice(cycle_months=months)

        def opens() -> None:
            order = order_renewal(self.term.pk, choice, at=self.at, by="customer")
            open_attempt(order, method, at=self.at, by="customer")

        self.tries(opens)

    @rule()
    def gives_up(self) -> None:
        order = Order.objects.order_by("-pk").first()
        if order is not None:
            self.tries(lambda: cancel_order(order.public_id, at=self.at, by="customer"))

    @rule(
        target=letters,
        name=st.sampled_from(["wechat", "alipay"]),
        place=st.integers(0, 3),
        wrong=st.sampled_from([False, False, False, True]),
    )
    def pays(
        self, name: str, place: int, wrong: bool
    ) -> tuple[str, Letter] | MultipleResults[tuple[str, Letter]]:
        provider = self.providers[name]
        numbers = sorted(provider.held)
        if not numbers:
            return multiple()
        amount = Money(1, "CNY") if wrong else None
        return name, provider.pay(numbers[place % len(numbers)], at=self.at, amount=amount)

    @rule(told=letters, again=st.booleans())
    def is_told(self, told: tuple[str, Letter], again: bool) -> None:
        for _ in range(1 + again):
            self.deliver(told)

    @rule(told=consumes(letters))
    def is_never_told(self, told: tuple[str, Letter]) -> None:
        """A notice is lost."""

    def deliver(self, told: tuple[str, Letter]) -> None:
        name, letter = told
        answer = take_notice(name, letter.headers, body=letter.body, at=self.at)
        assert answer.status == 200

    @rule(name=st.sampled_from(["wechat", "alipay"]), verb=st.sampled_from(VERBS))
    def loses_an_answer(self, name: str, verb: str) -> None:
        self.providers[name].loses.append(verb)

    @rule(name=st.sampled_from(["wechat", "alipay"]), down=st.booleans())
    def goes_down_or_up(self, name: str, down: bool) -> None:
        self.providers[name].is_deaf_to = set(VERBS) if down else set()

    @rule(seconds=st.sampled_from([1, 5, 60, 3_600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(step=st.sampled_from(["poll", "effects", "refunds", "all"]))
    def the_worker_looks(self, step: str) -> None:
        if step in ("poll", "all"):
            poll_due(at=self.at)
        if step in ("effects", "all"):
            run_effects(at=self.at, by="worker")
        if step in ("refunds", "all"):
            refund_due(at=self.at)

    @rule(amount=st.integers(1, 200_000))
    def a_clerk_refunds(self, amount: int) -> None:
        payment = Payment.objects.filter(paid_at__isnull=False).order_by("-pk").first()
        if payment is None:
            return
        self.refunds += 1
        new = NewRefund(
            payment.pk,
            RefundReason.GOODWILL,
            once_key=f"clerk {self.refunds}",
            amount=Money(min(amount, 90_000), "CNY"),
        )
        self.tries(lambda: request_refund(new, at=self.at, by="user:1"))

    @invariant()
    def nothing_is_given_twice_and_nothing_is_lost(self) -> None:
        if not hasattr(self, "frame"):
            return
        assert Term.objects.filter(subscription=self.term.subscription).count() <= 2
        assert Order.objects.filter(state__in=TAKEN, reversed_at=None).count() <= 1
        current = Payment.objects.filter(state__in=OPEN, superseded_at=None)
        assert current.count() == current.values("order").distinct().count()
        books = balances(currency="CNY")
        assert sum(one.amount_minor for one in books.values()) == 0
        for payment in Payment.objects.all():
            gone = sum(
                Refund.objects.filter(payment=payment, state=RefundState.SUCCEEDED).values_list(
                    "amount_minor", flat=True
                )
            )
            if payment.state != PaymentState.REFUNDED or not payment.received:
                assert payment.refunded_minor == gone <= payment.amount_minor
            allowed = {(start, to) for (start, _), to in PAYMENT.moves.items()}
            steps = PaymentStep.objects.filter(payment=payment).order_by("pk")
            assert set(steps.values_list("from_state", "to_state")) <= allowed

    def come_to_rest(self) -> None:
        """Everything works again for long enough: all that is known is settled."""
        for one in self.providers.values():
            one.is_deaf_to, one.loses = set(), []
        for _ in range(8):
            self.at += timedelta(hours=7)
            look_after_money(at=self.at, by="worker")
            for payment in Payment.objects.exclude(state__in=OPEN):
                poll = Payment.objects.filter(pk=payment.pk, next_query_at__isnull=False)
                assert not poll.exists(), "what is settled is not asked about"
        assert not Payment.objects.filter(state__in=OPEN).exists()
        assert not Effect.objects.filter(done_at=None).exists()
        assert not Refund.objects.filter(state=RefundState.PROCESSING).exists()
        taken = Order.objects.filter(state__in=TAKEN, reversed_at=None).count()
        assert Term.objects.filter(subscription=self.term.subscription).count() == 1 + taken
        self.compare_with_the_providers()

    def compare_with_the_providers(self) -> None:
        """Cash in the books is what the providers have of what we were told or found."""
        books = balances(currency="CNY")
        for name, provider in self.providers.items():
            known = set(
                Payment.objects.filter(source=name, paid_at__isnull=False).values_list(
                    "number", flat=True
                )
            )
            net = 0
            for held in provider.held.values():
                if held.paid is not None and held.number in known:
                    net += held.paid.amount_minor
                    net -= sum(
                        one.amount.amount_minor for one in held.refunds.values() if one.amount
                    )
            fees = books.get(f"fees:{name}", Money(0, "CNY")).amount_minor
            cash = books.get(f"cash:{name}", Money(0, "CNY")).amount_minor
            assert cash + fees == net


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.usefixtures("strategy")
def test_whatever_happens_the_money_stays_right() -> None:
    """PAY-01, PAY-02, R-Y-005, R-Y-008, R-Y-009, R-Y-012."""
    run_state_machine_as_test(
        OneRenewal,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
