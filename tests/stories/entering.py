"""A process of its own in which customers enter journeys by a tag and an event; it may be killed.

`build`, `run` and `state` as in `giving`. Several steps, a wait, a lot and a goal.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from tests.stories.child import Places

CUSTOMERS = 8
_JOURNEYS = (
    {"id": "idle", "tag": "loyal", "again_after_days": 6},
    {"id": "took_out", "event": "data_exported"},
)


def build() -> None:
    """Eight households, and two journeys of three steps that a tag and an event start."""
    from copy import deepcopy
    from typing import Any

    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import build as built
    from tenure.strategy.loading import preset
    from tests.act.journeys.test_clocks import written
    from tests.builders import AT, a_term, an_account

    make_tables()
    document: Any = deepcopy(preset("broadband").document)
    steps = [written({"id": f"d{days}", "days_after": days, "valid_days": 2}) for days in (0, 2, 4)]
    document["files"]["journeys.toml"]["journey"] = [
        {"name": {"zh": "某", "en": "Some"}, "segment": "everyone", "clock": "entry",
         "step": steps, **one}
        for one in _JOURNEYS
    ]  # fmt: skip
    document["files"]["experiments.toml"].pop("comparison", None)
    apply_strategy(built(document), by="test", at=AT.replace(year=2020))
    for number in range(CUSTOMERS):
        a_term(account=an_account(external_id=f"LJ-{number}"), days_left=200)


def run() -> None:
    """Six days: some enter, some again, some twice by two ways; every night plans and sends."""
    from django.conf import settings

    from tenure.act.journeys.actions import plan_due, start_event_plays, start_plays
    from tenure.loop.outreach import deliver
    from tenure.records.subscriptions.models import Term
    from tenure.understand.features import actions as features
    from tenure.warehouse import snapshots
    from tests.act.posts import Postbag
    from tests.builders import AS_OF, at_on

    places = Places(int(os.environ.get("KILL_AT", "0")))
    places.watch(Path(settings.TENURE_HOME))
    terms = list(Term.objects.order_by("pk").values_list("pk", flat=True))
    bag = Postbag()
    for days in range(7):
        on = AS_OF + timedelta(days=days)
        at = at_on(on + timedelta(days=1), 2)
        snapshots.take(as_of=on, at=at)
        features.fill(as_of=on, at=at)
        plan_due(as_of=on, at=at)
        if days in (0, 6):
            start_plays("loyal", terms[:5], on=on, at=at)
        if days == 1:
            start_event_plays("data_exported", terms[3:], on=on, at=at)
        # As the product sends: what a killed sender had in hand is given back first.
        deliver(at=at_on(on + timedelta(days=1), 10), post=bag)
    sys.stdout.write(json.dumps({"places": places.passed}))


def state() -> None:
    """Who entered when, and what everybody got."""
    from tenure.act.journeys.models import Enrolment
    from tenure.records.contacts.models import Message
    from tenure.records.journal.models import Entry

    found = {
        "entries": list(
            Enrolment.objects.order_by("journey", "term_id", "entry").values_list(
                "journey", "term_id", "entry", "version"
            )
        ),
        "messages": list(
            Message.objects.order_by("send_key").values_list("send_key", "state", "reason")
        ),
        "journal": Counter(Entry.objects.values_list("kind", flat=True)),
    }
    sys.stdout.write(json.dumps(found, default=str, sort_keys=True))
