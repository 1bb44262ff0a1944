"""When work for a person is due, and under which key it is opened once."""

from datetime import date, datetime, time, timedelta
from typing import Final

from tenure.kernel.office_hours import OfficeHours, due_at
from tenure.strategy.journeys import ToDoKind

# The keys of work on somebody who named a competitor begin with it.
SUBSTITUTION: Final = "substitution:"

ANSWER_WITHIN: Final = timedelta(hours=4)
NO_HOLIDAYS: Final = OfficeHours("UTC", time(9), time(18))
DAYS_FOR: Final = {
    ToDoKind.CALL: 1,
    ToDoKind.OPTIONS: 3,
    ToDoKind.HEALTH: 2,
    ToDoKind.QUESTION: 0,
    ToDoKind.FULFIL: 3,
    ToDoKind.REVIEW: 2,
}


def due_on(kind: ToDoKind, *, opened_on: date, hours: OfficeHours = NO_HOLIDAYS) -> date:
    """The working day by which it should be done: a question today, a call on the next one."""
    return hours.after(opened_on, days=DAYS_FOR[kind])


def due_by(kind: ToDoKind, *, opened_on: date, opened_at: datetime, hours: OfficeHours) -> datetime:
    """The instant by which it should be done, in the hours in which its owner works.

    A question within four of them, everything else when the work of its day ends.
    """
    if kind is not ToDoKind.QUESTION:
        return hours.closing(due_on(kind, opened_on=opened_on, hours=hours))
    found = due_at(opened_at, promised=ANSWER_WITHIN, hours=hours)
    assert found is not None, "hours that hold a minute always run out"
    return found


def step_key(kind: ToDoKind, *, journey: str, step: str, term_id: int) -> str:
    """Once for each step of a term, however often it is planned."""
    return f"{kind}:{journey}:{step}:{term_id}"


def call_key_of_step(journey: str, *, step: str) -> str:
    """The beginning of `step_key` for calls, to which SQL adds the term."""
    return f"{ToDoKind.CALL}:{journey}:{step}:"
