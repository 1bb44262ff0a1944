"""Imports in processes of their own, in a home of their own."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

ENTRY = "from tenure.surfaces.cli.main import main; main()"
PATIENCE_SECONDS = 120.0
STARTED: "list[subprocess.Popen[str]]" = []


# The kernel's own count of a child begins with the memory of the process that it was forked from,
# so the child reads the peak of its new image itself (proc(5): VmHWM, in kB).
PEAK = """
import atexit, os, pathlib, re
def tell():
    status = pathlib.Path("/proc/self/status").read_text()
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", status).group(1)
    pathlib.Path(os.environ["PEAK_FILE"]).write_text(peak)
atexit.register(tell)
"""


def begun(
    home: Path, *words: str | Path, file_bytes: int | None = None, before: str = ""
) -> "subprocess.Popen[str]":
    """`tenure` with these words; no file that it writes grows beyond `file_bytes`.

    Code that runs `before` it may be given, such as `PEAK`.
    """

    def begin() -> None:
        # A run in the background ignores Ctrl-C, and its children would, too.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    kept = {name: value for name, value in os.environ.items() if not name.startswith("TENURE_")}
    process = subprocess.Popen(
        [sys.executable, "-c", before + ENTRY, *map(str, words)],
        env={**kept, "TENURE_HOME": str(home), "TENURE_LANG": "en"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=begin,
    )
    STARTED.append(process)
    return process


def stop_all() -> None:
    """End whatever a failing test left behind, also what stands still."""
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    output, errors = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, output, errors


def count(home: Path, table: str) -> int:
    """How many rows a table holds, as another process sees it; 0 where there is none yet."""
    path = home / "records.sqlite3"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path, timeout=PATIENCE_SECONDS)) as records:
        try:
            return int(records.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def wait_for(condition: Callable[[], bool]) -> None:
    """Until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def many_events(path: Path, *, rows: int, accounts: int = 50) -> Path:
    """A directory with some accounts and a file of so many events."""
    path.mkdir()
    with (path / "accounts.csv").open("w", encoding="utf-8") as file:
        file.write("id,name,started_on\n")
        file.writelines(f"a{n},客户 {n},2024-01-15\n" for n in range(accounts))
    with (path / "events.csv").open("w", encoding="utf-8") as file:
        file.write("id,account,name,at,feature,minutes\n")
        file.writelines(
            f"e{n},a{n % accounts},Feature Used,2026-0{n % 6 + 1}-{n % 28 + 1:02d} "
            f"{n % 24:02d}:{n % 60:02d},core,{n % 90}.5\n"
            for n in range(rows)
        )
    return path
