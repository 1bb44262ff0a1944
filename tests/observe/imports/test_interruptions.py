"""Stopped in the middle, a full disk, two at once: whole files or nothing, and the next completes.

Each test runs the real command in a process of its own.
"""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.observe.imports.children import begun, count, ended, many_events, stop_all, wait_for

pytestmark = pytest.mark.slow
ROWS = 100_000


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    stop_all()


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return many_events(tmp_path_factory.mktemp("large") / "files", rows=ROWS)


def caught_in_the_events(home: Path, events: Path) -> "subprocess.Popen[str]":
    """An import that stands still somewhere in its second file."""
    process = begun(home, "import", events)
    wait_for(lambda: count(home, "records_account") == 50)
    time.sleep(0.2)
    process.send_signal(signal.SIGSTOP)
    assert process.poll() is None, "it was through before it could be caught: take more rows"
    return process


def test_ctrl_c_leaves_whole_files_and_a_second_import_completes(
    events: Path, tmp_path: Path
) -> None:
    process = caught_in_the_events(tmp_path, events)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)

    code, output, errors = ended(process)

    assert (code, output) == (130, "")
    assert errors.strip().startswith("Stopped.")
    assert count(tmp_path, "observe_inboxevent") == 0
    assert count(tmp_path, "observe_importedrow") == 50
    assert count(tmp_path, "records_lease") == 0

    code, output, _ = ended(begun(tmp_path, "import", events, "--json"))

    done = json.loads(output)
    assert (code, done["read"], done["stored"]) == (0, ROWS + 50, ROWS)
    assert (done["unchanged"], done["rejected"]) == (50, 0)
    assert count(tmp_path, "observe_inboxevent") == ROWS


def test_a_full_disk_is_one_sentence_and_nothing_of_the_file_is_kept(
    events: Path, tmp_path: Path
) -> None:
    """The limit on the size of a file is met by the database's own writes."""
    code, output, errors = ended(begun(tmp_path, "import", events, file_bytes=8_000_000))

    assert (code, output) == (3, "")
    (sentence,) = [line for line in errors.splitlines() if line]
    assert sentence.startswith(f"The disk below {tmp_path} is full")
    assert count(tmp_path, "observe_inboxevent") == 0
    assert count(tmp_path, "records_account") == 50

    code, output, _ = ended(begun(tmp_path, "import", events, "--json"))

    assert (code, json.loads(output)["stored"]) == (0, ROWS)


def test_a_second_import_at_once_is_told_who_is_at_it(events: Path, tmp_path: Path) -> None:
    first = caught_in_the_events(tmp_path, events)
    asked = time.monotonic()

    code, output, errors = ended(begun(tmp_path, "import", events))

    assert (code, output) == (2, "")
    assert "“import” is being run by cli@" in errors
    assert time.monotonic() - asked < 25
    code, _, errors = ended(begun(tmp_path, "run", "--as-of", "2026-06-15"))
    assert code == 2
    assert "“loop” is being run by import@" in errors
    first.send_signal(signal.SIGCONT)
    assert ended(first)[0] == 0
    assert count(tmp_path, "observe_inboxevent") == ROWS


def test_a_killed_import_is_followed_by_a_whole_one(events: Path, tmp_path: Path) -> None:
    process = caught_in_the_events(tmp_path, events)
    process.kill()
    process.communicate()
    assert count(tmp_path, "observe_inboxevent") == 0

    code, output, _ = ended(begun(tmp_path, "import", events, "--json"))

    assert (code, json.loads(output)["stored"]) == (0, ROWS)
