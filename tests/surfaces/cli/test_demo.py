"""`tenure demo` as a stranger runs it: one process, nothing else to install (TOP-01, TOP-10)."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SMALL = ("demo", "--customers", "300", "--days", "3", "--until", "2026-03-11", "--no-serve")


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TENURE_")}
    return {**kept, "TENURE_HOME": str(home), "TENURE_LANG": "en", "OMP_NUM_THREADS": "1"}


def command(*arguments: str) -> list[str]:
    start = "import sys; from tenure.surfaces.cli.main import main; main()"
    return [sys.executable, "-c", start, *arguments]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), env=environment(home), capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A demo that was built and not served, and what it told."""
    home = tmp_path_factory.mktemp("demo")
    done = run(home, *SMALL, "--json")
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


def test_summary_is_one_object_with_every_stage(first: tuple[Path, dict[str, Any]]) -> None:
    _, told = first

    assert told["customers"] == 300
    assert told["observe"]["events"] > 0
    assert told["understand"]["scored"] > 250
    assert told["decide"]["chosen"] + told["decide"]["withheld"] > 0
    assert told["act"]["messages"] > 0
    assert told["act"]["todos"] >= 0
    assert told["prove"]["treated"] > told["prove"]["holdout"] > 0
    stages = {"built", "world", "observe", "understand", "decide", "act", "prove", "total"}
    assert set(told["seconds"]) == stages


def test_second_demo_uses_what_stands_and_tells_the_same(
    first: tuple[Path, dict[str, Any]],
) -> None:
    home, told = first

    # Of the processor: the clock also counts what else the machine does.
    before = children_seconds()
    again = run(home, *SMALL, "--json")
    seconds = children_seconds() - before

    assert json.loads(again.stdout) == told
    assert "used again" in again.stderr
    assert seconds < 5


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_password_can_only_be_read_by_the_owner(first: tuple[Path, dict[str, Any]]) -> None:
    home, _ = first

    assert (home / "operator-password").stat().st_mode & 0o777 == 0o600


def test_another_demo_does_not_start_on_a_day_that_is_not_over(
    first: tuple[Path, dict[str, Any]],
) -> None:
    home, _ = first

    refused = run(home, "demo", "--until", "2999-01-01", "--no-serve")

    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "2999-01-01 is not over" in refused.stderr


def test_same_seed_and_day_tell_the_same_numbers(
    first: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    _, told = first

    other = json.loads(run(tmp_path, *SMALL, "--json").stdout)

    assert {**other, "seconds": None} == {**told, "seconds": None}


def test_ctrl_c_ends_with_130_and_the_next_demo_builds_anew(tmp_path: Path) -> None:
    demo = subprocess.Popen(
        command(*SMALL, "--json"),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A run in the background ignores Ctrl-C, and its children would, too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while not (tmp_path / "mail").exists() and demo.poll() is None:
        time.sleep(0.05)
    time.sleep(0.5)
    demo.send_signal(signal.SIGINT)
    told, said = demo.communicate(timeout=60)

    assert demo.returncode == 130, said
    assert told == ""
    assert "Traceback" not in said
    assert (tmp_path / "rehearsal-begun.json").exists()
    assert not (tmp_path / "rehearsal.json").exists()
