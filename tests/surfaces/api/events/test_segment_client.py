"""The real Segment client, pointed at the running server by its host alone (R-E-001)."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import segment.analytics as analytics

from tenure.kernel.clock import monotonic_seconds

OPENED = """
import django
django.setup()
from datetime import UTC, date, datetime
from tenure.records.tables import make_tables
from tenure.observe.intake.actions import open_source
from tenure.records.customers.models import Account
make_tables()
Account.objects.create(source="crm", external_id="u1", name="u1", currency="CNY",
    started_on=date(2026, 1, 1), holdout_bucket=1, recorded_at=datetime(2026, 1, 1, tzinfo=UTC))
at = datetime.now(UTC)
print(open_source("client", zone="Asia/Shanghai", at=at, by="test", kind="client")[1])
"""
SEALED = """
import django
django.setup()
import json
from datetime import UTC, datetime
from tenure.kernel.clock import today
from tenure.observe.intake.actions import seal
from tenure.observe.intake.models import InboxEvent
from tenure.records.customers.models import Account
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
at = datetime.now(UTC)
counts = seal(as_of=today("Asia/Shanghai", at), at=at)
with open_engine(threads=1) as engine:
    events = current_store().read(EVENTS, engine=engine).sort("name", "feature")
    rows = engine.collect(events).to_pylist()
print(json.dumps({
    "counts": counts,
    "kinds": sorted(InboxEvent.objects.values_list("kind", flat=True)),
    "events": [[row["name"], row["feature"], row["amount"]] for row in rows],
    "traits": Account.objects.get().attributes,
}))
"""


def run(program: str, home: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "TENURE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A running `tenure serve` over an empty home: its address and a write key."""
    key = run(OPENED, tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tenure")), "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, env={**os.environ, "TENURE_HOME": str(tmp_path)}, stderr=subprocess.DEVNULL
    )
    try:
        wait_for_port(port, server)
        yield f"http://127.0.0.1:{port}", key
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def wait_for_port(port: int, server: subprocess.Popen[bytes]) -> None:
    until = monotonic_seconds() + 60
    while monotonic_seconds() < until:
        assert server.poll() is None, "the server ended before it listened"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server never listened")


@pytest.mark.slow
def test_the_segment_client_writes_events_that_are_sealed(
    served: tuple[str, str], tmp_path: Path
) -> None:
    """DAT-03: what the client was told is stored arrives in the warehouse, once."""
    host, key = served
    failures: list[object] = []
    client = analytics.Client(
        key, host=host, on_error=lambda error, _: failures.append(error), max_retries=1
    )

    client.identify("u1", {"plan": "gold"})
    client.track("u1", "Feature Used", {"feature": "报表", "minutes": 12.5}, message_id="once")
    client.track("u1", "Feature Used", {"feature": "报表", "minutes": 12.5}, message_id="once")
    client.page("u1", "docs", "compare", {"path": "/compare"})
    client.screen("u1", "app", "home")
    client.group("u1", "acme")
    client.alias("visitor-9", "u1")
    client.flush()
    client.join()
    zipping = analytics.Client(key, host=host, gzip=True, sync_mode=True)
    zipping.track("u1", "Login")

    assert failures == []
    assert run(SEALED, tmp_path) == (
        '{"counts": {"events": 4, "duplicates": 0, "days": 1, "waiting": 0}, '
        '"kinds": ["alias", "group", "identify", "page", "screen", "track", "track"], '
        '"events": [["Feature Used", "\\u62a5\\u8868", 12.5], ["Login", null, null], '
        '["Page Viewed", "compare", null], ["Page Viewed", "home", null]], '
        '"traits": {"plan": "gold"}}'
    )


@pytest.mark.slow
def test_a_wrong_key_is_an_error_of_the_client(served: tuple[str, str]) -> None:
    client = analytics.Client("wrong", host=served[0], sync_mode=True, max_retries=0)

    with pytest.raises(analytics.request.APIError) as refused:
        client.track("u1", "Login")

    assert refused.value.status == 401
