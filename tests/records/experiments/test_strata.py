"""Stratified lots: in each stratum, at any time, the arms have their shares (issue 5)."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.records.experiments.actions import assign_arms
from tenure.records.experiments.models import Assignment
from tenure.records.experiments.rules import ComparisonChanged, drawn_after, in_blocks
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tenure.strategy.experiments import Arm, Comparison
from tests.builders import AS_OF, AT, a_term

WEIGHTS = {"plain": 2, "short": 1, "silent": 1}


def a_comparison(**weights: int) -> Comparison:
    arms = {name: Arm(name, weight, "", True) for name, weight in (weights or WEIGHTS).items()}
    return Comparison(
        id="tone", name=Sentence(zh="语气", en="Tone"), journey="j", step="s", salt="tone-1",
        starts_on=date(2026, 1, 1), planned_on=date(2026, 12, 1), arms=arms,
        strata=("cycle_months",),
    )  # fmt: skip


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 12), min_size=2),
    st.integers(0, 200),
    st.integers(0, 60),
)
def test_no_arm_is_further_from_its_share_than_a_block(
    weights: dict[str, int], units: int, already: int
) -> None:
    lot = drawn_after(in_blocks("salt", "12", weights=weights), already=0, units=already + units)

    for end in (already, already + units):
        counts = Counter(lot[:end])
        for arm, weight in weights.items():
            assert abs(counts[arm] - end * weight / sum(weights.values())) <= weight
    # Whoever comes later goes on where the others ended.
    again = drawn_after(in_blocks("salt", "12", weights=weights), already=already, units=units)
    assert again == lot[already:]


def test_another_stratum_and_another_salt_draw_otherwise() -> None:
    lots = [
        drawn_after(in_blocks(salt, stratum, weights=WEIGHTS), already=0, units=40)
        for salt, stratum in (("a", "12"), ("a", "24"), ("b", "12"))
    ]

    assert len({tuple(one) for one in lots}) == 3


def due(count: int, *, cycle_months: int) -> list[Term]:
    return [a_term(days_left=7, cycle_months=cycle_months) for _ in range(count)]


def enter(terms: list[Term], comparison: Comparison) -> int:
    members = [(one.account_id, one.pk) for one in terms]
    levels = {one.pk: (one.cycle_months,) for one in terms}
    return assign_arms(comparison, members, as_of=AS_OF, at=AT, levels=levels)


def arms_of(terms: list[Term]) -> list[str]:
    found = dict(Assignment.objects.values_list("term_id", "arm"))
    return [found[one.pk] for one in terms]


@pytest.mark.django_db
def test_few_of_each_length_are_divided_evenly_over_days() -> None:
    """4 of one length and 8 of another on two days: a hash alone would leave them uneven."""
    comparison = a_comparison()
    yearly, longer = due(4, cycle_months=12), due(3, cycle_months=24)
    assert enter([*yearly, *longer], comparison) == 7
    first = arms_of([*yearly, *longer])
    later = due(5, cycle_months=24)

    assert enter([*yearly, *longer, *later], comparison) == 5

    assert arms_of([*yearly, *longer]) == first
    assert Counter(arms_of(yearly)) == {"plain": 2, "short": 1, "silent": 1}
    assert Counter(arms_of([*longer, *later])) == {"plain": 4, "short": 2, "silent": 2}
    counts = Entry.objects.filter(kind="experiment.assigned").order_by("pk")
    assert [one.content["count"] for one in counts] == [7, 5]


@pytest.mark.django_db
def test_a_customer_keeps_its_arm_in_every_later_term_and_takes_no_other_place() -> None:
    comparison = a_comparison(plain=1, short=1)
    [one] = due(1, cycle_months=12)
    enter([one], comparison)
    one.state, one.renewed_on = "renewed", one.ends_on
    one.save()
    again = a_term(
        subscription=one.subscription, number=2, starts_on=one.ends_on, days_left=370,
        cycle_months=24,
    )  # fmt: skip
    [other] = due(1, cycle_months=12)

    enter([again, other], comparison)

    assert arms_of([again]) == arms_of([one])
    assert Counter(arms_of([one, other])) == {"plain": 1, "short": 1}


@pytest.mark.django_db
def test_two_terms_of_one_customer_on_one_day_get_one_arm() -> None:
    comparison = a_comparison(plain=1, short=1)
    [one] = due(1, cycle_months=12)
    more = [a_term(account=one.account, days_left=7, cycle_months=24) for _ in range(3)]

    enter([one, *more], comparison)

    assert len(set(arms_of([one, *more]))) == 1


@pytest.mark.django_db
def test_changed_weights_are_refused_and_nobody_moves() -> None:
    terms = due(3, cycle_months=12)
    enter(terms, a_comparison())
    before = arms_of(terms)

    with pytest.raises(ComparisonChanged):
        enter([*terms, *due(2, cycle_months=12)], a_comparison(plain=1, short=1))

    assert arms_of(terms) == before
    assert Assignment.objects.count() == 3


@pytest.mark.django_db
def test_where_a_customer_was_drawn_is_kept_whatever_its_term_becomes() -> None:
    """TOP-04: a plan that is changed afterwards, perhaps by the arm, moves nobody."""
    comparison = a_comparison()
    [one, old] = due(2, cycle_months=12)
    enter([one], comparison)
    Term.objects.filter(pk=one.pk).update(cycle_months=24)
    later = a_term(account=one.account, days_left=7, cycle_months=24)
    # Somebody who was drawn before strata were kept stays without one.
    enter([old], comparison)
    Assignment.objects.filter(term=old).update(stratum="")
    other = a_term(account=old.account, days_left=7, cycle_months=24)

    enter([later, other, *due(1, cycle_months=24)], comparison)

    found = dict(Assignment.objects.values_list("term_id", "stratum"))
    assert (found[one.pk], found[later.pk]) == ("12", "12")
    assert (found[old.pk], found[other.pk]) == ("", "")
    assert sorted(found.values()) == ["", "", "12", "12", "24"]
