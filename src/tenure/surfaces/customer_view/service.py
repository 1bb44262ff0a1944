"""What is open about the customer: requests, work for people, faults of the network."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateField, DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from tenure.kernel.failures import Sentence
from tenure.records.service.models import Line
from tenure.records.service.queries import open_incidents, open_tickets
from tenure.records.success.models import ToDo
from tenure.records.success.states import ToDoState
from tenure.surfaces.customer_view.shapes import FaultLine, TicketLine, ToDoLine

_COLUMNS = ("of", "pk", "one", "two", "three", "starts_at", "ends_at", "until_on", "more")
_NEVER = Cast(Value(None), DateTimeField())
_NO_DAY = Cast(Value(None), DateField())


@dataclass(frozen=True, slots=True)
class Open:
    """Requests not resolved, the newest first; work, the most urgent first; faults, the oldest."""

    tickets: tuple[TicketLine, ...]
    todos: tuple[ToDoLine, ...]
    faults: tuple[FaultLine, ...]


def open_of(account_id: int, subscription_ids: Iterable[int], *, at: datetime) -> Open:
    """What is open about an account and the nodes behind these subscriptions: one query."""
    lines = Line.objects.filter(subscription__in=list(subscription_ids))
    rows = list(
        _tickets(account_id, at=at).union(_todos(account_id), _faults(lines, at=at), all=True)
    )
    tickets = sorted((row for row in rows if row[0] == "ticket"), key=_by_start, reverse=True)
    todos = sorted((row for row in rows if row[0] == "todo"), key=lambda row: (row[7], row[1]))
    faults = sorted((row for row in rows if row[0] == "fault"), key=_by_start)
    return Open(
        tickets=tuple(
            TicketLine(pk, number, kind, subject, opened_at)
            for _, pk, number, kind, subject, opened_at, *_ in tickets
        ),
        todos=tuple(
            ToDoLine(pk, kind, due_on, owner, _reasons(reasons))
            for _, pk, kind, owner, _, _, _, due_on, reasons in todos
        ),
        faults=tuple(
            FaultLine(Sentence(zh=zh, en=en), severity, started_at, due_at)
            for _, _, zh, en, severity, started_at, due_at, *_ in faults
        ),
    )


def _by_start(row: tuple[Any, ...]) -> tuple[Any, Any]:
    return row[5], row[1]


def _reasons(stored: str) -> tuple[Sentence, ...]:
    """Why somebody should do it, as it was stored."""
    return tuple(Sentence(zh=one["zh-Hans"], en=one["en"]) for one in json.loads(stored))


def _tickets(account_id: int, *, at: datetime) -> QuerySet[Any, Any]:
    found = (
        open_tickets(at=at)
        .filter(account_id=account_id)
        .annotate(
            of=Value("ticket"),
            one=F("external_id"),
            two=F("kind"),
            three=F("subject"),
            starts_at=F("opened_at"),
            ends_at=_NEVER,
            until_on=_NO_DAY,
            more=Value(""),
        )
    )
    return found.order_by().values_list(*_COLUMNS)


def _todos(account_id: int) -> QuerySet[Any, Any]:
    found = ToDo.objects.filter(account_id=account_id, state=ToDoState.OPEN).annotate(
        of=Value("todo"),
        one=F("kind"),
        two=F("owner_name"),
        three=Value(""),
        starts_at=_NEVER,
        ends_at=_NEVER,
        until_on=F("due_on"),
        more=Cast("reasons", TextField()),
    )
    return found.order_by().values_list(*_COLUMNS)


def _faults(lines: QuerySet[Line], *, at: datetime) -> QuerySet[Any, Any]:
    found = (
        open_incidents(at=at)
        .filter(node__in=lines.values("node"))
        .annotate(
            of=Value("fault"),
            one=F("title_zh"),
            two=F("title_en"),
            three=F("severity"),
            starts_at=F("started_at"),
            ends_at=F("due_at"),
            until_on=_NO_DAY,
            more=Value(""),
        )
    )
    return found.order_by().values_list(*_COLUMNS)
