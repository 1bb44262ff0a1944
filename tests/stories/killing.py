"""A story in processes of its own that may be killed at any step, and is begun again."""

import json
import os
import random
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.stories.warm import begin


def environment_of(home: Path, *, kill_at: int) -> dict[str, str]:
    """What a child may know of this process, and the place at which it is killed; 0 is nowhere."""
    wanted = ("PATH", "HOME", "LANG", "PYTHONPATH")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    return {
        **kept,
        "TENURE_HOME": str(home),
        "TENURE_SECRET_KEY": "the same in every process of this test",
        "KILL_AT": str(kill_at),
    }


@dataclass(frozen=True)
class Undisturbed:
    """A business before the story, and what becomes of it when nobody is killed."""

    home: Path
    places: int
    state: Any


@dataclass(frozen=True)
class Story:
    """A module with the commands build, run and state."""

    module: str
    about: Mapping[str, str] = field(default_factory=dict)

    def child(
        self, home: Path, command: str, *, kill_at: int = 0
    ) -> subprocess.CompletedProcess[str]:
        environment = {**environment_of(home, kill_at=kill_at), **self.about}
        return begin(self.module, command, environment=environment).wait()

    def done(self, home: Path, command: str) -> Any:
        finished = self.child(home, command)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout.splitlines()[-1]) if finished.stdout else None

    def undisturbed(self, folders: pytest.TempPathFactory) -> Undisturbed:
        before, after = (folders.mktemp(name) for name in ("before", "after"))
        self.done(before, "build")
        shutil.copytree(before, after, dirs_exist_ok=True)
        places = self.done(after, "run")["places"]
        return Undisturbed(before, places, self.done(after, "state"))

    def check_killed(self, undisturbed: Undisturbed, home: Path, *, seed: int) -> None:
        """Killed at a place that the seed names and begun again, it ends in the same state."""
        kill_at = random.Random(seed).randint(1, undisturbed.places)
        shutil.copytree(undisturbed.home, home, dirs_exist_ok=True)

        killed = self.child(home, "run", kill_at=kill_at)
        assert killed.returncode == -signal.SIGKILL, f"seed {seed}: {killed.stderr}"
        self.done(home, "run")

        found = self.done(home, "state")
        for name, value in undisturbed.state.items():
            assert found[name] == value, f"{name}, seed {seed}, place {kill_at}"
