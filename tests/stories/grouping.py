"""A process of its own in which customers renew together, and which may be killed at any step.

`build`, `run` and `state` as in `paying`. One group is formed, the other is not.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.stories.child import Places
from tests.stories.paying import a_provider


def build() -> None:
    """Five customers of one plan, each with a term that ends in 30 days."""
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import preset
    from tests.builders import AT, a_plan_version, a_term

    make_tables()
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    plan = a_plan_version()
    for _ in range(5):
        a_term(plan_version=plan)


def run() -> None:
    """Two groups of two and three; begun again, everybody goes on where they were."""
    from django.conf import settings

    from tenure.act.payments import registry

    places = Places(int(os.environ.get("KILL_AT", "0")))
    places.watch(Path(settings.TENURE_HOME))
    provider = a_provider(Path(settings.TENURE_HOME), places)
    with registry.standing_in(provider):
        customers(provider)
    sys.stdout.write(json.dumps({"places": places.passed}))


def customers(provider: Any) -> None:
    """Two pay in a group of two; two in a group of three, which its end finds too small."""
    from tenure.act.payments.actions import open_attempt, take_notice
    from tenure.act.payments.grouping import order_in_group
    from tenure.loop.takings import look_after_money
    from tenure.records.billing.models import Payment
    from tenure.records.billing.orders.models import Order
    from tenure.records.billing.orders.states import OrderState
    from tenure.records.groups.actions import Deal, open_group
    from tenure.records.groups.models import Group, GroupPlace
    from tenure.records.subscriptions.models import Term
    from tests.builders import AT

    later = AT + timedelta(minutes=1)
    one, two, three, four, five = Term.objects.filter(number=1).order_by("pk")

    def opened(term: Term, size: int) -> Group:
        known = GroupPlace.objects.select_related("group").filter(account_id=term.account_id)
        found = known.first()
        return found.group if found else open_group(term, Deal(size, 20, 72), at=AT, by="customer")

    def ordered(term: Term, group: Group) -> Order:
        """Whoever has an order does not come to order again."""
        known = Order.objects.filter(account_id=term.account_id).order_by("pk").first()
        return known or order_in_group(term.pk, group, at=AT, by="customer")

    def paid(term: Term, group: Group) -> None:
        order = ordered(term, group)
        attempts = Payment.objects.filter(order=order).exclude(handoff={}).order_by("pk")
        if order.state != OrderState.OPEN or attempts.filter(paid_at__isnull=False).exists():
            return
        payment = open_attempt(order, "wechat_native", at=AT, by="customer").payment
        if provider.held[payment.number].paid is None:
            provider.pay(payment.number, at=later)
            provider.keep()

    formed, failed = opened(one, 2), opened(three, 3)
    for term, group in ((one, formed), (two, formed), (three, failed), (four, failed)):
        paid(term, group)
    ordered(five, failed)
    for letter in provider.outbox * 2:
        take_notice("wechat", letter.headers, body=letter.body, at=later)
    for minutes in (2, 10, 72 * 60 + 1, 72 * 60 + 30, 90 * 60):
        look_after_money(at=AT + timedelta(minutes=minutes), by="test")


def state() -> None:
    """What everybody has in the end, without the names that chance gave."""
    from django.conf import settings

    from tenure.act.payments.models import Effect
    from tenure.records.billing.ledger.queries import balances
    from tenure.records.billing.models import Payment
    from tenure.records.billing.orders.models import Order
    from tenure.records.billing.refunds.models import Refund
    from tenure.records.groups.models import Group, GroupPlace
    from tenure.records.journal.models import Entry
    from tenure.records.subscriptions.models import Term

    provider = a_provider(Path(settings.TENURE_HOME), Places(0))
    places = GroupPlace.objects.order_by("account_id")
    found = {
        "groups": list(Group.objects.order_by("pk").values_list("state", "size")),
        "places": [(one.account_id, one.paid_at is not None, one.is_open) for one in places],
        "orders": list(Order.objects.order_by("account_id").values_list("account_id", "state")),
        "payments": list(
            Payment.objects.order_by("account_id", "pk").values_list(
                "account_id", "state", "amount_minor", "refunded_minor"
            )
        ),
        "terms": Counter(Term.objects.values_list("account_id", flat=True)),
        "refunds": list(
            Refund.objects.order_by("account_id").values_list("account_id", "state", "reason")
        ),
        "undone": Effect.objects.filter(done_at=None).count(),
        "books": {name: str(one) for name, one in balances(currency="CNY").items()},
        "journal": Counter(Entry.objects.values_list("kind", flat=True)),
        "provider": sorted(
            (str(one.paid), sorted(str(back.amount) for back in one.refunds.values()))
            for one in provider.held.values()
        ),
    }
    sys.stdout.write(json.dumps(found, default=str, sort_keys=True))
