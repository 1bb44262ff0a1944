"""The parent's side of the child that copies tables: started once, used for every day."""

from __future__ import annotations

import atexit
import json
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction

from tenure.kernel.failures import Outage, Sentence

# Tables are copied side by side on so many; more than two only wait for each other's disk.
CONNECTIONS = 2


class CopyFailed(Outage):
    """The child could not copy the records."""

    code = "copy_failed"
    said = Sentence(
        zh="把记录复制到数据仓库失败：{reason}。请重新运行；已有数据未受影响。",
        en="Copying the records into the warehouse failed: {reason}. Run again; nothing was lost.",
    )


class Child:
    """One running child and the pipe to it."""

    def __init__(self) -> None:
        # The program is our own module, and nothing of a request stands on its command line.
        self._running = subprocess.Popen(  # nosec B603
            [sys.executable, "-m", "tenure.warehouse.readers.program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        atexit.register(self.stop)

    @property
    def is_alive(self) -> bool:
        return self._running.poll() is None

    def order(self, **order: object) -> dict[str, int]:
        """Give one order and wait for its answer: rows per table.

        Raises:
            OSError: the disk failed the child.
            CopyFailed: the database did, or the child is gone.
        """
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        try:
            self._running.stdin.write(json.dumps(order) + "\n")
            self._running.stdin.flush()
            line = self._running.stdout.readline()
        except BrokenPipeError as error:
            raise CopyFailed(reason=error) from error
        if not line:
            raise CopyFailed(reason=f"exit status {self._running.wait()}")
        answer: dict[str, Any] = json.loads(line)
        if answer.get("errno") is not None:
            raise OSError(answer["errno"], answer["error"])
        if "error" in answer:
            raise CopyFailed(reason=answer["error"])
        rows: dict[str, int] = answer["rows"]
        return rows

    def stop(self) -> None:
        """Close the pipe, at which the child ends by itself."""
        atexit.unregister(self.stop)
        if self._running.stdin is not None:
            self._running.stdin.close()
        self._running.wait(timeout=30)


@dataclass(frozen=True, slots=True)
class Copy:
    """How many rows each table has, and up to which number of changes the copy holds all."""

    rows: dict[str, int]
    seen: int


def copy(paths: Mapping[str, Path], *, bases: Mapping[str, Path], zone: str) -> Copy:
    """Write each named table of facts, all as of one moment of what is committed.

    Args:
        bases: table → the file that held it when it was copied last, and since when every change
            was noted (`records.copies`); of these tables only what changed is read.
    """
    child = _child()
    seen = _open_moment(child)
    try:
        rows = child.order(paths=_said(paths), bases=_said(bases), zone=zone)
        return Copy(rows, seen)
    finally:
        if child.is_alive:
            child.order()


def _said(paths: Mapping[str, Path]) -> dict[str, str]:
    return {name: str(path) for name, path in paths.items()}


def _open_moment(child: Child) -> int:
    """Up to which number of changes the moment holds all of them."""
    if connection.vendor == "sqlite":
        # While we hold the writer's lock nothing is committed between the child's connections.
        with transaction.atomic():
            opened = child.order(address=_address(), vendor="sqlite", connections=CONNECTIONS)
    else:
        opened = child.order(address=_address(), vendor=connection.vendor, connections=1)
    return opened["seen"]


def _child() -> Child:
    """The child of this process; another one where it was killed."""
    child = _only_child()
    if not child.is_alive:
        _only_child.cache_clear()
        child = _only_child()
    return child


@cache
def _only_child() -> Child:
    return Child()


def _address() -> str:
    """Where the records lie, in the driver's words; with a password, so on no command line."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"file:{quote(str(given['NAME']))}?mode=ro"
    user = f"{quote(given['USER'])}:{quote(given['PASSWORD'])}@".replace(":@", "@")
    where = f"{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}"
    return f"postgresql://{user}{where}/{quote(str(given['NAME']))}"
