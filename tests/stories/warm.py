"""Commands of a story, each in a process of its own that need not import the product anew.

`python -m tests.stories.warm` imports the product once and forks a process for each command that it
is told. The fork reads the settings from its own environment, may be killed as any other process,
and leaves nothing to the next one.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "tenure.project.settings"
PATIENCE_SECONDS = 600
# What commands of stories import. DuckDB and Arrow are not among it: they start threads as they are
# imported, and a process with threads may not fork.
READY = (
    *("tenure.loop.nightly", "tenure.records.strategies.actions", "tests.builders"),
    *("tests.act.payments.memory", "tests.observe.intake.sendings", "benchmarks.company"),
    *("sklearn.ensemble", "sklearn.linear_model"),
)


@dataclass(frozen=True)
class Begun:
    """A command under way; what it writes goes to files."""

    pid: int
    out: Path
    error: Path
    program: "subprocess.Popen[str]"

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> "subprocess.CompletedProcess[str]":
        """How it ended: below 0 is the signal that killed it."""
        assert self.program.stdout is not None
        code = int(self.program.stdout.readline())
        said = (path.read_text(encoding="utf-8") for path in (self.out, self.error))
        return subprocess.CompletedProcess([], code, *said)


def begin(module: str, command: str, *, environment: Mapping[str, str]) -> Begun:
    """Start a function of a module, with nothing in its environment but this.

    One command runs at a time: `wait` for it before the next.
    """
    program = _program()
    assert program.stdin is not None
    assert program.stdout is not None
    folder = Path(os.environ["TENURE_TEST_ROOT"])
    out, error = (folder / f"warm-{os.getpid()}.{kind}" for kind in ("out", "error"))
    order = {"module": module, "command": command, "environment": dict(environment)}
    program.stdin.write(json.dumps({**order, "out": str(out), "error": str(error)}) + "\n")
    program.stdin.flush()
    return Begun(int(program.stdout.readline()), out, error, program)


@cache
def _program() -> "subprocess.Popen[str]":
    """The one that forks, once for a worker; it ends when the worker's end of its pipe does."""
    wanted = ("PATH", "HOME", "LANG", "PYTHONPATH", "TENURE_TEST_ROOT")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    # No home is made for it: with a key given, reading the settings writes nothing.
    about = {
        "TENURE_HOME": str(Path(os.environ["TENURE_TEST_ROOT"]) / "warm"),
        "TENURE_SECRET_KEY": "of nobody",
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "OMP_NUM_THREADS": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stories.warm"],
        cwd=ROOT,
        env={**kept, **about},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _serve() -> None:
    import django

    django.setup()
    for name in READY:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(order)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _become(order: Mapping[str, Any]) -> NoReturn:
    """Do the command, and end as a program does that was started for it."""
    code = 1
    try:
        _redirect(order)
        # Whoever takes longer is stuck; the signal that ends it is its exit code.
        signal.alarm(PATIENCE_SECONDS)
        os.environ.clear()
        os.environ.update(order["environment"], DJANGO_SETTINGS_MODULE=SETTINGS)
        _read_settings()
        getattr(importlib.import_module(order["module"]), order["command"])()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(order: Mapping[str, Any]) -> None:
    """The standard streams, away from the program's own pipes."""
    writing = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], writing),
        (2, order["error"], writing),
    ):
        descriptor = os.open(path, flags, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)


def _read_settings() -> None:
    """Settings and databases as the environment has them now."""
    from django.conf import Settings, settings
    from django.db import connections

    importlib.reload(sys.modules[SETTINGS])
    settings._wrapped = Settings(SETTINGS)
    for one in connections.all(initialized_only=True):
        del connections[one.alias]
    connections.settings = connections.configure_settings(None)


if __name__ == "__main__":
    _serve()
