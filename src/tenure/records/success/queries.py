"""The queue of work, and what was tried."""

from datetime import date, datetime

from django.db.models import F, Q, QuerySet

from tenure.records.success.models import ToDo
from tenure.records.success.states import ToDoState


def queue(*, as_of: date, owner_name: str | None = None) -> QuerySet[ToDo]:
    """Open work that is due, the most valuable of each day first.

    Args:
        owner_name: only one person's work; None is everybody's.
    """
    due = ToDo.objects.filter(state=ToDoState.OPEN, due_on__lte=as_of)
    if owner_name is not None:
        due = due.filter(owner_name=owner_name)
    return due.select_related("account", "term").order_by(
        "due_on", F("expected_margin_minor").desc(nulls_last=True), "pk"
    )


def is_late(at: datetime, *, on: date) -> Q:
    """What should be done by now; where no hour is known, by the day before."""
    return Q(due_at__lt=at) | Q(due_at=None, due_on__lt=on)


def todos_of(account_id: int, *, limit: int = 20) -> list[ToDo]:
    """The newest work about an account, done or not."""
    todos = ToDo.objects.filter(account_id=account_id)
    return list(todos.order_by("-opened_at", "-pk")[:limit])
