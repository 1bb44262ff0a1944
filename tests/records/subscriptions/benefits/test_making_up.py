"""OFR-06: a missed streak can be repaired once by rule."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period
from tenure.records.subscriptions.actions import NewBenefit, give
from tenure.records.subscriptions.benefits.queries import served_chains
from tenure.records.subscriptions.benefits.rules import (
    BenefitKind,
    Served,
    unbroken_months,
    with_make_up,
)
from tenure.records.subscriptions.states import TermState
from tests.builders import AS_OF, AT, a_subscription, a_term, day

FIRST = date(2020, 1, 1)
SAID = Sentence(zh="补签", en="made up")


def broken(gaps: list[int]) -> tuple[list[Served], date]:
    """Terms of a month with so many days of nothing behind each of them."""
    found, starts_on = [], FIRST
    for gap in [*gaps, 0]:
        ends_on = starts_on + timedelta(days=30)
        found.append(Served(starts_on, ends_on, 1))
        starts_on = ends_on + timedelta(days=gap)
    return found, found[-1].ends_on


@given(st.lists(st.integers(0, 90), min_size=1, max_size=12))
def test_making_up_bridges_the_last_gap_and_no_other(gaps: list[int]) -> None:
    chain, joins_on = broken(gaps)
    places = [place for place, gap in enumerate(gaps) if gap]

    made_up = with_make_up(chain, until=joins_on)
    months = unbroken_months(made_up, joins_on, grace_days=0, make_up_days=60)

    if not places:
        expected = len(chain)
    elif gaps[places[-1]] > 60:
        expected = len(chain) - places[-1] - 1
    else:
        expected = len(chain) - (places[-2] + 1 if len(places) > 1 else 0)
    assert months == expected
    assert sum(one.made_up for one in made_up) == min(len(places), 1)


def test_a_term_that_was_given_back_cannot_be_made_up_for() -> None:
    chain, joins_on = broken([10])
    cut = [Served(chain[0].starts_on, chain[0].ends_on, 1, was_cut=True), chain[1]]

    found = with_make_up(cut, until=joins_on)

    assert unbroken_months(found, joins_on, grace_days=0, make_up_days=60) == 1


@pytest.mark.django_db
def test_a_customer_makes_up_once_and_the_years_count_again() -> None:
    """OFR-06: twelve months, forty days of nothing, twelve months: twenty-four in a row."""
    contract = a_subscription()
    old_ends = AS_OF - timedelta(days=365 + 40)
    old = a_term(
        subscription=contract, number=1, starts_on=old_ends - timedelta(days=365),
        ends_on=old_ends, state=TermState.LAPSED, closed_on=old_ends,
    )  # fmt: skip
    term = a_term(
        subscription=contract, number=2, starts_on=AS_OF - timedelta(days=365), ends_on=AS_OF
    )

    def months() -> int:
        chain = served_chains([contract.pk])[contract.pk]
        return unbroken_months(chain, AS_OF, grace_days=0, make_up_days=60)

    assert months() == 12
    for place in range(2):
        new = NewBenefit(
            term, BenefitKind.MAKE_UP, "streak_repair", SAID, SAID,
            Period(AS_OF, day(1 + place)), AS_OF, f"promise:{place}",
        )  # fmt: skip
        give(new, at=AT, by="test")
    assert months() == 24
    assert old.cycle_months == term.cycle_months == 12
