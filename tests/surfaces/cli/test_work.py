"""The worker beside a server: it reacts by itself, and ends with the server."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WAIT_SECONDS = 60
COMMAND = "from tenure.surfaces.cli.main import main; main()"
# Builds a business with a tag that was just entered, serves nothing, and lets the worker work.
BESIDE = """
import time, django
django.setup()
from tenure.records.tables import make_tables
make_tables()
from tests.surfaces.cli.entered import enter_a_tag, has_work
from tenure.surfaces.cli.work import worker_beside
with worker_beside():
    enter_a_tag()
    begun = time.monotonic()
    while not has_work() and time.monotonic() - begun < 60:
        time.sleep(0.1)
print(has_work())
"""


def environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "OMP_NUM_THREADS": "1",
        "TENURE_HOME": str(home),
        "TENURE_LANG": "en",
        "DJANGO_SETTINGS_MODULE": "tenure.project.settings",
    }


@pytest.mark.slow
def test_a_worker_beside_a_server_starts_the_play_of_a_tag(tmp_path: Path) -> None:
    """TAG-02: nobody has to ask for it."""
    done = subprocess.run(
        [sys.executable, "-c", BESIDE],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=180,
    )

    assert (done.stdout.strip(), done.returncode) == ("True", 0), done.stderr


@pytest.mark.slow
def test_a_worker_ends_when_its_server_is_gone_and_when_it_is_told(tmp_path: Path) -> None:
    orphan = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "work"],
        cwd=ROOT,
        env={**environment(tmp_path), "TENURE_WORKER_OF": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    told = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "work"],
        cwd=ROOT,
        env=environment(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
    )

    assert orphan.wait(timeout=WAIT_SECONDS) == 0
    assert told.stderr is not None
    assert "The worker runs" in told.stderr.readline()
    time.sleep(2)
    told.terminate()
    assert told.wait(timeout=WAIT_SECONDS) == 0
