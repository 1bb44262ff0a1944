"""TOP-04: a permanent random holdout whose assignment is sticky."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.kernel.buckets import BUCKETS
from tenure.records.experiments.actions import assign_due, ensure_holdout
from tenure.records.experiments.models import Assignment, Experiment
from tenure.records.experiments.queries import NoHoldout, arm_counts, arm_of, holdout
from tenure.records.experiments.rules import holdout_arms
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import PRESETS, load
from tests.builders import AS_OF, AT, a_term, an_account, day

BROADBAND = load(PRESETS / "broadband")


def assign(as_of: date = AS_OF) -> int:
    return assign_due(as_of=as_of, at=AT)


def test_each_due_term_gets_the_arm_of_its_accounts_bucket(either_database: str) -> None:
    ensure_holdout(BROADBAND, at=AT)
    held = a_term(account=an_account(holdout_bucket=499))
    treated = a_term(account=an_account(holdout_bucket=500))

    count = assign()

    assert count == 2
    assert (arm_of(held.pk), arm_of(treated.pk)) == ("holdout", "treated")
    assert arm_counts(holdout()) == {"holdout": 1, "treated": 1}
    assert Assignment.objects.get(term=held).assigned_on == AS_OF
    assert Entry.objects.get(kind="experiment.assigned").content == {"key": "holdout", "count": 2}


@pytest.mark.parametrize(
    ("days_left", "given_count"), [(181, 0), (180, 1), (1, 1), (0, 1), (-1, 0)]
)
def test_a_term_meets_the_holdout_with_0_to_180_days_left(
    either_database: str, days_left: int, given_count: int
) -> None:
    ensure_holdout(BROADBAND, at=AT)
    a_term(days_left=days_left)

    assert assign() == given_count


def test_only_live_terms_are_assigned(either_database: str) -> None:
    ensure_holdout(BROADBAND, at=AT)
    a_term(state=TermState.RENEWED, renewed_on=AS_OF)
    a_term(state=TermState.CANCELLED, closed_on=day(-1))
    a_term(starts_on=day(1), ends_on=day(40))
    renewed_later = a_term(state=TermState.RENEWED, renewed_on=day(1))

    count = assign()

    assert count == 1
    assert Assignment.objects.get().term == renewed_later


def test_an_assignment_never_moves(either_database: str) -> None:
    """Neither a wider share nor a moved end touches an arm that was given."""
    experiment = ensure_holdout(BROADBAND, at=AT)
    term = a_term(account=an_account(holdout_bucket=700), days_left=100)
    assign()
    Experiment.objects.filter(pk=experiment.pk).update(arms=holdout_arms(800))
    Term.objects.filter(pk=term.pk).update(ends_on=day(110))
    newcomer = a_term(account=an_account(holdout_bucket=700), days_left=100)

    count = assign(day(1))

    assert count == 1
    assert (arm_of(term.pk), arm_of(newcomer.pk)) == ("treated", "holdout")
    assert assign(day(2)) == 0
    assert Assignment.objects.count() == 2
    assert Entry.objects.filter(kind="experiment.assigned").count() == 2


def test_nobody_is_assigned_without_a_holdout(db: None) -> None:
    a_term()

    with pytest.raises(NoHoldout):
        assign()

    assert Assignment.objects.count() == 0


@given(accounts=st.sets(st.text("abcdef0123456789", min_size=8), min_size=1, max_size=200))
@settings(max_examples=50, deadline=None)
def test_a_wider_share_only_adds_members(accounts: set[str]) -> None:
    """Why it is sticky: whoever is below 5 % is below 8 %, and no bucket ever changes."""
    buckets = {one: BROADBAND.experiments.bucket_of(f"test:{one}") for one in accounts}

    held_at = {
        below: {one for one, bucket in buckets.items() if bucket < below} for below in (500, 800)
    }

    assert held_at[500] <= held_at[800]
    assert all(0 <= bucket < BUCKETS for bucket in buckets.values())
    assert buckets == {one: BROADBAND.experiments.bucket_of(f"test:{one}") for one in accounts}


def test_the_share_that_was_asked_for_is_held_out() -> None:
    """20,000 accounts: 1,000 expected, and the binomial's standard deviation is 31."""
    experiments = BROADBAND.experiments

    counted = Counter(experiments.is_held_out(f"test:account-{one}") for one in range(20_000))

    assert experiments.holdout_below == 500
    assert abs(counted[True] - 1_000) < 4 * 31
