"""What git keeps: our own text, no foreign builds, nothing of one machine or one registry."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

BIG_BYTES = 1_500_000
# Written in halves, so that this file does not hold what it looks for.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry.np" + "mjs", "deb.deb" + "ian.org"]
FOLDERS = ["ho" + "me", "Us" + "ers", "ro" + "ot", "wo" + "rk"]
ELSEWHERE = re.compile(
    "|".join(map(re.escape, HOSTS)) + r"|(?<![\w.~/<-])/(?:" + "|".join(FOLDERS) + r")/[\w.]"
)
SECRETS = re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----")
BUILDS = (".min.js", ".min.css", ".woff2", ".map", ".pyc", ".mo")


def text_of(path: Path) -> str:
    """A file's text; empty for pictures and other bytes."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def foreign_lines(text: str) -> list[int]:
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if ELSEWHERE.search(line) or SECRETS.search(line)]


def test_no_file_names_a_registry_a_machine_or_a_key() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        for number in foreign_lines(text_of(path))
    ] == []


def test_git_keeps_no_builds_and_no_big_files() -> None:
    kept = [path for path in tracked() if path.stat().st_size > BIG_BYTES]
    kept += [path for path in tracked() if path.name.endswith(BUILDS)]

    assert kept == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("index = https://" + HOSTS[0] + "/simple", [1]),
        ("cd /" + FOLDERS[0] + "/ann/tenure", [1]),
        ("https://example.com/" + FOLDERS[3] + "/list", []),
        ("~/" + FOLDERS[3] + "/list", []),
    ],
)
def test_a_path_of_one_machine_is_found(line: str, found: list[int]) -> None:
    assert foreign_lines(line) == found
