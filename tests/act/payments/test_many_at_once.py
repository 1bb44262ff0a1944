"""Many customers, and one customer many times, against providers that cannot be relied on."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connections

from tenure.act.payments import registry
from tenure.act.payments.actions import (
    open_attempt,
    order_renewal,
    poll_due,
    refund_due,
    run_effects,
    take_notice,
)
from tenure.act.payments.provider import ProviderRefused
from tenure.act.payments.queries import has_due
from tenure.act.payments.reconciliation.actions import reconcile
from tenure.act.payments.rules import StillUnknown
from tenure.act.payments.values import Status
from tenure.kernel.failures import Outage
from tenure.records.billing.ledger.queries import balances
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import AlreadyPaid
from tenure.records.billing.orders.states import TAKEN, OrderState
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.states import PaymentState
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import preset
from tests.act.payments.unreliable import UnreliableProvider
from tests.builders import AS_OF, AT, a_plan_version, a_subscription, a_term, at_on, day
from tests.databases import database, default_database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
THREADS = 20
CUSTOMERS, CLICKS = 200, 50
METHODS = ("wechat_native", "alipay_page")
type Providers = dict[str, UnreliableProvider]


@pytest.fixture
def providers(postgres_copy: str, django_db_blocker: Any) -> Iterator[Providers]:
    """A PostgreSQL of the test's own, a strategy, and two unreliable providers."""
    found = {name: UnreliableProvider(name, seed=7) for name in ("wechat", "alipay")}
    with django_db_blocker.unblock(), default_database(database(postgres_copy)):
        apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
        with registry.standing_in(found["wechat"]), registry.standing_in(found["alipay"]):
            yield found


def at_once(work: Callable[[Any], object], things: Iterable[Any]) -> list[object]:
    """Do it for each, many at the same moment, each thread with its own connection."""

    def done(thing: Any) -> object:
        try:
            return work(thing)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(done, things))


def opens(term_id: int, method: str, *, at: datetime) -> str | None:
    """A patient customer: tries again when told to; the number to pay, or None if paid already."""
    for _ in range(40):
        try:
            order = order_renewal(term_id, at=at, by="customer")
            return open_attempt(order, method, at=at, by="customer").payment.number
        except (StillUnknown, ProviderRefused, Outage):
            continue
        except AlreadyPaid:
            return None
    raise AssertionError("forty tries without an answer")


def pays(providers: Providers, number: str | None, *, at: datetime) -> None:
    for one in providers.values():
        if number in one.held:
            one.pay(str(number), at=at)


def deliver(providers: Providers, *, at: datetime) -> None:
    """Every notice that gets through, by many hands at once."""
    letters = [(name, one) for name, found in providers.items() for one in found.letters()]
    at_once(lambda told: take_notice(told[0], told[1].headers, body=told[1].body, at=at), letters)


def settle_down(providers: Providers) -> None:
    """Two workers side by side until nothing is due any more; the world becomes reliable late."""
    at = AT + timedelta(minutes=1)
    for round_number in range(60):
        if round_number == 20:
            for one in providers.values():
                one.is_rough = False
        at += timedelta(minutes=7)
        for verb in (poll_due, partial(run_effects, by="worker"), refund_due):
            at_once(lambda one: one(), [partial(verb, at=at)] * 2)
        if round_number > 30 and not has_due(at):
            break


def read_the_bills() -> None:
    """The next morning: what nobody told us of stands on the bill, and both days close."""
    at = at_on(day(2), 11)
    for name in ("wechat", "alipay"):
        for on in (AS_OF, day(1)):
            reconcile(name, on, at=at, by="loop")
    refund_due(at=at)
    for name in ("wechat", "alipay"):
        for on in (AS_OF, day(1), day(2)):
            report = reconcile(name, on, at=at + timedelta(days=1), by="loop")
            assert report.is_balanced, f"{name} on {on}: {report.sums} and {report.ledger}"


def assert_settled(providers: Providers, *, terms: list[int]) -> None:
    """Every term renewed exactly once, all other money back, Σ ledger = Σ bill."""
    renewed = Term.objects.filter(number=2, subscription__in=_chains(terms))
    assert renewed.count() == len(terms)
    assert Term.objects.filter(number__gt=2).count() == 0
    assert Entry.objects.filter(kind="term.renewed").count() == len(terms)
    taken = Order.objects.filter(state__in=TAKEN)
    assert set(taken.values_list("state", flat=True)) == {OrderState.FULFILLED}
    assert Counter(taken.values_list("subject__term_id", flat=True)) == Counter(terms)
    kept = Payment.objects.filter(state=PaymentState.SUCCEEDED)
    assert kept.count() == len(terms)
    came = [one for found in providers.values() for one in found.held.values() if one.paid]
    assert len(came) == kept.count() + Payment.objects.filter(state="refunded").count()
    back = sum(len(one.refunds) for one in came)
    assert back == Refund.objects.filter(state="succeeded").count() == Refund.objects.count()
    found = {name: amount.amount_minor for name, amount in balances(currency="CNY").items()}
    net = {
        name: sum(
            one.paid.amount_minor
            - sum(r.amount.amount_minor for r in one.refunds.values() if r.amount)
            for one in provider.held.values()
            if one.paid
        )
        for name, provider in providers.items()
    }
    kept_by = {name: found.get(f"fees:{name}", 0) for name in providers}
    assert {name: found.get(f"cash:{name}", 0) + kept_by[name] for name in providers} == net
    assert found["deferred"] == -sum(taken.values_list("total_minor", flat=True))
    assert sum(net.values()) == -found["deferred"]
    assert found.get("owed_back", 0) == found["receivable"] == sum(found.values()) == 0


def _chains(terms: list[int]) -> list[int]:
    return list(Term.objects.filter(pk__in=terms).values_list("subscription_id", flat=True))


def test_two_hundred_customers_renew_at_once(providers: Providers) -> None:
    """PAY-01, PAY-02: a third pays on two ways at once; a seventh of the notices never comes."""
    version = a_plan_version()
    terms = [a_term(subscription=a_subscription(plan_version=version)).pk for _ in range(CUSTOMERS)]
    at = AT + timedelta(seconds=1)

    def renews(term_id: int) -> None:
        first = opens(term_id, METHODS[term_id % 2], at=AT)
        second = opens(term_id, METHODS[1 - term_id % 2], at=AT) if term_id % 3 == 0 else None
        for number in (first, second):
            pays(providers, number, at=at)

    at_once(renews, terms)
    deliver(providers, at=at)
    settle_down(providers)
    read_the_bills()

    assert_settled(providers, terms=terms)


def test_fifty_clicks_of_one_customer_charge_once(providers: Providers) -> None:
    """PAY-01: one way, clicked fifty times, is one attempt and one charge."""
    term = a_term()
    at = AT + timedelta(seconds=1)

    def clicks(_: int) -> None:
        pays(providers, opens(term.pk, "wechat_native", at=AT), at=at)

    at_once(clicks, range(CLICKS))
    deliver(providers, at=at)
    settle_down(providers)
    read_the_bills()

    assert_settled(providers, terms=[term.pk])
    assert Order.objects.count() == 1
    assert sum(one.status == Status.SUCCEEDED for one in providers["wechat"].held.values()) == 1


def test_fifty_clicks_on_two_ways_keep_one_payment(providers: Providers) -> None:
    """R-Y-009: whatever was paid besides the first goes back."""
    term = a_term()
    at = AT + timedelta(seconds=1)

    def clicks(number: int) -> None:
        pays(providers, opens(term.pk, METHODS[number % 2], at=AT), at=at)

    at_once(clicks, range(CLICKS))
    deliver(providers, at=at)
    settle_down(providers)
    read_the_bills()

    assert_settled(providers, terms=[term.pk])
