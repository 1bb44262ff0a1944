"""Killed between any two steps of paying and begun again, nothing is lost and nothing doubled.

Twelve seeded places; the seed is in the test's name.
"""

from pathlib import Path

import pytest

from tests.stories.killing import Story, Undisturbed

PAYING = Story("tests.stories.paying")
SEEDS = range(12)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return PAYING.undisturbed(tmp_path_factory)


def test_undisturbed_everybody_gets_what_is_theirs(undisturbed: Undisturbed) -> None:
    """Of 5 payments 3 renew; one came late and went back, one is disputed; 50.00 were a gift."""
    state = undisturbed.state

    assert [one[1] for one in state["orders"]] == [
        "fulfilled", "fulfilled", "cancelled", "fulfilled", "expired",
    ]  # fmt: skip
    assert [one[1] for one in state["payments"]] == [
        "succeeded", "succeeded", "refunded", "partially_refunded", "disputed_amount",
    ]  # fmt: skip
    assert state["undone"] == 0
    assert state["day"][:2] == [True, True]


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_while_paying_and_begun_again_ends_the_same(
    undisturbed: Undisturbed, tmp_path: Path, seed: int
) -> None:
    PAYING.check_killed(undisturbed, tmp_path, seed=seed)
