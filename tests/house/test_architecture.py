"""ARCHITECTURE.md names each room and each verb of the day once, in the order in which it runs."""

import re

from tests.house.sources import ROOT

LAYERS = [
    "kernel", "strategy", "records", "warehouse", "observe", "understand", "decide", "act",
    "prove", "loop", "world", "surfaces",
]  # fmt: skip
STAGES = ["observe", "understand", "decide", "act", "prove"]


def rows() -> list[list[str]]:
    """The cells of every row of every table of the page."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_each_room_is_described_once() -> None:
    described = [row[0].strip("`") for row in rows() if row[0].startswith("`")]

    assert described == LAYERS


def test_each_verb_of_the_day_stands_once_in_the_order_of_the_stages() -> None:
    verbs = [(row[0], row[1]) for row in rows() if row[0] in STAGES]
    named = re.findall(r"`(understand\.[a-z_.]+)\.fill", " ".join(verb for _, verb in verbs))

    assert [stage for stage, _ in verbs] == sorted((one for one, _ in verbs), key=STAGES.index)
    assert len(set(verbs)) == len(verbs)
    assert [name.split(".")[1] for name in named] == [
        "features", "tags", "health", "churn", "segments", "metrics", "forecast", "value",
    ]  # fmt: skip
