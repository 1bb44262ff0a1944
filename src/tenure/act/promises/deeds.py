"""What people do about promises: done, failed, tried again, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from tenure.act.promises.fulfilling import drop_work, fulfil, open_work
from tenure.records.journal.models import Entry
from tenure.records.stock import actions as stock
from tenure.records.stock.models import Promise
from tenure.records.stock.states import PromiseState
from tenure.records.success.models import ToDo
from tenure.records.success.states import Outcome
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.offers import BY_HAND

_AGAIN_WITHIN_DAYS = 3


def follow_work(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """What came of the to-dos that hand something over holds for the promise too; how many."""
    tried = {entry.content["todo"]: entry for entry in entries}
    work = ToDo.objects.filter(pk__in=tried, kind=ToDoKind.FULFIL)
    count = 0
    for pk, key in work.values_list("pk", "once_key"):
        entry, promise_id = tried[pk], int(key.split(":")[1])
        owed = Promise.objects.filter(pk=promise_id, state=PromiseState.OWED)
        if not owed.exists():
            continue
        if entry.content["outcome"] == Outcome.REACHED:
            stock.finish(promise_id, on=entry.on, at=at, by=by)
        elif entry.content["due_on"] is None:
            stock.fail(promise_id, entry.content["outcome"], on=entry.on, at=at, by=by)
        count += 1
    return count


@transaction.atomic
def hand_over(promise_id: int, *, on: date, at: datetime, by: str) -> Promise:
    """Somebody did it; the work is closed with it.

    Raises:
        IllegalMove: it is not owed.
    """
    done = stock.finish(promise_id, on=on, at=at, by=by)
    drop_work(done, at=at, by=by, is_done=True)
    return done


@transaction.atomic
def give_up(promise_id: int, why: str, *, on: date, at: datetime, by: str) -> Promise:
    """It could not be handed over today; it waits for another try.

    Raises:
        IllegalMove: it is not owed.
    """
    failed = stock.fail(promise_id, why.strip() or "by_hand", on=on, at=at, by=by)
    drop_work(failed, at=at, by=by)
    return failed


@transaction.atomic
def try_again(promise_id: int, *, on: date, at: datetime, by: str) -> Promise:
    """What failed is owed again, by ourselves or as new work.

    Raises:
        IllegalMove: it did not fail.
    """
    due_on = stock.due_day(_AGAIN_WITHIN_DAYS, on=on)
    owed = stock.try_again(promise_id, due_on=due_on, on=on, at=at, by=by)
    if owed.state == PromiseState.OWED and owed.kind in BY_HAND:
        open_work(owed, at=at, by=by)
        return owed
    return fulfil(owed.pk, on=on, at=at, by=by)


@transaction.atomic
def take_back(promise_id: int, why: str, *, on: date, at: datetime, by: str) -> Promise:
    """It is not given after all, at the customer's wish; it lies in the stock again.

    Raises:
        IllegalMove: it was handed over.
    """
    released = stock.release(promise_id, why.strip() or "by_hand", on=on, at=at, by=by)
    drop_work(released, at=at, by=by)
    return released
