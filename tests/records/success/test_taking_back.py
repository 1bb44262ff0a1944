"""R-U-036: an attempt that was noted by mistake is taken back, and counts no more."""

from datetime import timedelta

import pytest

from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply_strategy
from tenure.records.success.actions import note_attempt, take_back
from tenure.records.success.models import ToDo
from tenure.records.success.rules import UNDO_FOR, Attempt, NotTakenBack
from tenure.records.success.states import Outcome
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, a_todo

pytestmark = pytest.mark.django_db

ANN, BO = "user:1", "user:2"


@pytest.fixture
def working(either_database: str) -> None:
    """A call that is due again is due within the hours of its business."""
    apply_strategy(preset("broadband"), by="test", at=AT)


def noted(todo: ToDo, outcome: Outcome) -> None:
    note_attempt(todo.pk, Attempt(outcome, on=AS_OF), at=AT, by=ANN)


def stored(todo: ToDo) -> dict[str, object]:
    return dict(ToDo.objects.values().get(pk=todo.pk))


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize("outcome", [Outcome.REACHED, Outcome.CALL_BACK, Outcome.NO_ANSWER])
def test_the_to_do_is_as_it_was_and_twice_is_once(outcome: Outcome) -> None:
    todo = a_todo()
    before = stored(todo)
    noted(todo, outcome)

    for _ in range(2):
        take_back(todo.pk, at=AT + UNDO_FOR, by=ANN)

    assert stored(todo) == before | {"attempts": 1, "taken_back": 1}
    assert Entry.objects.filter(kind="todo.taken_back").count() == 1


def test_what_was_taken_back_is_no_try_and_the_next_one_is_an_entry(working: None) -> None:
    """Three attempts within a week are meant, and a slip of the hand is none (R-C-034)."""
    todo = a_todo()
    noted(todo, Outcome.NO_ANSWER)
    take_back(todo.pk, at=AT, by=ANN)

    states = []
    for _ in range(3):
        noted(todo, Outcome.NO_ANSWER)
        states.append(stored(todo)["state"])

    assert states == ["open", "open", "done"]
    assert Entry.objects.filter(kind="todo.tried").count() == 4


@pytest.mark.usefixtures("working")
@pytest.mark.parametrize(
    ("outcome", "by", "later"),
    [
        (Outcome.REACHED, BO, timedelta()),
        (Outcome.REACHED, ANN, UNDO_FOR + timedelta(seconds=1)),
        (Outcome.REFUSED, ANN, timedelta()),
        (Outcome.OPTED_OUT, ANN, timedelta()),
        (Outcome.WRONG_NUMBER, ANN, timedelta()),
    ],
)
def test_what_others_noted_what_is_old_and_what_a_customer_said_stays(
    outcome: Outcome, by: str, later: timedelta
) -> None:
    todo = a_todo()
    noted(todo, outcome)
    after = stored(todo)

    with pytest.raises(NotTakenBack):
        take_back(todo.pk, at=AT + later, by=by)

    assert stored(todo) == after


def test_what_was_handed_over_and_what_nobody_tried_stays(working: None) -> None:
    handed, untried = a_todo(kind="fulfil"), a_todo()
    noted(handed, Outcome.NO_ANSWER)

    for todo in (handed, untried):
        with pytest.raises(NotTakenBack):
            take_back(todo.pk, at=AT, by=ANN)
