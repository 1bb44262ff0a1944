"""Nothing is left for later in a comment, unless an issue says what and why."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

CODE = {".py", ".html", ".toml", ".js", ".css", ".sh", ".sql", ".txt", ".yml"}
# Written in halves, so that this file does not hold what it looks for.
LATER, MEND = "TO" + "DO", "FIX" + "ME"
OTHERS = "XX" + "X|HA" + "CK"
UNFINISHED = re.compile(rf"(?:#|//|/\*|<!--|--).*?\b(?:{LATER}|{MEND}|{OTHERS})\b(?!\s*\(?#\d)")
PROMISES = re.compile(r"coming soon|\bnot (?:yet )?implemented|placeholder (?:value|page)", re.I)


def left_for_later(text: str) -> list[int]:
    """The numbers of the lines that promise something."""
    lines = enumerate(text.splitlines(), 1)
    return [number for number, line in lines if UNFINISHED.search(line) or PROMISES.search(line)]


def is_code(path: Path) -> bool:
    return path.suffix in CODE and path != Path(__file__)


def test_nothing_is_left_for_later() -> None:
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if is_code(path)
        for number in left_for_later(path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (f"x = 1  # {LATER} the rest", [1]),
        (f"x = 1  # {LATER} #12 the rest", []),
        (f"<!-- {MEND} -->", [1]),
        ("<p>Coming soon</p>", [1]),
        ("raise NotImplementedError", []),
    ],
)
def test_a_promise_is_found_where_no_issue_keeps_it(line: str, found: list[int]) -> None:
    assert left_for_later(line) == found
