"""Calls: at most three attempts in a week, and an opt-out counts on every channel (R-C-034)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.customers.models import Consent, ContactPoint
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.success.actions import note_attempt, note_attempts
from tenure.records.success.models import ToDo
from tenure.records.success.queries import queue, todos_of
from tenure.records.success.rules import (
    MOST_ATTEMPTS,
    TODO,
    WITHIN_DAYS,
    Attempt,
    CallBackInThePast,
    ToDoVerb,
    after_attempt,
)
from tenure.records.success.states import Outcome, ToDoState
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, a_term, a_todo, an_account, day, primary_person


@pytest.fixture
def working(either_database: str) -> None:
    """A call that is due again is due within the hours of its business."""
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2025))


def attempt(todo: ToDo, outcome: Outcome, *, on: date = AS_OF, back: date | None = None) -> ToDo:
    return note_attempt(todo.pk, Attempt(outcome, on, call_back_on=back), at=AT, by="user:7")


@pytest.mark.parametrize("outcome", [Outcome.REACHED, Outcome.REFUSED])
def test_somebody_who_was_reached_is_not_called_again(
    either_database: str, outcome: Outcome
) -> None:
    todo = attempt(a_todo(), outcome)

    assert (todo.state, todo.outcome, todo.closed_at) == (ToDoState.DONE, outcome, AT)
    entry = Entry.objects.get()
    assert (entry.kind, entry.term_id, entry.on) == ("todo.tried", todo.term_id, AS_OF)
    with pytest.raises(IllegalMove):
        attempt(todo, Outcome.NO_ANSWER)
    assert Entry.objects.count() == 1


def test_nobody_is_tried_a_fourth_time(working: None) -> None:
    todo = a_todo()

    dues = []
    for on in (day(0), day(2), day(4)):
        todo = attempt(todo, Outcome.NO_ANSWER, on=on)
        dues.append((todo.state, todo.due_on))

    assert dues == [("open", day(2)), ("open", day(4)), ("done", day(4))]
    assert (todo.attempts, todo.outcome) == (3, Outcome.NO_ANSWER)


def test_a_promised_call_keeps_its_day_within_a_week_of_the_first(working: None) -> None:
    kept, too_late = a_todo(), a_todo()
    attempt(kept, Outcome.NO_ANSWER, on=day(-2))

    kept = attempt(kept, Outcome.CALL_BACK, back=day(5))
    too_late = attempt(too_late, Outcome.CALL_BACK, back=day(8))

    assert (kept.state, kept.due_on) == (ToDoState.OPEN, day(5))
    assert too_late.state == ToDoState.DONE


def test_a_call_cannot_be_promised_for_yesterday(either_database: str) -> None:
    todo = a_todo()

    with pytest.raises(CallBackInThePast):
        attempt(todo, Outcome.CALL_BACK, back=day(-1))

    assert ToDo.objects.get().attempts == 0
    assert Entry.objects.count() == 0


def test_an_opt_out_counts_on_every_channel(either_database: str) -> None:
    account = an_account(phone="13800000000")
    todo = attempt(a_todo(term=a_term(account=account)), Outcome.OPTED_OUT)

    assert todo.state == ToDoState.DONE
    live = Consent.objects.filter(withdrawn_at=None).values_list("purpose", "channel")
    assert sorted(live) == [("service", "email"), ("service", "phone")]
    assert Entry.objects.filter(kind="consent.withdrawn").count() == 1


def test_a_wrong_number_is_never_called_again(either_database: str) -> None:
    account = an_account(phone="13800000000")

    attempt(a_todo(term=a_term(account=account)), Outcome.WRONG_NUMBER)

    points = ContactPoint.objects.filter(person=primary_person(account)).order_by("channel")
    assert list(points.values_list("channel", "bounced_at")) == [("email", None), ("phone", AT)]


def test_the_queue_holds_what_is_due_the_most_valuable_first(either_database: str) -> None:
    plain, valuable, later, mine = (
        a_todo(),
        a_todo(),
        a_todo(due_on=day(1)),
        a_todo(owner_name="王芳", due_on=day(-1)),
    )
    a_todo(state=ToDoState.DONE)
    ToDo.objects.filter(pk=valuable.pk).update(expected_margin_minor=5_000)

    assert list(queue(as_of=AS_OF)) == [mine, valuable, plain]
    assert list(queue(as_of=day(1), owner_name="王芳")) == [mine]
    assert todos_of(later.account_id) == [later]


@pytest.mark.django_db
def test_work_is_ranked_by_what_it_adds_and_not_by_how_surely_they_renew() -> None:
    """INT-03: who renews at 95 % anyway stands behind whom a call moves from 40 % to 55 %."""
    price, sure, moved = 100_000, a_todo(), a_todo()
    for todo, (without, reached) in {sure: (95, 96), moved: (40, 55)}.items():
        added = price * (reached - without) // 100
        ToDo.objects.filter(pk=todo.pk).update(expected_margin_minor=added)

    ranked = list(queue(as_of=AS_OF))

    assert [(one.pk, one.expected_margin_minor) for one in ranked] == [
        (moved.pk, 15_000),
        (sure.pk, 1_000),
    ]


def test_many_attempts_are_noted_as_one_set(working: None) -> None:
    """Each as it would be alone, by as many questions for six as for two."""
    outcomes = (Outcome.REACHED, Outcome.NO_ANSWER, Outcome.CALL_BACK) * 2
    todos = [a_todo() for _ in outcomes]
    told = {
        one.pk: Attempt(outcome, AS_OF, day(1) if outcome is Outcome.CALL_BACK else None)
        for one, outcome in zip(todos, outcomes, strict=True)
    }
    alone = [attempt(a_todo(), one.outcome, back=one.call_back_on) for one in told.values()]
    with CaptureQueriesContext(connection) as few:
        note_attempts(dict(list(told.items())[:2]), at=AT, by="user:7")
    with CaptureQueriesContext(connection) as many:
        noted = note_attempts(dict(list(told.items())[2:]), at=AT, by="user:7")

    assert len(few) == len(many)
    assert [one.pk for one in noted] == [one.pk for one in todos[2:]]
    names = ("state", "outcome", "attempts", "first_tried_on", "due_on", "due_at", "closed_at")
    kept = {pk: row for pk, *row in ToDo.objects.values_list("pk", *names)}
    assert [kept[one.pk] for one in todos] == [kept[one.pk] for one in alone]
    tried = Entry.objects.filter(kind="todo.tried").order_by("pk")
    assert [one.content["todo"] for one in tried][6:] == [one.pk for one in todos]


def test_where_one_attempt_is_refused_none_is_noted(working: None) -> None:
    done, open_one = attempt(a_todo(), Outcome.REACHED), a_todo()
    before = Entry.objects.count()

    for pk, refusal in ((done.pk, IllegalMove), (0, ToDo.DoesNotExist)):
        attempts = {
            open_one.pk: Attempt(Outcome.REACHED, AS_OF),
            pk: Attempt(Outcome.REFUSED, AS_OF),
        }
        with pytest.raises(refusal):
            note_attempts(attempts, at=AT, by="user:7")

    assert ToDo.objects.get(pk=open_one.pk).state == ToDoState.OPEN
    assert Entry.objects.count() == before


@given(
    outcomes=st.lists(
        st.tuples(st.sampled_from(Outcome), st.integers(0, 9), st.none() | st.integers(0, 12)),
        min_size=1,
        max_size=12,
    )
)
def test_no_row_of_outcomes_breaks_the_limits(
    outcomes: list[tuple[Outcome, int, int | None]],
) -> None:
    """The law: at most three attempts, the last due within seven days of the first."""
    on, first_tried_on, attempts = AS_OF, None, 0

    for outcome, waited, back_in in outcomes:
        on += timedelta(days=waited if attempts else 0)
        back_on = None if back_in is None else on + timedelta(days=back_in)
        follows = after_attempt(
            Attempt(outcome, on, back_on), attempts=attempts, first_tried_on=first_tried_on
        )
        attempts, first_tried_on = attempts + 1, first_tried_on or on
        if follows.verb == ToDoVerb.FINISH:
            break
        assert follows.due_on is not None
        assert on <= follows.due_on <= first_tried_on + timedelta(days=WITHIN_DAYS)

    assert attempts <= MOST_ATTEMPTS


def test_every_state_of_a_to_do_is_reached() -> None:
    assert TODO.reachable == set(ToDoState)
