"""Killed while benefits are given, taken back and ended, and begun again (OFR-03, WIN-01)."""

from pathlib import Path

import pytest

from tests.stories.killing import Story, Undisturbed

GIVING = Story("tests.stories.giving")
SEEDS = range(2)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return GIVING.undisturbed(tmp_path_factory)


def test_undisturbed_everything_is_given_once_and_ends_with_its_term(
    undisturbed: Undisturbed,
) -> None:
    benefits = undisturbed.state["benefits"]

    kinds = [(kind, ended is not None) for _, kind, _, _, _, ended in benefits]
    assert kinds.count(("bundle", False)) == kinds.count(("streak", False)) == 4
    assert kinds.count(("bundle", True)) == kinds.count(("streak", True)) == 2
    assert (kinds.count(("trial", True)), kinds.count(("anniversary", False))) == (1, 1)
    assert [state for _, state, _ in undisturbed.state["gifts"]] == ["cancelled"] * 2 + ["open"] * 4
    assert undisturbed.state["credits"] == [[-124_200]] * 2


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_while_giving_and_begun_again_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    GIVING.check_killed(undisturbed, tmp_path, seed=seed)
