"""Rehearsals asked for in the console: one at a time, each in a folder with its report."""

from __future__ import annotations

import json
import os
import subprocess  # nosec B404
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current
from tenure.strategy.loading import preset, preset_names
from tenure.strategy.sections import Strategy
from tenure.surfaces.program import COMMAND, PROGRESS, REPORT
from tenure.world.rehearsal.home import alone
from tenure.world.rehearsal.plan import Wish, check_currencies, planned

FOLDER: Final = "rehearsals"
APPLIED: Final = "applied"
ASKED, FAULT = "asked.json", "fault.txt"
MOST_DAYS: Final = 30
MOST_CUSTOMERS: Final = 2_000
_KEPT: Final = 12
_FAULT_CHARS: Final = 600


class RehearsalRunning(Refusal):
    """One is at it already."""

    code = "rehearsal_running"
    said = Sentence(
        zh="已有一次预演在进行；请等它结束。",
        en="A rehearsal is running already; wait until it has ended.",
    )


class TooLong(Refusal):
    """More than a page should start."""

    code = "rehearsal_too_large"
    said = Sentence(
        zh="页面上最多预演 {days} 天、{customers} 位客户；更大的请用命令行 tenure rehearse。",
        en="At most {days} days and {customers} customers from this page; for more use "
        "tenure rehearse.",
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be rehearsed: names of ready strategies, or `applied`; `against` may be empty."""

    strategy: str
    against: str
    market: str
    days: int
    customers: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One rehearsal: how far it is (0 to 1), its report, or what went wrong."""

    name: str
    asked: Mapping[str, Any]
    done: float
    what: Mapping[str, str]
    report: Mapping[str, Any] | None
    fault: str

    @property
    def is_running(self) -> bool:
        return self.report is None and not self.fault

    @property
    def strategies(self) -> dict[str, Strategy]:
        """The sides of the report by name."""
        sides = self.report["sides"] if self.report else []
        return {side["strategy"]: _named(side["strategy"]) for side in sides}


def choices() -> tuple[str, ...]:
    """What may be rehearsed: what is applied now, and what ships."""
    return (APPLIED, *preset_names())


def start(asked: Asked, *, on: date, at: datetime, by: str) -> str:
    """Begin a rehearsal in a process of its own; its name.

    Raises:
        RehearsalRunning, TooLong, NoSuchPreset, NoSuchBusiness, BadPlan.
    """
    if not 1 <= asked.days <= MOST_DAYS or not 50 <= asked.customers <= MOST_CUSTOMERS:
        raise TooLong(days=MOST_DAYS, customers=MOST_CUSTOMERS)
    sides = {one: _named(one).business for one in (asked.strategy, asked.against) if one}
    check_currencies({name: one.currency for name, one in sides.items()})
    wish = Wish(asked.market, asked.customers, days=asked.days)
    planned(wish, zone=next(iter(sides.values())).zone, at=at)
    # Two pages that ask at the same moment start one.
    with alone(_home()):
        if any(one.is_running for one in rehearsals()):
            raise RehearsalRunning()
        return _begin(asked, on=on, at=at, by=by)


def _begin(asked: Asked, *, on: date, at: datetime, by: str) -> str:
    folder = _home() / f"{at:%Y%m%d-%H%M%S}"
    folder.mkdir(parents=True)
    told = {
        "strategy": asked.strategy, "against": asked.against, "market": asked.market,
        "days": asked.days, "customers": asked.customers, "by": by, "at": at.isoformat(),
    }  # fmt: skip
    process = _started(asked, folder=folder)
    _write(folder / ASKED, told | {"process": process})
    append(Fact("rehearsal.asked", on=on, content=told), at=at, by=by)
    return folder.name


def _started(asked: Asked, *, folder: Path) -> int:
    """Our own program in the background, which outlives the page that asked for it."""
    arguments = [
        "rehearse", _argument(asked.strategy, folder), "--market", asked.market,
        "--days", str(asked.days), "--customers", str(asked.customers), "--into", str(folder),
    ]  # fmt: skip
    if asked.against:
        arguments += ["--against", _argument(asked.against, folder)]
    command = [sys.executable, "-c", COMMAND, *arguments]
    with (folder / FAULT).open("wb") as log:
        started = subprocess.Popen(  # nosec B603
            command, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True
        )
    return started.pid


def _argument(name: str, folder: Path) -> str:
    """The name of a ready strategy, or a file with what is applied."""
    if name != APPLIED:
        return name
    path = folder / f"{APPLIED}.json"
    _write(path, current().document)
    return str(path)


def _named(name: str) -> Strategy:
    return current() if name == APPLIED else preset(name)


def rehearsals() -> list[Kept]:
    """The last rehearsals, the newest first."""
    return [one for path in _folders() if (one := _kept(path)) is not None][:_KEPT]


def rehearsal(name: str) -> Kept | None:
    """One of them."""
    found = [path for path in _folders() if path.name == name]
    return _kept(found[0]) if found else None


def _folders() -> Iterator[Path]:
    home = _home()
    paths = [path for path in home.iterdir() if path.is_dir()] if home.is_dir() else []
    yield from sorted(paths, reverse=True)


def _kept(folder: Path) -> Kept | None:
    asked = _read(folder / ASKED)
    if asked is None:
        return None
    report, progress = _read(folder / REPORT), _read(folder / PROGRESS) or {}
    fault = ""
    if report is None and not _is_alive(asked["process"]):
        log = folder / FAULT
        told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        fault = told.strip()[-_FAULT_CHARS:] or "—"
    done = 1.0 if report is not None else float(progress.get("done", 0.0))
    shown = _renamed(report, folder) if report is not None else None
    return Kept(folder.name, asked, done, progress.get("what", {}), shown, fault)


def _renamed(report: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The report, in which a file with what is applied is called so."""
    path = str(folder / f"{APPLIED}.json")
    sides = [
        side | {"strategy": APPLIED} if side["strategy"] == path else side
        for side in report["sides"]
    ]
    return {**report, "sides": sides}


def _is_alive(process: int) -> bool:
    """Whether a process still runs; one that ended and is not waited for does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return _answers(process)
    return state.rpartition(")")[2].split()[0] != "Z"


def _answers(process: int) -> bool:
    if Path("/proc/self/stat").exists():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _home() -> Path:
    return Path(settings.TENURE_HOME) / FOLDER


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _write(path: Path, content: Any) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")
    unfinished.rename(path)
