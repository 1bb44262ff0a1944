"""When work for a person is due, and under which key it is opened once."""

from datetime import date, timedelta
from typing import Final

from tenure.kernel.instants import WORKDAYS
from tenure.strategy.journeys import ToDoKind

# The keys of work on somebody who named a competitor begin with it.
SUBSTITUTION: Final = "substitution:"

DAYS_FOR: Final = {
    ToDoKind.CALL: 1,
    ToDoKind.OPTIONS: 3,
    ToDoKind.HEALTH: 2,
    ToDoKind.QUESTION: 0,
    ToDoKind.FULFIL: 3,
}


def due_on(kind: ToDoKind, *, opened_on: date) -> date:
    """The working day by which it should be done: a question today, a call on the next one."""
    day, left = opened_on, DAYS_FOR[kind]
    while left or day.weekday() not in WORKDAYS:
        day += timedelta(days=1)
        left -= bool(left) and day.weekday() in WORKDAYS
    return day


def step_key(kind: ToDoKind, *, journey: str, step: str, term_id: int) -> str:
    """Once for each step of a term, however often it is planned."""
    return f"{kind}:{journey}:{step}:{term_id}"


def call_key_of_step(journey: str, *, step: str) -> str:
    """The beginning of `step_key` for calls, to which SQL adds the term."""
    return f"{ToDoKind.CALL}:{journey}:{step}:"
