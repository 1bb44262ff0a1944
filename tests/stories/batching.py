"""A process of its own in which a company's paid batch is given, and which may be killed.

`build`, `run` and `state` are started by `warm`; with `KILL_AT=n` it is killed by SIGKILL before
the n-th statement of the records database. `LINES` says how many contracts the company has.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.stories.child import Places


def build() -> None:
    """A company with many contracts has placed and paid a batch; some lines went another way."""
    from benchmarks import company
    from tenure.act.batches.actions import begin, go_on_to_the_end
    from tenure.records.customers.models import Account
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.subscriptions.actions import ask_to_cancel, renew_many
    from tenure.records.subscriptions.batches.actions import begin_placing
    from tenure.records.subscriptions.batches.rules import NewBatch, Wish
    from tenure.records.subscriptions.models import Term
    from tenure.records.subscriptions.rules import Purchase
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import preset
    from tests.builders import AS_OF, AT, a_plan_version

    make_tables()
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    a_plan_version()
    lines = int(os.environ["LINES"])
    company.found(AT, contracts=lines)
    account = Account.objects.get(external_id=company.NAME)
    wishes = [Wish(number + 2, f"LINE-{number}") for number in range(lines)]
    batch = begin(NewBatch(account.pk, "list.csv", wishes), at=AT, by="test")
    go_on_to_the_end(batch, at=AT, by="test")
    batch = begin_placing(batch.pk, at=AT, by="test")
    batch = go_on_to_the_end(batch, at=AT, by="test")
    terms = list(Term.objects.filter(account=account).order_by("pk"))
    renew_many([Purchase(one.pk, on=AS_OF) for one in terms[10:14]], at=AT, by="somebody else")
    ask_to_cancel(terms[20].pk, on=AS_OF, at=AT, by="customer", is_at_once=True)
    assert batch.order is not None, "a placed batch has its order"
    with company.bank():
        company.pay(batch.order, at=AT + timedelta(minutes=1))


def run() -> None:
    """Whatever is due about the money is done."""
    from django.conf import settings

    from benchmarks import company
    from tenure.act.payments.fulfilment import run_effects
    from tests.builders import AT

    places = Places(int(os.environ.get("KILL_AT", "0")))
    places.watch(Path(settings.TENURE_HOME))
    with company.bank():
        for minutes in (2, 3, 4):
            run_effects(at=AT + timedelta(minutes=minutes), by="test")
    sys.stdout.write(json.dumps({"places": places.passed}))


def state() -> None:
    """What there is in the end, without the names that chance gave."""
    from tenure.act.payments.models import Effect
    from tenure.records.billing.models import Payment
    from tenure.records.billing.orders.models import Order
    from tenure.records.billing.refunds.models import Refund
    from tenure.records.journal.models import Entry
    from tenure.records.subscriptions.batches.models import Batch, BatchLine
    from tenure.records.subscriptions.models import Term

    done = Effect.objects.filter(done_at__isnull=False)
    found = {
        "batch": list(Batch.objects.values_list("state", "total_minor")),
        "orders": list(Order.objects.values_list("state", "total_minor")),
        "payments": list(Payment.objects.values_list("state", "amount_minor")),
        "refunds": list(Refund.objects.values_list("amount_minor", "reason")),
        "effects": Counter(done.values_list("kind", flat=True)),
        "undone": Effect.objects.filter(done_at=None).count(),
        "lines": list(
            BatchLine.objects.order_by("place").values_list(
                "place", "state", "added__number", "added__ends_on", "fault__code"
            )
        ),
        "terms": list(
            Term.objects.order_by("subscription_id", "number").values_list(
                "subscription_id", "number", "state", "starts_on", "ends_on", "price_minor"
            )
        ),
        "journal": Counter(Entry.objects.values_list("kind", flat=True)),
    }
    sys.stdout.write(json.dumps(found, default=str, sort_keys=True))
