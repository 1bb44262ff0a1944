"""What is open about the customer: requests, work for people, faults of the network."""

from collections.abc import Iterable
from datetime import datetime

from tenure.kernel.failures import Sentence
from tenure.records.service.models import Line
from tenure.records.service.queries import open_incidents, open_tickets
from tenure.records.success.models import ToDo
from tenure.records.success.states import ToDoState
from tenure.surfaces.customer_view.shapes import FaultLine, TicketLine, ToDoLine


def tickets(account_id: int, *, at: datetime) -> tuple[TicketLine, ...]:
    """Requests that are not resolved, the newest first: one query."""
    found = open_tickets(at=at).filter(account_id=account_id).order_by("-opened_at", "-pk")
    return tuple(
        TicketLine(one.pk, one.external_id, one.kind, one.subject, one.opened_at) for one in found
    )


def todos(account_id: int) -> tuple[ToDoLine, ...]:
    """Open work about the customer, the most urgent first: one query."""
    found = ToDo.objects.filter(account_id=account_id, state=ToDoState.OPEN).order_by("due_on")
    return tuple(
        ToDoLine(one.pk, one.kind, one.due_on, one.owner_name, reasons(one)) for one in found
    )


def reasons(todo: ToDo) -> tuple[Sentence, ...]:
    """Why somebody should do it, as it was stored."""
    return tuple(Sentence(zh=one["zh-Hans"], en=one["en"]) for one in todo.reasons)


def faults(subscription_ids: Iterable[int], *, at: datetime) -> tuple[FaultLine, ...]:
    """Faults of the nodes behind these subscriptions: one query."""
    nodes = Line.objects.filter(subscription__in=list(subscription_ids)).values("node")
    found = open_incidents(at=at).filter(node__in=nodes).order_by("started_at")
    return tuple(
        FaultLine(
            Sentence(zh=one.title_zh, en=one.title_en), one.severity, one.started_at, one.due_at
        )
        for one in found
    )
