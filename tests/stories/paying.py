"""A process of its own in which customers pay, and which may be killed at any step of it.

`build`, `run` and `state` are started by `warm`; with `KILL_AT=n` it is killed by SIGKILL at the
n-th place: before a statement of the records database, or around a call of the provider. The
provider lives in a file, so it remembers what it did for a process that is no more.
"""

import json
import os
import pickle
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.stories.child import Places


def a_provider(home: Path, places: Places) -> Any:
    from tests.act.payments.memory import MemoryProvider

    file = home / "provider.pickle"

    class RememberedProvider(MemoryProvider):
        """Writes its books down after each call, before anybody hears the answer."""

        def __init__(self) -> None:
            super().__init__("wechat")
            if file.exists():
                self.held, self.outbox, self.events = pickle.loads(file.read_bytes())

        def _answering(self, verb: str, number: str) -> Any:
            places.reach()
            return Written(super()._answering(verb, number), self)

        def keep(self) -> None:
            beside = file.with_suffix(".new")
            beside.write_bytes(pickle.dumps((self.held, self.outbox, self.events)))
            beside.rename(file)

    class Written:
        def __init__(self, call: Any, provider: RememberedProvider) -> None:
            self.call, self.provider = call, provider

        def __enter__(self) -> None:
            self.call.__enter__()

        def __exit__(self, *raised: object) -> None:
            self.call.__exit__(*raised)
            self.provider.keep()
            places.reach()

    return RememberedProvider()


def build() -> None:
    """Five customers, each with a term that ends in 30 days."""
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import preset
    from tests.builders import AT, a_term

    make_tables()
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    for _ in range(5):
        a_term()


def run() -> None:
    """Everybody does what they came for; begun again, they go on where they were."""
    from django.conf import settings

    from tenure.act.payments import registry

    places = Places(int(os.environ.get("KILL_AT", "0")))
    places.watch(Path(settings.TENURE_HOME))
    provider = a_provider(Path(settings.TENURE_HOME), places)
    with registry.standing_in(provider):
        customers(provider)
    sys.stdout.write(json.dumps({"places": places.passed}))


def customers(provider: Any) -> None:
    """One pays, one twice, one too late, one gets money back, one pays another amount."""
    from tenure.act.payments.actions import (
        cancel_order,
        open_attempt,
        order_renewal,
    )
    from tenure.kernel.money import Money
    from tenure.records.billing.models import Payment
    from tenure.records.billing.orders.models import Order
    from tenure.records.billing.orders.states import OrderState
    from tenure.records.subscriptions.models import Term
    from tests.builders import AT

    later = AT + timedelta(minutes=1)

    def paid(term: Term, *, way: str = "wechat_native", amount: Money | None = None) -> Payment:
        payment = opened(term, way)
        pays(payment, amount=amount)
        return payment

    def pays(payment: Payment, *, amount: Money | None = None) -> None:
        """Nobody pays the same code twice, also not after a power cut at the shop."""
        if provider.held[payment.number].paid is None:
            provider.pay(payment.number, at=later, amount=amount)
            provider.keep()

    def opened(term: Term, way: str) -> Payment:
        known = Order.objects.filter(account_id=term.account_id).order_by("pk").first()
        order = known or order_renewal(term.pk, at=AT, by="customer")
        attempts = Payment.objects.filter(order=order).exclude(handoff={}).order_by("pk")
        # Whoever has paid, even another amount, does not come to pay again.
        if order.state != OrderState.OPEN or attempts.filter(paid_at__isnull=False).exists():
            return attempts[0]
        return open_attempt(order, way, at=AT, by="customer").payment

    one, two, three, four, five = Term.objects.filter(number=1).order_by("pk")
    paid(one)
    paid(two)
    third = opened(three, "wechat_native")
    assert third.order is not None
    cancel_order(third.order.public_id, at=AT, by="customer")
    pays(third)
    paid(four)
    paid(five, amount=Money(100, "CNY"))
    _afterwards(provider, four.account_id, later=later)


def _afterwards(provider: Any, account_id: int, *, later: datetime) -> None:
    """The provider tells everything twice, one payment goes back in part, and the days pass."""
    from tenure.act.payments.actions import take_notice
    from tenure.act.payments.reconciliation.actions import reconcile
    from tenure.kernel.money import Money
    from tenure.loop.takings import look_after_money, read_bills
    from tenure.records.billing.models import Payment
    from tenure.records.billing.refunds.actions import approve, request
    from tenure.records.billing.refunds.rules import NewRefund
    from tenure.records.billing.refunds.states import RefundReason
    from tests.builders import AS_OF, AT, at_on, day

    for letter in provider.outbox * 2:
        take_notice("wechat", letter.headers, body=letter.body, at=later)
    fourth = Payment.objects.get(account_id=account_id)
    back = NewRefund(fourth.pk, RefundReason.GOODWILL, once_key="kind", amount=Money(5_000, "CNY"))
    refund = request(back, at=later, by="user:1")
    approve(refund.pk, at=later, by="user:2")
    for minutes in (2, 10, 200, 24 * 60 + 10):
        look_after_money(at=AT + timedelta(minutes=minutes), by="test")
        read_bills(at=AT + timedelta(minutes=minutes), by="test")
    reconcile("wechat", AS_OF, at=at_on(day(2), 11), by="test")


def state() -> None:
    """What everybody has in the end, without the names that chance gave."""
    from django.conf import settings

    from tenure.act.payments.models import Effect, ProviderEvent
    from tenure.act.payments.reconciliation.models import Reconciliation
    from tenure.records.billing.ledger.models import Booking
    from tenure.records.billing.ledger.queries import balances
    from tenure.records.billing.models import Payment
    from tenure.records.billing.orders.models import Order
    from tenure.records.billing.refunds.models import Refund
    from tenure.records.journal.models import Entry
    from tenure.records.subscriptions.models import Term
    from tests.builders import AS_OF

    provider = a_provider(Path(settings.TENURE_HOME), Places(0))
    done = Effect.objects.filter(done_at__isnull=False)
    report = Reconciliation.objects.get(day=AS_OF)
    found = {
        "orders": list(Order.objects.order_by("account_id").values_list("account_id", "state")),
        "payments": list(
            Payment.objects.order_by("account_id", "pk").values_list(
                "account_id", "state", "amount_minor", "refunded_minor", "received"
            )
        ),
        "terms": list(Term.objects.order_by("account_id", "number").values_list(
            "account_id", "number", "state", "starts_on", "ends_on", "price_minor"
        )),
        "refunds": list(Refund.objects.order_by("account_id").values_list(
            "account_id", "state", "amount_minor", "reason"
        )),
        "effects": Counter(done.values_list("kind", flat=True)),
        "undone": Effect.objects.filter(done_at=None).count(),
        "events": ProviderEvent.objects.filter(taken_at__isnull=False).count(),
        "books": {name: str(one) for name, one in balances(currency="CNY").items()},
        "bookings": Counter(Booking.objects.values_list("kind", flat=True)),
        "journal": Counter(Entry.objects.values_list("kind", flat=True)),
        "day": [report.is_balanced, report.closed_at is not None, report.sums],
        "provider": sorted(
            (str(one.paid), sorted(str(back.amount) for back in one.refunds.values()))
            for one in provider.held.values()
        ),
    }  # fmt: skip
    sys.stdout.write(json.dumps(found, default=str, sort_keys=True))
