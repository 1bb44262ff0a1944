"""`tenure serve`: the console, the portal and the API in two processes, the worker in a third."""

import signal
import socket
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from threading import Event
from typing import Annotated, Protocol

import typer
from django.db import connection

from tenure.kernel.failures import Refusal, Sentence
from tenure.surfaces.cli.ground import make_records
from tenure.surfaces.cli.terminal import note, said
from tenure.surfaces.cli.work import worker_beside
from tenure.surfaces.program import COMMAND

WORKERS, THREADS = 2, 4
# A request that has not ended by then is cut off, so that whoever stops the server is not kept.
PATIENCE_SECONDS = 10
_LOOK_SECONDS = 0.25
FIRST_PORT, LAST_PORT = 8000, 65_535
_HELP = Sentence(
    zh="启动网页控制台与接口；默认只在本机可访问，按 Ctrl-C 停止。",
    en="Serve the console and the API, for this machine only unless told otherwise.",
)
_HOST = Sentence(
    zh="监听的地址；127.0.0.1 只接受本机访问。",
    en="Address to listen on; 127.0.0.1 is this machine.",
)
_PORT = Sentence(zh="端口。", en="Port.")
_WORKERS = Sentence(zh="进程数。", en="Processes.")
_WORKER = Sentence(
    zh="同时启动后台进程（发送、收款、每晚的循环）；另行运行 tenure work 时用 --no-worker。",
    en="Start the worker too (sending, money, the nightly loop); --no-worker where `tenure work` "
    "runs by itself.",
)
_SERVING = Sentence(
    zh="正在提供服务：http://{host}:{port}（Ctrl-C 停止）",
    en="Serving http://{host}:{port}  (Ctrl-C stops)",
)
_OPEN = Sentence(
    zh="注意：其他机器也能访问 {host}；请在前面放置 TLS 代理，"
    "并设置 TENURE_HOSTS 与 TENURE_ENV=production。",
    en="Mind: other machines can reach {host}. Put a TLS proxy in front, and set TENURE_HOSTS "
    "and TENURE_ENV=production.",
)


class PortTaken(Refusal):
    """Another program listens there."""

    code = "port_taken"
    said = Sentence(
        zh="{host}:{port} 无法监听（{reason}）；请换一个端口，例如 --port {other}。",
        en="Cannot listen on {host}:{port} ({reason}); choose another port, like --port {other}.",
    )


_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def register(app: typer.Typer) -> None:
    """Add `serve`."""

    @app.command(help=said(_HELP))
    def serve(
        host: Annotated[str, typer.Option(help=said(_HOST))] = "127.0.0.1",
        port: Annotated[int, typer.Option(help=said(_PORT), min=1, max=LAST_PORT)] = FIRST_PORT,
        workers: Annotated[int, typer.Option(help=said(_WORKERS), min=1, max=64)] = WORKERS,
        worker: Annotated[bool, typer.Option("--worker/--no-worker", help=said(_WORKER))] = True,
    ) -> None:
        if host not in _LOOPBACK:
            note(said(_OPEN.fill(host=host)))
        _refuse_taken(host, port)
        note(said(_SERVING.fill(host=host, port=port)))
        _listen(host, port, workers=workers, has_worker=worker)


def _refuse_taken(host: str, port: int) -> None:
    """Say it in one sentence before the server says it in many."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            other = port + 1 if port < LAST_PORT else FIRST_PORT
            raise PortTaken(host=host, port=port, reason=error.strerror, other=other) from error


def _listen(host: str, port: int, *, workers: int, has_worker: bool) -> None:
    """Serve until stopped. Few threads: each holds a database connection.

    Args:
        workers: processes that answer.
        has_worker: whether a process beside them reacts, sends, and runs the loop each night.
    """
    from granian import Granian
    from granian.constants import Interfaces

    make_records()
    connection.close()  # each process opens its own
    server = Granian(
        "tenure.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE_SECONDS,
    )
    server.main_loop_interrupt = StopStands(server)
    # Only a flag: a handler that took the event's lock would wait for the very loop it interrupts.
    server.signal_handler_interrupt = (  # type: ignore[method-assign]
        lambda *_: setattr(server, "interrupt_signal", True)
    )
    with worker_beside() if has_worker else nullcontext():
        server.serve()


class Stoppable(Protocol):
    """A server that knows whether it was told to stop."""

    interrupt_signal: bool


class StopStands(Event):
    """Wakes the server's main loop; it looks for itself whether the server was told to stop.

    A signal may come twice, once to the group and once from whoever started the server, and at
    any instruction of the loop: while it holds this event's lock, or clears the event after a
    worker ended. A handler that sets the event would then wait for ever, or be forgotten.
    """

    def __init__(self, server: Stoppable) -> None:
        super().__init__()
        self._server = server

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until something happened, or until the server is to stop."""
        while not super().wait(_LOOK_SECONDS):
            if self._server.interrupt_signal:
                return True
        return True


def serve_in_child(port: int, *, environment: Mapping[str, str]) -> None:
    """`tenure serve` on the loopback, without a worker, until it is stopped.

    In a process of its own, since settings are read from the environment when a process begins.
    """
    command = [sys.executable, "-c", COMMAND, "serve", "--port", str(port), "--no-worker"]
    # Our own program, with a number for an argument.
    with subprocess.Popen(command, env=dict(environment)) as server:  # nosec B603
        try:
            signal.signal(signal.SIGTERM, lambda *_: server.terminate())
            server.wait()
        except KeyboardInterrupt:
            # Ctrl-C reached the server as well.
            server.wait()
