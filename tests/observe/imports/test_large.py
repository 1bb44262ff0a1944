"""A file of a million rows is read in less than a gigabyte, and shows how far it is."""

import subprocess
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.observe.imports.children import PEAK, begun, count, ended, many_events
from tests.observe.imports.folders import ACCOUNTS, Folder

ROWS = 1_000_000
GIGABYTE_KB = 1_000_000


@pytest.mark.slow
def test_a_million_rows_take_less_than_a_gigabyte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = many_events(tmp_path / "files", rows=ROWS, accounts=20_000)
    home, peak_file = tmp_path / "home", tmp_path / "peak"
    monkeypatch.setenv("PEAK_FILE", str(peak_file))

    code, _, errors = ended(begun(home, "import", files, before=PEAK))

    assert code == 0, errors
    assert int(peak_file.read_text(encoding="utf-8")) < GIGABYTE_KB
    assert count(home, "observe_inboxevent") == ROWS
    subprocess.run(["rm", "-r", str(home)], check=True)


def test_progress_is_told_with_the_file_and_never_goes_back(folder: Folder) -> None:
    reached: list[tuple[float, str]] = []
    folder.write(accounts=ACCOUNTS, people="account,email\n" + "a1,x@example.com\n" * 12_000)

    done = folder.take(progress=lambda share, what: reached.append((share, what)))

    assert done.total("unchanged") == 11_999
    assert [share for share, _ in reached] == sorted(share for share, _ in reached)
    assert {what for _, what in reached} == {"accounts.csv", "people.csv"}
    assert 0.5 < reached[-1][0] <= 1.0


def test_what_a_source_tells_for_the_first_time_is_compared_with_nothing(folder: Folder) -> None:
    folder.write(accounts=ACCOUNTS)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            folder.take()
        asked.append(
            sum('"observe_importedrow"."key" IN' in one["sql"] for one in queries.captured_queries)
        )

    assert asked == [0, 1]
