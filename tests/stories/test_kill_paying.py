"""Killed between any two steps of paying and begun again, nothing is lost and nothing doubled.

Twelve seeded places; the seed is in the test's name.
"""

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
SEEDS = range(12)

pytestmark = pytest.mark.slow


def child(home: Path, command: str, *, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
    wanted = ("PATH", "HOME", "LANG", "PYTHONPATH")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    environment = {
        **kept,
        "TENURE_HOME": str(home),
        "TENURE_SECRET_KEY": "the same in every process of this test",
        "KILL_AT": str(kill_at),
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.stories.paying", command],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def done(home: Path, command: str) -> Any:
    finished = child(home, command)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout.splitlines()[-1]) if finished.stdout else None


@dataclass(frozen=True)
class Undisturbed:
    """A business before its customers came, and what they leave when nobody is killed."""

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


def test_undisturbed_everybody_gets_what_is_theirs(undisturbed: Undisturbed) -> None:
    """Of 5 payments 3 renew; one came late and went back, one is disputed; 50.00 were a gift."""
    state = undisturbed.state

    assert [one[1] for one in state["orders"]] == [
        "fulfilled", "fulfilled", "cancelled", "fulfilled", "expired",
    ]  # fmt: skip
    assert [one[1] for one in state["payments"]] == [
        "succeeded", "succeeded", "refunded", "partially_refunded", "disputed_amount",
    ]  # fmt: skip
    assert state["undone"] == 0
    assert state["day"][:2] == [True, True]


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_while_paying_and_begun_again_ends_the_same(
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
