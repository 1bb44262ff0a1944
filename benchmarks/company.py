"""One company with very many contracts: renewed together, and one after the other.

The alternative is what a service desk does without batches: for each contract a quote, an order, a
payment and its fulfilment of its own, each through the same verbs.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace

from tenure.act.batches.actions import begin, go_on_to_the_end
from tenure.act.payments import registry
from tenure.act.payments.fulfilment import run_effects
from tenure.act.payments.opening import Attempted, How, store_attempt
from tenure.act.payments.ordering import order_renewal
from tenure.act.payments.rules import Told
from tenure.act.payments.settling import settle
from tenure.act.payments.values import Status
from tenure.kernel.periods import add_months
from tenure.records.billing.orders.models import Order
from tenure.records.billing.states import Origin
from tenure.records.catalog.models import Price
from tenure.records.customers.models import Account
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.batches.actions import begin_placing
from tenure.records.subscriptions.batches.rules import NewBatch, Wish
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState

NAME = "benchmark company"
CONTRACTS = 10_000
ONE_BY_ONE = 300
_SOURCE = "benchmark"


def found(at: datetime, *, contracts: int = CONTRACTS) -> Mapping[str, object]:
    """Prepare: a company with its contracts, each for a year that ends in 30 days."""
    on = business_day(at)
    price = Price.objects.filter(cycle_months=12).order_by("pk")[0]
    account = Account.objects.create(
        source=_SOURCE, external_id=NAME, name=NAME, kind=Account.Kind.BUSINESS, country="CN",
        currency=price.currency, started_on=on - timedelta(days=700), holdout_bucket=9_999,
        recorded_at=at,
    )  # fmt: skip
    ends_on = on + timedelta(days=30)
    starts_on = add_months(ends_on, -12)
    insert_rows(
        Subscription,
        (
            (account.pk, _SOURCE, f"LINE-{number}", price.plan_version_id, 12, starts_on,
             SubscriptionState.ACTIVE, starts_on, at)
            for number in range(contracts)
        ),
        columns=("account_id", "source", "external_id", "plan_version_id", "cycle_months",
                 "anchor_on", "state", "started_on", "recorded_at"),
    )  # fmt: skip
    chains = Subscription.objects.filter(account=account).values_list("pk", flat=True)
    insert_rows(
        Term,
        (
            (account.pk, one, price.plan_version_id, 1, 12, starts_on, ends_on,
             price.amount_minor, price.amount_minor, price.currency, TermState.RUNNING, at)
            for one in chains
        ),
        columns=("account_id", "subscription_id", "plan_version_id", "number", "cycle_months",
                 "starts_on", "ends_on", "price_minor", "list_price_minor", "currency", "state",
                 "recorded_at"),
    )  # fmt: skip
    return {"contracts": len(chains)}


def together(at: datetime) -> Mapping[str, object]:
    """All of them as one batch: checked and priced, placed, paid, given."""
    account, begun = Account.objects.get(external_id=NAME), time.process_time()
    wishes = [Wish(number + 2, f"LINE-{number}") for number in range(CONTRACTS)]
    batch = begin(NewBatch(account.pk, "benchmark.csv", wishes), at=at, by="benchmark")
    batch = go_on_to_the_end(batch, at=at, by="benchmark")
    begin_placing(batch.pk, seen=batch.digest, at=at, by="benchmark")
    batch.refresh_from_db()
    batch = go_on_to_the_end(batch, at=at, by="benchmark")
    assert batch.order is not None, "a placed batch has its order"
    with bank():
        pay(batch.order, at=at)
        run_effects(at=at, by="benchmark")
    batch.refresh_from_db()
    assert batch.state == "done", batch.state
    return {**_renewed(account), "processor_seconds": time.process_time() - begun}


def one_by_one(at: datetime) -> Mapping[str, object]:
    """A sample of them, each bought by itself."""
    account = Account.objects.get(external_id=NAME)
    terms = Term.objects.filter(account=account, number=1).order_by("pk")
    with bank():
        for term_id in terms.values_list("pk", flat=True)[:ONE_BY_ONE]:
            order = order_renewal(term_id, at=at, by="benchmark")
            payment_id = pay(order, at=at)
            run_effects(at=at, by="benchmark", payment_id=payment_id)
    return _renewed(account)


def _renewed(account: Account) -> Mapping[str, object]:
    renewed = Term.objects.filter(account=account, number=2).count()
    return {"terms": renewed, "of": CONTRACTS}


@contextmanager
def bank() -> Iterator[None]:
    """A bank that is only known by its name: what is measured is ours."""
    with registry.standing_in(SimpleNamespace(name="bank", merchant="benchmark")):
        yield


def pay(order: Order, *, at: datetime) -> int:
    """The money of an order is here."""
    attempt = Attempted(How("bank_transfer"), "bank", "transfer")
    payment = store_attempt(order.pk, attempt, at=at, by="benchmark")
    told = Told(Status.SUCCEEDED, Origin.QUERY, paid_at=at)
    settle(payment.pk, told, at=at, by="benchmark")
    return payment.pk
