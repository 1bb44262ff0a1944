"""`tenure serve` says in one sentence why it cannot listen. Serving itself: test_segment_client."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest

from tenure.kernel.clock import monotonic_seconds
from tenure.surfaces.cli import main, serve
from tenure.surfaces.program import COMMAND


def test_a_taken_port_is_refused_with_another_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code = main.run(["serve", "--port", str(port)])

    assert code == 2
    assert capsys.readouterr().err == (
        f"Cannot listen on 127.0.0.1:{port} (Address already in use); "
        f"choose another port, like --port {port + 1}.\n"
    )


@pytest.mark.parametrize(("host", "is_warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_open_address_is_served_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    is_warned: bool,
) -> None:
    calls: list[tuple[str, int, int]] = []
    monkeypatch.setattr(serve, "_refuse_taken", lambda host, port: None)
    monkeypatch.setattr(
        serve, "_listen", lambda host, port, *, workers, **_: calls.append((host, port, workers))
    )

    code = main.run(["serve", "--host", host, "--port", "8123"])

    assert (code, calls) == (0, [(host, 8123, 2)])
    assert ("TENURE_ENV=production" in capsys.readouterr().err) is is_warned


@dataclass
class Told:
    """A server's main loop, as far as stopping goes."""

    interrupt_signal: bool = False


def test_the_word_to_stop_needs_no_event() -> None:
    """Ctrl-C reaches server and workers at once, in any order and at any instruction."""
    server = Told()
    wakes = serve.StopStands(server)
    wakes.set()
    assert wakes.wait(), "a worker ended by itself"
    wakes.clear()

    timer = Timer(0.05, setattr, (server, "interrupt_signal", True))
    timer.start()

    assert wakes.wait()
    assert not wakes.is_set()


def test_a_server_that_is_told_to_stop_many_times_stops(tmp_path: Path) -> None:
    """Each signal interrupts the handling of the one before."""
    port = free_port()
    command = [sys.executable, "-c", COMMAND, "serve", "--port", str(port), "--no-worker"]
    environment = {**os.environ, "TENURE_HOME": str(tmp_path)}
    with subprocess.Popen(command, env=environment, start_new_session=True) as server:
        wait_until_taken(port)
        for _ in range(200):
            os.killpg(server.pid, signal.SIGTERM)
        # A worker that the signal ended first counts as one that failed.
        assert server.wait(timeout=30) in (0, 1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_taken(port: int) -> None:
    until = monotonic_seconds() + 60
    while monotonic_seconds() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on {port}")
