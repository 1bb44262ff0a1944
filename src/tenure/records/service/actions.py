"""Open and close faults and tickets. The same external id is one of them, however often told."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.masking import without_identifiers
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.service.models import Incident, Ticket
from tenure.records.service.rules import Fault, Request, check_order, priority_of


@transaction.atomic
def open_incident(fault: Fault, *, on: date, at: datetime, by: str) -> Incident:
    """A fault of a node is known; nobody behind it is sold anything until it is closed (TOP-11)."""
    values = asdict(fault)
    added = insert_rows(Incident, [tuple(values.values())], columns=tuple(values))
    incident = Incident.objects.get(source=fault.source, external_id=fault.external_id)
    if added:
        append(_about_incident("incident.opened", incident, on=on), at=at, by=by)
    return incident


@transaction.atomic
def close_incident(
    incident_id: int, *, ended_at: datetime, on: date, at: datetime, by: str
) -> Incident:
    """The fault is repaired; closed again, the first end counts.

    Raises:
        EndsBeforeItBegan
    """
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    if incident.ended_at is None:
        check_order(incident.external_id, began_at=incident.started_at, ended_at=ended_at)
        incident.ended_at = ended_at
        incident.save(update_fields=["ended_at"])
        append(_about_incident("incident.closed", incident, on=on), at=at, by=by)
    return incident


@transaction.atomic
def open_ticket(request: Request, *, on: date, at: datetime, by: str) -> Ticket:
    """A customer asked or complained; whose numbers and addresses are in it is not kept (I4)."""
    subject = without_identifiers(request.subject)
    priority = priority_of(request.kind, request.priority)
    values = {**asdict(request), "subject": subject, "priority": priority, "recorded_at": at}
    added = insert_rows(Ticket, [tuple(values.values())], columns=tuple(values))
    ticket = Ticket.objects.get(source=request.source, external_id=request.external_id)
    if added:
        append(_about_ticket("ticket.opened", ticket, on=on), at=at, by=by)
    return ticket


@transaction.atomic
def resolve_ticket(
    ticket_id: int, *, resolved_at: datetime, on: date, at: datetime, by: str
) -> Ticket:
    """The ticket is settled, which answers it too; settled again, the first time counts.

    Raises:
        EndsBeforeItBegan
    """
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    if ticket.resolved_at is None:
        check_order(ticket.external_id, began_at=ticket.opened_at, ended_at=resolved_at)
        ticket.resolved_at = resolved_at
        ticket.answered_at = ticket.answered_at or resolved_at
        ticket.save(update_fields=["resolved_at", "answered_at"])
        append(_about_ticket("ticket.resolved", ticket, on=on), at=at, by=by)
    return ticket


@transaction.atomic
def miss_sla(ticket_id: int, *, on: date, at: datetime, by: str) -> Ticket:
    """The time that was promised for a ticket passed; noted once."""
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    if not ticket.sla_missed:
        ticket.sla_missed = True
        ticket.save(update_fields=["sla_missed"])
        append(_about_ticket("ticket.sla_missed", ticket, on=on), at=at, by=by)
    return ticket


def _about_incident(kind: str, incident: Incident, *, on: date) -> Fact:
    return Fact(
        kind,
        on=on,
        content={"incident": incident.pk, "node": incident.node_id, "severity": incident.severity},
        once_key=f"{kind}:{incident.pk}",
    )


def _about_ticket(kind: str, ticket: Ticket, *, on: date) -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=ticket.account_id,
        content={"ticket": ticket.pk, "kind": ticket.kind},
        once_key=f"{kind}:{ticket.pk}",
    )
