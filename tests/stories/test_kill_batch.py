"""Killed among ten thousand lines that are being renewed, and begun again (TOP-17)."""

from pathlib import Path

import pytest

from tests.stories.killing import Story, Undisturbed

LINES = 10_000
BATCHING = Story("tests.stories.batching", {"LINES": str(LINES)})
SEEDS = range(3)
# Four were renewed otherwise and one was cancelled before the money came.
ELSEWHERE = 5

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return BATCHING.undisturbed(tmp_path_factory)


def test_undisturbed_every_line_is_given_or_goes_back(undisturbed: Undisturbed) -> None:
    state = undisturbed.state
    states = [one[1] for one in state["lines"]]

    assert (states.count("given"), states.count("failed")) == (LINES - ELSEWHERE, ELSEWHERE)
    assert state["batch"][0][0] == "done"
    (refund,) = state["refunds"]
    total = state["orders"][0][1]
    assert refund[0] * LINES == total * ELSEWHERE
    assert state["undone"] == 0
    assert state["journal"]["term.renewed"] == LINES - 1


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_among_the_lines_and_begun_again_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    BATCHING.check_killed(undisturbed, tmp_path, seed=seed)
