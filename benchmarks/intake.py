"""Events over HTTP into a served store, beside the same rows written to it directly."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import ROOT, Once

BATCH = 100
BATCHES = 400
CONNECTIONS = 8
LAST_SECONDS = 60


def bodies() -> list[bytes]:
    """Batches of 100 Segment-style track events, some 340 bytes each."""
    return [
        json.dumps(
            {
                "batch": [_event(batch * BATCH + place) for place in range(BATCH)],
                "sentAt": "2026-06-30T10:00:00.000Z",
            }
        ).encode()
        for batch in range(BATCHES)
    ]


def _event(number: int) -> dict[str, object]:
    return {
        "type": "track",
        "event": "Feature Used",
        "userId": f"LJ-{number % 20_000:06d}",
        "messageId": f"bench-{number:09d}",
        "timestamp": "2026-06-30T09:59:58.000Z",
        "properties": {"feature": "download", "minutes": number % 60, "quality": "good"},
        "context": {"library": {"name": "bench", "version": "1.0"}, "locale": "zh-CN"},
    }


@contextmanager
def served(environment: dict[str, str]) -> Iterator[int]:
    """A server of the product on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tenure")), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield port
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + LAST_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not come up")


def over_http(port: int, key: str, sent: Sequence[bytes]) -> Once:
    """Send every batch over keep-alive connections and wait for each answer."""
    failures: list[int] = []
    begun = time.perf_counter()
    threads = [
        threading.Thread(target=_send, args=(port, key, sent[place::CONNECTIONS], failures))
        for place in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    assert not failures, f"the server answered {failures[:3]}"
    return Once(seconds, 0.0, {"events": len(sent) * BATCH})


def _send(port: int, key: str, sent: Sequence[bytes], failures: list[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LAST_SECONDS)
    headers = {
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
        "Content-Type": "application/json",
    }
    for body in sent:
        connection.request("POST", "/v1/batch", body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            failures.append(answer.status)
            return
    connection.close()


def directly(records: Path) -> Once:
    """The same rows by executemany into an empty table of the same shape, as durably."""
    connection = sqlite3.connect(records, isolation_level=None, timeout=30)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(observe_inboxevent)")]
    stored = connection.execute(
        f"SELECT {', '.join(columns[1:])} FROM observe_inboxevent ORDER BY id"
    ).fetchall()
    connection.execute("DELETE FROM observe_inboxevent")
    marks = ", ".join("?" * (len(columns) - 1))
    insert = f"INSERT INTO observe_inboxevent ({', '.join(columns[1:])}) VALUES ({marks})"
    begun = time.perf_counter()
    for start in range(0, len(stored), BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, stored[start : start + BATCH])
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    connection.execute("DELETE FROM observe_inboxevent")
    connection.close()
    return Once(seconds, 0.0, {"events": len(stored)})


def open_key(environment: dict[str, str]) -> str:
    """A write key without a limit on its rate."""
    code = (
        "import django; django.setup(); from tenure.kernel.clock import now; "
        "from tenure.observe.intake.actions import open_source; "
        "print(open_source('bench', zone='Asia/Shanghai', at=now(), by='benchmark')[1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def environment_of(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "TENURE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "tenure.project.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }
