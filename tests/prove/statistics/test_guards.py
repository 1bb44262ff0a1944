"""Guardrails: held, not held, or too few to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.prove.statistics.groups import difference, one_each, yes_or_no
from tenure.prove.statistics.guards import Guarded, Guarding, guarded

MARGIN = 0.01


def judged(treated: tuple[int, int], control: tuple[int, int]) -> Guarding:
    """Of so many customers so many are still content; more is better."""
    groups = [yes_or_no(many, yes=yes) for many, yes in (treated, control)]
    return guarded(difference(*groups), groups[0], margin=MARGIN)


def test_nobody_among_few_is_no_proof() -> None:
    """z² = 2.7055: after none of 50 a share of 5.1 % may be behind it; it takes 268 for 1 %."""
    assert judged((50, 50), (50, 50)) == Guarding(Guarded.TOO_FEW, 268)
    assert judged((267, 267), (40, 40)) == Guarding(Guarded.TOO_FEW, 268)
    assert judged((268, 268), (40, 40)) == Guarding(Guarded.HELD)


def test_where_something_varies_the_interval_speaks() -> None:
    assert judged((4_000, 3_960), (4_000, 3_960)) == Guarding(Guarded.HELD)
    assert judged((4_000, 3_800), (4_000, 3_960)) == Guarding(Guarded.NOT_HELD)


def test_everybody_harmed_is_no_lack_of_numbers() -> None:
    assert judged((30, 0), (30, 30)) == Guarding(Guarded.NOT_HELD)


def test_amounts_that_never_differ_cannot_be_judged() -> None:
    level = one_each(40, total=120.0, squares=360.0)

    assert guarded(difference(level, level), level, margin=0.5) == Guarding(Guarded.TOO_FEW)


@given(st.integers(1, 5_000), st.floats(0.001, 0.5))
def test_so_many_as_it_takes_are_enough_and_one_fewer_are_not(many: int, margin: float) -> None:
    group = yes_or_no(many, yes=0)
    found = guarded(difference(group, group), group, margin=margin)

    if found.needs is None:
        assert found.state is Guarded.HELD
    else:
        assert many < found.needs
        enough, fewer = (yes_or_no(n, yes=0) for n in (found.needs, found.needs - 1))
        assert guarded(difference(enough, group), enough, margin=margin).state is Guarded.HELD
        assert guarded(difference(fewer, group), fewer, margin=margin) == found


@pytest.mark.parametrize("margin", [1.0, 3.0])
def test_a_margin_that_no_share_can_reach_names_no_number(margin: float) -> None:
    group = yes_or_no(10, yes=10)

    assert guarded(difference(group, group), group, margin=margin) == Guarding(Guarded.TOO_FEW)
