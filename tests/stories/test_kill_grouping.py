"""REF-03: killed between any two steps of a group purchase, everybody is renewed or refunded once.

Six seeded places; the seed is in the test's name.
"""

from pathlib import Path

import pytest

from tests.stories.killing import Story, Undisturbed

GROUPING = Story("tests.stories.grouping")
SEEDS = range(6)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return GROUPING.undisturbed(tmp_path_factory)


def test_undisturbed_one_group_renews_and_the_other_gives_all_back(
    undisturbed: Undisturbed,
) -> None:
    state = undisturbed.state

    assert state["groups"] == [["formed", 2], ["expired", 3]]
    assert sorted(state["terms"].values()) == [1, 1, 1, 2, 2]
    assert [one[1:] for one in state["refunds"]] == [["succeeded", "not_fulfilled"]] * 2
    assert [len(backs) for _, backs in state["provider"]].count(1) == 2
    assert state["undone"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_in_a_group_purchase_and_begun_again_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    GROUPING.check_killed(undisturbed, tmp_path, seed=seed)
