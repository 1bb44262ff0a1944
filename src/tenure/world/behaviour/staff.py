"""The people who call: so many a day, the most urgent first, and what comes of it."""

from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from tenure.act.promises.approving import approve
from tenure.act.promises.deeds import give_up, hand_over
from tenure.decide.decisions.approvals.queries import waiting_approvals
from tenure.kernel.periods import day_number
from tenure.records.stock.models import Promise
from tenure.records.stock.states import PromiseState
from tenure.records.success.actions import note_attempts
from tenure.records.success.queries import queue
from tenure.records.success.rules import Attempt
from tenure.records.success.states import Outcome
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.offers import BY_HAND
from tenure.world.behaviour.contacts import Contact
from tenure.world.chance import Chance, Wholes
from tenure.world.market.truth import Action

# One desk for so many customers makes so many calls a day: it keeps up with what comes in.
CUSTOMERS_PER_CALL: Final = 200
LEAST_CALLS: Final = 3
_OUTCOMES: Final = (
    (Outcome.REACHED, 0.55),
    (Outcome.NO_ANSWER, 0.27),
    (Outcome.CALL_BACK, 0.08),
    (Outcome.REFUSED, 0.06),
    (Outcome.OPTED_OUT, 0.02),
    (Outcome.WRONG_NUMBER, 0.02),
)
_CALL_BACK = timedelta(days=1)
_FAILS, _NOBODY_HOME = 0.1, "nobody_home"


def work(chance: Chance, *, customers: int, on: date, at: datetime, by: str) -> list[Contact]:
    """Work the queue of a day as far as the hands go; the calls that reached somebody."""
    calls = max(customers // CUSTOMERS_PER_CALL, LEAST_CALLS)
    due = list(queue(as_of=on).exclude(kind=ToDoKind.FULFIL)[:calls])
    terms = np.array([one.term_id for one in due], dtype=np.int64)
    outcomes = _outcomes(chance, terms, day=day_number(on))
    attempts = {
        todo.pk: Attempt(outcome, on, on + _CALL_BACK if outcome is Outcome.CALL_BACK else None)
        for todo, outcome in zip(due, outcomes, strict=True)
    }
    note_attempts(attempts, at=at, by=by)
    return [
        Contact(todo.term_id, day_number(on), Action.CALL)
        for todo, outcome in zip(due, outcomes, strict=True)
        if outcome is Outcome.REACHED
    ]


def hand_over_due(chance: Chance, *, customers: int, on: date, at: datetime, by: str) -> int:
    """Hand over what is owed, the oldest first; now and then it fails. How many were done."""
    hands = max(customers // CUSTOMERS_PER_CALL, LEAST_CALLS)
    owed = Promise.objects.filter(state=PromiseState.OWED, owed_on__lt=on, kind__in=BY_HAND)
    due = list(owed.order_by("due_on", "pk")[:hands])
    terms = np.array([one.term_id for one in due], dtype=np.int64)
    fails = chance.uniform("hand over", terms, step=day_number(on)) < _FAILS
    for one, is_failed in zip(due, fails.tolist(), strict=True):
        if is_failed:
            give_up(one.pk, _NOBODY_HOME, on=on, at=at, by=by)
        else:
            hand_over(one.pk, on=on, at=at, by=by)
    return len(due) - int(fails.sum())


def agree(*, on: date, at: datetime, by: str) -> int:
    """Another person looks at what waits, and agrees; how many."""
    waiting = waiting_approvals()
    for one in waiting:
        approve(one.pk, on=on, at=at, by=by)
    return len(waiting)


def _outcomes(chance: Chance, terms: Wholes, *, day: int) -> list[Outcome]:
    edges = np.cumsum([share for _, share in _OUTCOMES])
    places = np.searchsorted(edges, chance.uniform("call", terms, step=day), side="right")
    return [_OUTCOMES[min(place, len(_OUTCOMES) - 1)][0] for place in places.tolist()]
