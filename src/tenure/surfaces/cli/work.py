"""`tenure work`: the worker alone; beside a server it runs as a child that ends with it."""

import os
import signal
import subprocess  # nosec B404
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final

import typer

from tenure.kernel.failures import Sentence
from tenure.surfaces.cli.ground import make_records
from tenure.surfaces.cli.terminal import note, said
from tenure.surfaces.program import COMMAND

_HELP = Sentence(
    zh="只运行后台工作进程：几秒内响应变化，发送到点的消息，每晚跑一遍循环。",
    en="Run the worker alone: react within seconds, send what is due, run the loop each night.",
)
_WORKING = Sentence(zh="工作进程已启动（Ctrl-C 停止）", en="The worker runs  (Ctrl-C stops)")
# A worker that was started by a server ends when that server is gone.
PARENT: Final = "TENURE_WORKER_OF"
_PATIENCE_SECONDS = 10


def register(app: typer.Typer) -> None:
    """Add `work`."""

    @app.command(help=said(_HELP))
    def work() -> None:
        parent = os.environ.get(PARENT)
        if parent is None:
            make_records()  # a server has seen to it for its worker
            note(said(_WORKING))
        _work(int(parent) if parent else None)


@contextmanager
def worker_beside() -> Iterator[None]:
    """A worker in a process of its own for as long as the block runs."""
    environment = {**os.environ, PARENT: str(os.getpid())}
    command = [sys.executable, "-c", COMMAND, "work"]
    # Our own program; nothing of a request stands on its command line.
    with subprocess.Popen(command, env=environment) as worker:  # nosec B603
        try:
            yield
        finally:
            worker.terminate()
            try:
                worker.wait(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()


def _work(parent: int | None) -> None:
    # The loop brings every room along; whoever only reads the help need not wait for it.
    from tenure.loop.worker import Worker, work

    stop = _Until(parent)
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    if parent is not None:
        # Ctrl-C reaches the whole group; the server ends first and then ends its worker.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(stop, worker=Worker())


class _Until(Event):
    """Set by a signal, or by the end of the process that started the worker."""

    def __init__(self, parent: int | None) -> None:
        super().__init__()
        self._parent = parent

    def is_set(self) -> bool:
        is_orphan = self._parent is not None and os.getppid() != self._parent
        return is_orphan or super().is_set()
