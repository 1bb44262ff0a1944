"""Killed while customers enter journeys by a tag or an event, and begun again (JRN-07, JRN-18)."""

from pathlib import Path

import pytest

from tests.stories.killing import Story, Undisturbed

ENTERING = Story("tests.stories.entering")
SEEDS = range(3)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return ENTERING.undisturbed(tmp_path_factory)


def test_undisturbed_each_entry_has_its_steps_once(undisturbed: Undisturbed) -> None:
    """Five enter by the tag, again after six days; five by the event: each step of each once."""
    state = undisturbed.state
    steps = [key.split(":")[1].partition("@")[0] for key, _, _ in state["messages"]]

    assert len(state["entries"]) == 15
    assert steps.count("d0") == 15
    assert steps.count("d2") == steps.count("d4") == 10
    assert state["journal"]["journey.entered"] == 15


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_between_an_entry_and_its_steps_and_begun_again_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    ENTERING.check_killed(undisturbed, tmp_path, seed=seed)
