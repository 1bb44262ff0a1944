"""Whose data lies in the home folder: a rehearsal's own, finished or not, or somebody's real ones.

A rehearsal writes one marker before its first row and another after its last. Only what stands
behind such a marker is ever cleared away.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.models import ImportBatch
from tenure.records.customers.models import Account
from tenure.records.tables import make_tables
from tenure.world.behaviour.joining import SOURCE as CONTRACTS
from tenure.world.rehearsal.plan import Plan

BEGUN: Final = "rehearsal-begun.json"
READY: Final = "rehearsal.json"
MAIL: Final = "mail"
TRUTH: Final = "world"
_LOCK = ".rehearsal-lock"
_FOLDERS = ("warehouse", MAIL, TRUTH)


class HomeInUse(Refusal):
    """A rehearsal never writes over data that it did not make itself."""

    code = "home_in_use"
    said = Sentence(
        zh="{home} 里已有并非演示生成的数据，演示不会覆盖它；"
        "请把 TENURE_HOME 指向另一个文件夹再运行。",
        en="{home} holds data that no demo made, and the demo will not write over it; "
        "set TENURE_HOME to another folder and run again.",
    )


class BeingRehearsed(Refusal):
    """Two rehearsals in one home folder at once."""

    code = "being_rehearsed"
    said = Sentence(
        zh="另一个进程正在 {home} 中构建演示；请等它完成后再试。",
        en="Another process is building the demo in {home}; wait until it has finished.",
    )


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Be the only rehearsal in a home folder; a killed one lets go by itself.

    Raises:
        BeingRehearsed: another process is at it.
    """
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingRehearsed(home=home) from None
        yield
    finally:
        os.close(descriptor)


def finished(home: Path) -> tuple[Plan, dict[str, Any]] | None:
    """The rehearsal that stands in a home folder, with its summary; None where none is whole."""
    marker = home / READY
    if not marker.exists() or (home / BEGUN).exists():
        return None
    kept = json.loads(marker.read_text(encoding="utf-8"))
    plan = kept["plan"]
    return Plan(**{**plan, "until": date.fromisoformat(plan["until"])}), kept["summary"]


def begin(home: Path, plan: Plan) -> None:
    """Make an empty home for a rehearsal, and mark it as one.

    Raises:
        HomeInUse: there is data that no rehearsal made.
    """
    is_ours = (home / READY).exists() or (home / BEGUN).exists()
    real = ImportBatch.objects.exclude(source=CONTRACTS)
    if _has_rows(real) or (not is_ours and _has_rows(Account.objects.all())):
        raise HomeInUse(home=home)
    _write(home / BEGUN, {"plan": plan.as_json()})
    (home / READY).unlink(missing_ok=True)
    _clear(home)
    make_tables()


def finish(home: Path, plan: Plan, *, summary: dict[str, Any]) -> None:
    """Mark a rehearsal as whole; the last thing that it writes."""
    _write(home / READY, {"plan": plan.as_json(), "summary": summary})
    (home / BEGUN).unlink()


def _has_rows(rows: QuerySet[Any]) -> bool:
    try:
        return rows.exists()
    except DatabaseError:
        return False  # no table yet: nothing has ever been stored here


def _clear(home: Path) -> None:
    for folder in _FOLDERS:
        shutil.rmtree(home / folder, ignore_errors=True)
    if connection.vendor != "sqlite":
        make_tables()
        call_command("flush", interactive=False, verbosity=0)
        return
    name = str(connection.settings_dict["NAME"])
    if "memory" in name:
        return
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(name + suffix).unlink(missing_ok=True)


def _write(path: Path, content: dict[str, Any]) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    unfinished.rename(path)
