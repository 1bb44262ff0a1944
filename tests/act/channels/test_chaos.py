"""R-C-003: nothing is lost and nothing doubled while senders are killed and providers go wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_senders_may_be_killed_at_any_moment(sqlite_template: Path, tmp_path: Path) -> None:
    """A small run of `make chaos`, in processes of its own."""
    shutil.copy(sqlite_template, tmp_path / "records.sqlite3")
    arguments = ("--messages", "60", "--kill-every", "0.6", "--seconds", "90")

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", *arguments, "--home", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        check=False,
    )

    assert done.stdout, done.stderr.decode()[-2_000:]
    found = json.loads(done.stdout)
    assert done.returncode == 0, found
    assert (found["lost"], found["doubled"], found["still_waiting"]) == (0, 0, 0)
    assert found["kills"] >= 1
    assert found["in_doubt_after_a_kill"] <= found["kills"]
