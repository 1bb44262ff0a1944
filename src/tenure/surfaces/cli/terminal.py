"""How verbs speak to a terminal: results on stdout, everything else on stderr, in one language."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from threading import Event, current_thread, main_thread
from types import FrameType
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tenure.kernel.failures import Sentence


class Steps(Protocol):
    """Whatever can be told how far a long verb is."""

    def reach(self, done: float, what: str) -> None:
        """Say how much of the whole is done, and what is being done now."""
        ...


def language(environ: Mapping[str, str] | None = None) -> str:
    """The reader's language tag: TENURE_LANG, else what the terminal says, else English."""
    found = os.environ if environ is None else environ
    for name in ("TENURE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if chosen := found.get(name):
            return "zh-Hans" if chosen.lower().startswith("zh") else "en"
    return "en"


def said(sentence: Sentence) -> str:
    """A sentence in the reader's language."""
    return sentence.say(language())


def note(text: str) -> None:
    """One line for the reader that is no result: stderr."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def result(text: str) -> None:
    """One line of the result: stdout."""
    print(text, file=sys.stdout, flush=True)  # noqa: T201


def result_json(content: object) -> None:
    """The whole result as one JSON document on stdout."""
    result(json.dumps(content, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class _Bar:
    """Steps shown as a bar on stderr."""

    def __init__(self, bar: Progress, task: TaskID, pressed: Event) -> None:
        self._bar, self._task, self._pressed = bar, task, pressed

    def reach(self, done: float, what: str) -> None:
        if self._pressed.is_set():
            raise KeyboardInterrupt
        self._bar.update(self._task, completed=done, description=what)


@contextmanager
def steps(total: float, *, what: Sentence) -> Iterator[Steps]:
    """A progress bar on stderr for as long as the block runs; a file gets no bar."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    is_seen = console.is_terminal
    shown = Progress(*columns, console=console, transient=True, disable=not is_seen)
    with _remembered() as pressed, shown as bar:
        yield _Bar(bar, bar.add_task(said(what), total=total), pressed)


@contextmanager
def _remembered() -> Iterator[Event]:
    """Set by Ctrl-C, which is lost where it arrives while Python cleans up behind some object."""
    pressed = Event()
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler or current_thread() is not main_thread():
        yield pressed
        return

    def stop(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.default_int_handler(number, frame)

    told = sys.unraisablehook

    def tell(lost: "sys.UnraisableHookArgs") -> None:
        if lost.exc_type is not KeyboardInterrupt:
            told(lost)

    signal.signal(signal.SIGINT, stop)
    sys.unraisablehook = tell
    try:
        yield pressed
    finally:
        sys.unraisablehook = told
        signal.signal(signal.SIGINT, before)
