"""A process of its own in which benefits come and go, and which may be killed.

`build`, `run` and `state` are started by `warm`; with `KILL_AT=n` it is killed by SIGKILL before
the n-th statement of the records database.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.stories.child import Places

CUSTOMERS = 6


def build() -> None:
    """A few customers paid for two years; one has tried something, one is a year with us."""
    from tenure.act.benefits.trials import start_trial
    from tenure.act.payments.registry import standing_in
    from tenure.records.catalog.models import PlanVersion
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import preset
    from tenure.world.behaviour.counter import Hour, bank, buy
    from tests.builders import AS_OF, AT, a_term, day

    make_tables()
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    version = PlanVersion.objects.get(plan__code="home_300")
    terms = [a_term(plan_version=version, cycle_months=24) for _ in range(CUSTOMERS)]
    a_term(plan_version=version, starts_on=day(-365), cycle_months=24)
    start_trial(terms[0].subscription_id, "game_lane", on=AS_OF, at=AT, by="customer")
    with standing_in(bank("CNY")):
        buy([one.pk for one in terms], Hour(AS_OF, AT, "test"))


def run() -> None:
    """The loop follows what was paid; then money goes back and days go by."""
    from django.conf import settings

    from tenure.act.payments.actions import paid_out, refund_due
    from tenure.act.payments.registry import standing_in
    from tenure.loop.nightly import STAGES, Day
    from tenure.loop.reactions import react
    from tenure.records.billing.models import Payment
    from tenure.records.billing.refunds.actions import approve, request
    from tenure.records.billing.refunds.models import Refund
    from tenure.records.billing.refunds.rules import NewRefund
    from tenure.records.billing.refunds.states import RefundEffect, RefundReason
    from tenure.world.behaviour.counter import bank
    from tests.builders import AS_OF, AT, at_on

    places = Places(int(os.environ.get("KILL_AT", "0")))
    places.watch(Path(settings.TENURE_HOME))
    later = AT + timedelta(minutes=5)
    react(at=later)
    with standing_in(bank("CNY")):
        for one in Payment.objects.filter(source="bank").order_by("pk")[:2]:
            new = NewRefund(one.pk, RefundReason.WITHDRAWAL, f"back:{one.pk}",
                            effect=RefundEffect.REVERSE)  # fmt: skip
            refund = request(new, at=later, by="user:1")
            if refund.needs_second:
                approve(refund.pk, at=later, by="user:2")
            refund_due(at=later)
            if Refund.objects.get(pk=refund.pk).state == "abnormal":
                paid_out(refund.pk, reference=f"T{one.pk}", at=later, by="user:1")
    react(at=later)
    for days in (0, 31):
        on = AS_OF + timedelta(days=days)
        now = Day(on, at_on(on, 23), "loop", None)
        for verb in STAGES["observe"][:3]:
            verb.call(now)
        react(at=now.at)
    sys.stdout.write(json.dumps({"places": places.passed}))


def state() -> None:
    """What there is in the end, without the names that chance gave."""
    from tenure.records.billing.refunds.models import Refund
    from tenure.records.contacts.models import Message
    from tenure.records.gifts.models import Gift
    from tenure.records.journal.models import Entry
    from tenure.records.subscriptions.benefits.models import Benefit
    from tenure.records.subscriptions.models import ContractPeriod, Term, TermLine

    found = {
        "benefits": list(
            Benefit.objects.order_by("term_id", "rule_id").values_list(
                "term_id", "kind", "rule_id", "starts_on", "ends_on", "ended_on"
            )
        ),
        "gifts": list(Gift.objects.order_by("term_id").values_list("term_id", "state", "choices")),
        "holds": list(
            ContractPeriod.objects.order_by("subscription_id", "kind", "starts_on").values_list(
                "subscription_id", "kind", "starts_on", "ends_on"
            )
        ),
        "terms": list(
            Term.objects.order_by("subscription_id", "number", "pk").values_list(
                "subscription_id", "number", "state", "starts_on", "ends_on", "free_days"
            )
        ),
        "credits": list(
            TermLine.objects.filter(kind="credit").order_by("term_id").values_list("amount_minor")
        ),
        "refunds": list(Refund.objects.order_by("payment_id").values_list("state", "amount_minor")),
        "letters": Counter(Message.objects.values_list("template", flat=True)),
        "journal": Counter(Entry.objects.values_list("kind", flat=True)),
    }
    sys.stdout.write(json.dumps(found, default=str, sort_keys=True))
