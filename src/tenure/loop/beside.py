"""What nobody waits for on a day, worked out by another process while the loop goes on.

Metrics, the forecast and the watch over the risks read files and rows that stand by then, and
nothing of the same day reads them. Where many days of a large base are run one after the other, a
second process works them out beside deciding and acting; the loop writes them down as its last
work, so that rows come in one order whoever was quicker. Where there is no such process, or it
died, the loop does it itself.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Protocol

import django
from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True)
class Order:
    """Which day is worked out, by which strategy, and where it lies (`place`).

    `level_spread` is how far past forecasts were off before anybody acted on the day.
    """

    as_of: date
    at: datetime
    strategy_hash: str
    level_spread: float | None
    place: tuple[str, str]


class Line(Protocol):
    """The way to the other process, which answers each order once (`counting.answer`)."""

    def send(self, order: Order, /) -> None: ...

    def recv(self) -> object: ...


@dataclass(slots=True)
class Beside:
    """The line to the other process, and the day that it was asked about last."""

    line: Line
    asked: date | None = None

    def begin(self, order: Order) -> bool:
        """Let it work out a day; False where it is gone."""
        try:
            if self.asked is not None:  # a day that was given up in its middle
                self.line.recv()
            self.asked = None
            self.line.send(order)
        except (EOFError, OSError):
            return False
        self.asked = order.as_of
        return True

    def answered(self, as_of: date) -> object:
        """What it found; None where it was not asked about the day, could not, or is gone."""
        if self.asked != as_of:
            return None
        self.asked = None
        try:
            return self.line.recv()
        except (EOFError, OSError):
            return None


_beside: ContextVar[Beside | None] = ContextVar("beside", default=None)


def beside() -> Beside | None:
    """The process that works beside this one, inside `counting_beside`."""
    return _beside.get()


def place() -> tuple[str, str]:
    """Where this process reads: its home folder and its records."""
    return str(settings.TENURE_HOME), str(connection.settings_dict["NAME"])


@contextmanager
def counting_beside() -> Iterator[None]:
    """Let another process work out what nobody waits for, of the days that are run inside.

    It is begun anew, so it shares no connection and no lock with us, and ends with the line: also
    where this process is killed.
    """
    anew = multiprocessing.get_context("spawn")
    ours, theirs = anew.Pipe()
    process = anew.Process(target=_count, args=(theirs,), name="beside", daemon=True)
    # Ctrl-C reaches every process of a terminal; this one hears none from its first moment on, and
    # ends with the line. Ours hears what came meanwhile.
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
    theirs.close()
    try:
        with answered_by(ours):
            yield
    finally:
        ours.close()
        # It reads only, so it may be ended wherever it is.
        process.terminate()
        process.join()


@contextmanager
def answered_by(line: Line) -> Iterator[None]:
    """Ask whoever stands at the other end of a line, for as long as the block runs."""
    token = _beside.set(Beside(line))
    try:
        yield
    finally:
        _beside.reset(token)


def _count(line: Connection) -> None:
    """In the other process: work out one day after the other until nobody asks any more."""
    # What counts brings models along, which cannot be imported before Django is ready.
    django.setup()
    import_module("tenure.loop.counting").count(line)
