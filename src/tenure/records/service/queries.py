"""What is broken, for whom, and what customers asked."""

from datetime import datetime

from django.db.models import Q, QuerySet

from tenure.records.customers.models import Account
from tenure.records.service.models import Incident, Line, Ticket
from tenure.records.service.rules import FAULT
from tenure.records.subscriptions.states import SubscriptionState


def open_incidents(*, at: datetime) -> QuerySet[Incident]:
    """Faults that had begun and were not repaired at an instant."""
    not_over = Q(ended_at=None) | Q(ended_at__gt=at)
    return Incident.objects.filter(not_over, started_at__lte=at)


def open_tickets(*, at: datetime) -> QuerySet[Ticket]:
    """Tickets that were opened and not settled at an instant."""
    not_over = Q(resolved_at=None) | Q(resolved_at__gt=at)
    return Ticket.objects.filter(not_over, opened_at__lte=at)


def open_fault_accounts(*, at: datetime) -> QuerySet[Account]:
    """Accounts that suffer from a fault at an instant: nobody sells to them now (TOP-11).

    Either a node that serves a running subscription of theirs is broken, or they reported a fault
    that is not settled.
    """
    broken_lines = Line.objects.filter(
        node__in=open_incidents(at=at).values("node_id"),
        subscription__state=SubscriptionState.ACTIVE,
    )
    reported = open_tickets(at=at).filter(kind=FAULT)
    return Account.objects.filter(
        Q(pk__in=broken_lines.values("subscription__account_id"))
        | Q(pk__in=reported.values("account_id"))
    )


def has_open_fault(account_id: int, *, at: datetime) -> bool:
    """Whether one account suffers from a fault at an instant."""
    return open_fault_accounts(at=at).filter(pk=account_id).exists()


def tickets_of(account_id: int, *, limit: int = 20) -> list[Ticket]:
    """The newest tickets of an account."""
    tickets = Ticket.objects.filter(account_id=account_id)
    return list(tickets.order_by("-opened_at", "-pk")[:limit])
