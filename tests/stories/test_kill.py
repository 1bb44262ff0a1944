"""Killed anywhere and begun again, a day ends as if nothing had happened.

Ten seeded places of one run; the seed is in the test's name.
"""

import json
import random
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.act.servers import MailServer
from tests.stories.killing import environment_of
from tests.stories.warm import Begun, begin

SEEDS = range(10)

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Business:
    """One home folder, run by child processes, and the server that takes its mail."""

    home: Path
    server: MailServer

    def child(self, command: str, *, kill_at: int = 0) -> subprocess.CompletedProcess[str]:
        return self.started(command, kill_at=kill_at).wait()

    def started(self, command: str, *, kill_at: int = 0) -> Begun:
        environment = {
            **environment_of(self.home, kill_at=kill_at),
            "TENURE_SMTP_HOST": "127.0.0.1",
            "TENURE_SMTP_PORT": str(self.server.port),
        }
        return begin("tests.stories.child", command, environment=environment)

    def done(self, command: str) -> Any:
        finished = self.child(command)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout) if finished.stdout else None

    def letters(self) -> Counter[str]:
        """Message-ID → how often it was received."""
        return Counter(str(mail["Message-ID"]) for mail in self.server.letters())


@dataclass(frozen=True)
class Undisturbed:
    """A business as it was before the day, and what the day makes of it."""

    home: Path
    places: int
    state: Any
    letters: Counter[str]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    before, after = (tmp_path_factory.mktemp(name) for name in ("before", "after"))
    with MailServer() as server:
        Business(before, server).done("build")
        shutil.copytree(before, after, dirs_exist_ok=True)
        business = Business(after, server)
        places = business.done("run")["places"]
        return Undisturbed(before, places, business.done("state"), business.letters())


@pytest.fixture
def business(undisturbed: Undisturbed, tmp_path: Path) -> Iterator[Business]:
    shutil.copytree(undisturbed.home, tmp_path, dirs_exist_ok=True)
    with MailServer() as server:
        yield Business(tmp_path, server)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_run_begun_again_ends_in_the_same_state(
    undisturbed: Undisturbed, business: Business, seed: int
) -> None:
    kill_at = random.Random(seed).randint(1, undisturbed.places)

    killed = business.child("run", kill_at=kill_at)
    assert killed.returncode == -signal.SIGKILL, f"seed {seed}: {killed.stderr}"
    business.done("run")

    found = business.done("state")
    for kind in ("records", "tables"):
        for name, rows in undisturbed.state[kind].items():
            assert found[kind][name] == rows, f"{name}, seed {seed}, place {kill_at}"
    assert business.letters().keys() == undisturbed.letters.keys()
    twice = [letter for letter, times in business.letters().items() if times > 1]
    assert len(twice) <= 1, "at most the one letter that was under way"


def test_a_death_right_after_a_letter_was_taken_repeats_that_letter_alone(
    undisturbed: Undisturbed, business: Business
) -> None:
    """The one case that no database can decide: the copy carries the same Message-ID."""
    assert set(undisturbed.letters.values()) == {1}
    process = business.started("run")
    business.server.after_letters = (3, process.kill)
    process.wait()
    business.server.after_letters = None
    assert len(business.server.received) == 3
    taken = next(reversed(business.letters()))

    business.done("run")

    assert business.letters() == undisturbed.letters + Counter([taken])
    assert business.done("state")["records"]["Message"] == (undisturbed.state["records"]["Message"])
