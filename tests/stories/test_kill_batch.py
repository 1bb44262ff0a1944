"""Killed among ten thousand lines that are being renewed, and begun again (TOP-17)."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 10_000
SEEDS = range(3)
# Four were renewed otherwise and one was cancelled before the money came.
ELSEWHERE = 5

pytestmark = pytest.mark.slow


def child(home: Path, command: str, *, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    wanted = ("PATH", "HOME", "LANG", "PYTHONPATH")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    environment = {
        **kept,
        "TENURE_HOME": str(home),
        "TENURE_SECRET_KEY": "the same in every process of this test",
        "KILL_AT": str(kill_at),
        "LINES": str(LINES),
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.stories.batching", command],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )


def done(home: Path, command: str) -> Any:
    finished = child(home, command)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1]) if finished.stdout else None


@dataclass(frozen=True)
class Undisturbed:
    """A paid batch before its lines are given, and what they become when nobody is killed."""

    home: Path
    places: int
    state: Any


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    before, after = (tmp_path_factory.mktemp(name) for name in ("before", "after"))
    done(before, "build")
    shutil.copytree(before, after, dirs_exist_ok=True)
    places = done(after, "run")["places"]
    return Undisturbed(before, places, done(after, "state"))


def test_undisturbed_every_line_is_given_or_goes_back(undisturbed: Undisturbed) -> None:
    state = undisturbed.state
    states = [one[1] for one in state["lines"]]

    assert (states.count("given"), states.count("failed")) == (LINES - ELSEWHERE, ELSEWHERE)
    assert state["batch"][0][0] == "done"
    (refund,) = state["refunds"]
    total = state["orders"][0][1]
    assert refund[0] * LINES == total * ELSEWHERE
    assert state["undone"] == 0
    assert state["journal"]["term.renewed"] == LINES - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_among_the_lines_and_begun_again_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    kill_at = random.Random(seed).randint(1, undisturbed.places)
    shutil.copytree(undisturbed.home, tmp_path, dirs_exist_ok=True)

    killed = child(tmp_path, "run", kill_at=kill_at)
    assert killed.returncode == -signal.SIGKILL, f"seed {seed}: {killed.stderr}"
    done(tmp_path, "run")

    found = done(tmp_path, "state")
    for name, value in undisturbed.state.items():
        assert found[name] == value, f"{name}, seed {seed}, place {kill_at}"
