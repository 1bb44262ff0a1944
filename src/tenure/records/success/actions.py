"""Note what came of a call, and hand work over; what a person said is obeyed on every channel."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from tenure.records.among import among
from tenure.records.customers.actions import mark_bounced, withdraw_consent
from tenure.records.customers.queries import primary_person
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.rows import update_rows
from tenure.records.strategies.queries import current, one_reading
from tenure.records.success.models import ToDo
from tenure.records.success.rules import (
    TODO,
    Attempt,
    HandOver,
    Noted,
    ToDoVerb,
    after_attempt,
    check_hand_over,
    check_take_back,
)
from tenure.records.success.states import Department, Outcome, ToDoState

_CHANGED: Final = (
    "state", "outcome", "attempts", "first_tried_on", "due_on", "due_at", "closed_at",
)  # fmt: skip


def note_attempt(todo_id: int, attempt: Attempt, *, at: datetime, by: str) -> ToDo:
    """What came of one attempt: the to-do is done, or due again (R-C-034).

    An opt-out takes the consent to marketing back on every channel; a wrong number is never
    called again.

    Raises:
        IllegalMove: the to-do is done or dropped already.
        CallBackInThePast: the promised day is over.
    """
    (todo,) = note_attempts({todo_id: attempt}, at=at, by=by)
    return todo


@transaction.atomic
def note_attempts(attempts: Mapping[int, Attempt], *, at: datetime, by: str) -> list[ToDo]:
    """What came of many attempts, by to-do; refused for one, nothing is noted of any.

    Raises:
        ToDo.DoesNotExist: one of them is none.
        IllegalMove: one of them is done or dropped already.
        CallBackInThePast: a promised day is over.
    """
    locked = ToDo.objects.select_for_update().filter(among("pk", attempts)).order_by("pk")
    found = {one.pk: one for one in locked}
    if len(found) < len(attempts):
        raise ToDo.DoesNotExist
    with one_reading():
        tried = [_tried(found[pk], attempt, at=at) for pk, attempt in attempts.items()]
    rows = ((*(getattr(found[pk], name) for name in _CHANGED), pk) for pk in attempts)
    update_rows(ToDo, rows, columns=_CHANGED)
    append_many(tried, at=at, by=by)
    for pk, attempt in attempts.items():
        _obey(found[pk], attempt, at=at, by=by)
    return [found[pk] for pk in attempts]


@transaction.atomic
def take_back(todo_id: int, *, at: datetime, by: str) -> ToDo:
    """Undo the attempt that one has just noted by mistake; asked twice it is undone once.

    Raises:
        NotTakenBack: it is somebody else's, two minutes old, or had effects.
        IllegalMove: the to-do was dropped.
    """
    todo = ToDo.objects.select_for_update().get(pk=todo_id)
    key = f"{todo.pk}:{todo.attempts}"
    entry = Entry.objects.filter(once_key=f"todo.tried:{key}").first()
    if Entry.objects.filter(once_key=f"todo.taken_back:{key}").exists():
        return todo
    noted = Noted(todo.outcome, todo.kind, entry.at, entry.actor) if entry else None
    check_take_back(noted, at=at, by=by)
    assert entry is not None, "what was not noted is refused"
    _move(todo, ToDoVerb.TAKE_BACK)
    before = entry.content["before"]
    todo.outcome, todo.closed_at = before["outcome"], None
    first, due_at = before["first_tried_on"], before["due_at"]
    todo.first_tried_on = date.fromisoformat(first) if first else None
    todo.due_on = date.fromisoformat(before["due_on"])
    todo.due_at = datetime.fromisoformat(due_at) if due_at else None
    todo.taken_back += 1
    todo.save(update_fields=[*_CHANGED, "taken_back"])
    fact = Fact(
        "todo.taken_back",
        on=entry.on,
        account_id=todo.account_id,
        term_id=todo.term_id,
        content={"todo": todo.pk, "outcome": noted.outcome if noted else ""},
        once_key=f"todo.taken_back:{key}",
    )
    append_many([fact], at=at, by=by)
    return todo


@transaction.atomic
def hand_over(todo_id: int, asked: HandOver, *, at: datetime, by: str) -> ToDo:
    """Give one to-do to somebody else or to another department; asked twice it goes once.

    Raises:
        IllegalMove: the to-do is done or dropped already.
        HandedToNobody
        DueInThePast
    """
    todo = ToDo.objects.select_for_update().get(pk=todo_id)
    TODO.after(ToDoState(todo.state), ToDoVerb.HAND_OVER)
    check_hand_over(asked)
    before = (todo.owner_name, todo.department, todo.due_on)
    todo.owner_name = asked.owner_name.strip()
    todo.department = Department(asked.department) if asked.department else ""
    todo.due_on = asked.due_on or todo.due_on
    if before == (todo.owner_name, todo.department, todo.due_on):
        return todo
    todo.due_at = _closing(todo)
    todo.save(update_fields=["owner_name", "department", "due_on", "due_at"])
    content = {
        "todo": todo.pk,
        "from": before[0],
        "to": todo.owner_name,
        "department": str(todo.department),
        "due_on": str(todo.due_on),
        "why": asked.why.strip()[:300],
    }
    fact = Fact(
        "todo.handed_over",
        on=asked.on,
        account_id=todo.account_id,
        term_id=todo.term_id,
        content=content,
    )
    append_many([fact], at=at, by=by)
    return todo


def _tried(todo: ToDo, attempt: Attempt, *, at: datetime) -> Fact:
    """Change the to-do as the attempt does; what the journal says of it."""
    TODO.after(ToDoState(todo.state), ToDoVerb.TRY_AGAIN)
    before = {
        "outcome": str(todo.outcome),
        "first_tried_on": str(todo.first_tried_on) if todo.first_tried_on else None,
        "due_on": str(todo.due_on),
        "due_at": todo.due_at.isoformat() if todo.due_at else None,
    }
    counted = todo.attempts - todo.taken_back
    follows = after_attempt(attempt, attempts=counted, first_tried_on=todo.first_tried_on)
    _move(todo, follows.verb)
    todo.outcome = attempt.outcome
    todo.attempts += 1
    todo.first_tried_on = todo.first_tried_on or attempt.on
    if follows.due_on is None:
        todo.closed_at = at
    else:
        todo.due_on = follows.due_on
        todo.due_at = _closing(todo)
    return Fact(
        "todo.tried",
        on=attempt.on,
        account_id=todo.account_id,
        term_id=todo.term_id,
        content={
            "todo": todo.pk,
            "outcome": str(attempt.outcome),
            "attempt": todo.attempts,
            "due_on": str(follows.due_on) if follows.due_on else None,
            "before": before,
        },
        once_key=f"todo.tried:{todo.pk}:{todo.attempts}",
    )


def _move(todo: ToDo, verb: ToDoVerb) -> None:
    todo.state = TODO.after(ToDoState(todo.state), verb)


def _closing(todo: ToDo) -> datetime:
    """When the work of its day ends for its owner."""
    return current().at(todo.due_on).business.hours(todo.owner_name).closing(todo.due_on)


def _obey(todo: ToDo, attempt: Attempt, *, at: datetime, by: str) -> None:
    if attempt.outcome not in (Outcome.OPTED_OUT, Outcome.WRONG_NUMBER):
        return
    person = primary_person(todo.account_id)
    if person is None:
        return
    if attempt.outcome == Outcome.OPTED_OUT:
        withdraw_consent(person.pk, purpose="marketing", on=attempt.on, at=at, by=by)
    if attempt.outcome == Outcome.WRONG_NUMBER:
        mark_bounced(person.pk, channel="phone", on=attempt.on, at=at, by=by)
