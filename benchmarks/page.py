"""The page of results: one line for each size and measure, and what people wrote beneath."""

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import ROOT
from tenure.kernel.clock import now

PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
HEAD = (
    "customers", "what", "ours", "the alternative", "ratio", "goal", "peak memory", "measured",
)  # fmt: skip
LOOP = 5_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page."""

    what: str
    ours: str
    theirs: str
    ratio: str
    goal: str
    memory: str
    measured: str = ""


def keep(customers: int, row: Row) -> None:
    """Write a line into the page, in the place of an older one about the same."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(customers, row, before=before), encoding="utf-8")


def page(customers: int, row: Row, *, before: str) -> str:
    """The page with a new line; its other lines, and the notes behind them, stay as they are."""
    cells = (
        f"{customers:,}", row.what, row.ours, row.theirs, row.ratio, row.goal, row.memory,
        row.measured,
    )  # fmt: skip
    lines = {_key(line): line for line in before.splitlines() if line.startswith("| ")}
    kept = {key: line for key, line in lines.items() if key[0].replace(",", "").isdigit()}
    line = f"| {' | '.join(cells)} |"
    kept[_key(line)] = line
    table = sorted(kept.values(), key=lambda one: int(_key(one)[0].replace(",", "")))
    _, mark, notes = before.partition("\n\n## ")
    return "\n".join([*_opening(), *table]) + (mark + notes if mark else "\n")


def _key(line: str) -> tuple[str, str]:
    """Customers and what was measured."""
    cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
    return cells[0], cells[1] if len(cells) > 1 else ""


def _opening() -> tuple[str, ...]:
    return (
        "# Benchmarks",
        "",
        f"Written by `make bench` on {_machine()}, Python {platform.python_version()}. Ours and "
        "the alternative took turns in the same run; the ratio is the median over the turns. "
        "Shared machines are noisy: trust ratios, not seconds. The last column says how busy the "
        "machine was: how long a plain loop of five million additions took then, which takes "
        "0.2 s on a quiet core.",
        "",
        "The alternatives: hand-written DuckDB SQL with the estimator called on the matrix "
        "(`benchmarks/by_hand.sql`), a row-at-a-time ORM loop (`benchmarks/orm_loop.py`), "
        "the verbs of one renewal called for each contract (`benchmarks/company.py`), "
        "`executemany` of the same rows into the same table in batches of 100, both flushed to "
        "the disk (`benchmarks/intake.py`), and for tables made up here the one named in its row "
        "(`benchmarks/million.py`, `benchmarks/sold.py`; processor seconds stand beside those of "
        "the clock).",
        "",
        f"| {' | '.join(HEAD)} |",
        f"| {' | '.join('---' for _ in HEAD)} |",
    )


def _machine() -> str:
    """What kind of machine this is."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (
        f"{os.cpu_count()} cores ({names[0] if names else platform.machine()}), {platform.system()}"
    )


def moment() -> str:
    """The day, and how long a loop takes that everybody can repeat."""
    begun, total = time.perf_counter(), 0
    for number in range(LOOP):
        total += number
    return f"{now():%-d %B %Y}, loop {time.perf_counter() - begun:.2f} s"
