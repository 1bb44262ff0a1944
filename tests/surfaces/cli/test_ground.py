"""An installation of an older version is brought up to date by whatever starts on it, once."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from tenure.surfaces.cli import ground

pytestmark = pytest.mark.slow

BEFORE = "0025_endings_of_comparisons"
START = "import sys; from tenure.surfaces.cli.main import main; main()"


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TENURE_")}
    return {**kept, "TENURE_HOME": str(home), "TENURE_LANG": "en"}


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, *arguments], env=environment(home), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def columns(home: Path, table: str) -> set[str]:
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        return {row[1] for row in records.execute(f"PRAGMA table_info({table})")}


def test_two_that_start_at_once_on_an_older_home_bring_it_up_to_date(tmp_path: Path) -> None:
    """A campaign of one segment is a campaign of one audience afterwards (CMP-03)."""
    home = tmp_path / "home"
    made = started(home, "strategy", "apply", "broadband")
    assert made.wait(120) == 0, made.communicate()[1]
    back = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "records", BEFORE]
    django = {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
    subprocess.run(back, check=True, env=environment(home) | django, timeout=120)
    assert "segment" in columns(home, "records_campaign")
    with closing(sqlite3.connect(home / "records.sqlite3")) as records, records:
        records.execute(
            "INSERT INTO records_campaign (key, name, purpose, kind, owner, segment, starts_on,"
            " ends_on, control_share, currency, background, goals, tasks, checks, blast, state,"
            " planned_at, planned_by, asked_by, needs_second, approved_by, stop_reason, lessons,"
            " next_action) VALUES ('spring', 's', '', 'plain', 'o', 'yearly', '2026-03-01',"
            " '2026-04-01', 2000, 'CNY', '[]', '[]', '[]', '{}', '{}', 'draft',"
            " '2026-02-01 00:00:00', 'o', '', 0, '', '', '', '')"
        )

    both = [started(home, "run", "--as-of", "2026-03-11") for _ in range(2)]
    told = [one.communicate(timeout=120)[1] for one in both]

    assert 0 in {one.returncode for one in both}, told
    assert not [one for one in told if "Traceback" in one or "no such column" in one]
    assert "segment" not in columns(home, "records_campaign")
    with closing(sqlite3.connect(home / "records.sqlite3")) as records:
        assert records.execute("SELECT key, audiences FROM records_campaign").fetchall() == [
            ("spring", '["yearly"]')
        ]


@pytest.mark.postgres
@pytest.mark.parametrize("shared_database", ["postgres"], indirect=True)
def test_on_postgresql_one_makes_the_tables_and_the_others_wait(
    shared_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three processes of a new version find everything made when their turn comes."""
    together = threading.Barrier(3)
    made: list[int] = []

    def missing() -> bool:
        if threading.current_thread().name not in seen:
            seen.add(threading.current_thread().name)
            together.wait(20)
        return not made

    def make() -> None:
        time.sleep(0.05)
        made.append(1)

    seen: set[str] = set()
    monkeypatch.setattr(ground, "_is_something_missing", missing)
    monkeypatch.setattr(ground, "make_tables", make)

    def start() -> None:
        ground.make_records()
        connections["default"].close()

    threads = [threading.Thread(target=start, name=f"start {one}") for one in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)

    assert made == [1]
