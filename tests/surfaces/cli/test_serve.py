"""`tenure serve` says in one sentence why it cannot listen. Serving itself: test_segment_client."""

import socket
from dataclasses import dataclass

import pytest

from tenure.surfaces.cli import main, serve


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


def test_the_word_to_stop_outlives_the_restart_of_a_worker() -> None:
    """Ctrl-C reaches server and workers at once, in any order."""
    server = Told()
    wakes = serve.StopStands(server)
    wakes.set()
    wakes.clear()
    assert not wakes.is_set(), "a worker that ended by itself is restarted, and the loop sleeps on"

    server.interrupt_signal = True
    wakes.set()
    wakes.clear()

    assert wakes.is_set()
