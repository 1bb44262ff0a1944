"""The customer's home and renewal page among so many customers: time in the server, queries.

The clock also counts what other work on the machine takes; processor time is what the page costs
our own process and the backend of PostgreSQL that serves it, where the kernel tells.
"""

import random
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenure.act.self_service.links import link_token
from tenure.kernel.clock import now, today
from tenure.records.customers.models import Person
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState

CUSTOMERS, WARM = 200, 20
SEED = 20260630


def look() -> Mapping[str, object]:
    """The percentiles of each page over customers chosen by chance, and its most queries."""
    customers = _customers(CUSTOMERS + WARM)
    seconds: dict[str, list[float]] = {"home": [], "renew": []}
    used: dict[str, list[float]] = {"home": [], "renew": []}
    queries = {"home": 0, "renew": 0}
    for place, (term_id, person_id) in enumerate(customers):
        client = Client()
        until = now() + timedelta(days=2)
        token = link_token(term_id, person_id, purpose="renew", expires_at=until)
        page = client.get(f"/renew/{token}")["Location"]
        for name, path in (("renew", page), ("home", "/my")):
            begun, before = time.perf_counter(), spent()
            answer = client.get(path)
            took, worked = time.perf_counter() - begun, spent() - before
            assert answer.status_code == 200, f"{path} answers {answer.status_code}"
            if place >= WARM:
                seconds[name].append(took)
                used[name].append(worked)
                continue
            with CaptureQueriesContext(connection) as asked:
                client.get(path)
            queries[name] = max(queries[name], len(asked))
    return {
        name: {
            "p95_ms": 1000 * _percentile(seconds[name], 0.95),
            "p50_ms": 1000 * _percentile(seconds[name], 0.5),
            "cpu_p95_ms": 1000 * _percentile(used[name], 0.95),
            "queries": queries[name],
        }
        for name in seconds
    }


def spent() -> float:
    """Processor seconds of this process and of the server's process behind its connection."""
    if connection.vendor != "postgresql":
        return time.process_time()
    connection.ensure_connection()
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    behind = int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0
    return time.process_time() + behind


def _customers(count: int) -> list[tuple[int, int]]:
    """Terms that run, and whoever may renew them; all over the base."""
    on = today(current().business.zone, now())
    dice = random.Random(SEED)
    last = Term.objects.order_by("-pk").values_list("pk", flat=True)[0]
    found: list[tuple[int, int]] = []
    while len(found) < count:
        ids = [dice.randint(1, last) for _ in range(500)]
        terms = Term.objects.filter(pk__in=ids, state=TermState.RUNNING, ends_on__gt=on)
        accounts = dict(terms.values_list("account_id", "pk"))
        people = Person.objects.filter(account_id__in=accounts, is_primary=True)
        found += [(accounts[one], pk) for one, pk in people.values_list("account_id", "pk")]
    return found[:count]


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
