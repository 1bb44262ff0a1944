"""TOP-11: who suffers from a fault now, so that nobody sells to them."""

from datetime import timedelta

import pytest

from tenure.records.journal.models import Entry
from tenure.records.service.actions import (
    close_incident,
    miss_sla,
    open_incident,
    open_ticket,
    resolve_ticket,
)
from tenure.records.service.models import Incident, Ticket
from tenure.records.service.queries import has_open_fault, open_fault_accounts, tickets_of
from tenure.records.service.rules import EndsBeforeItBegan, Fault, Request
from tenure.records.subscriptions.states import SubscriptionState
from tests.builders import AS_OF, AT, a_node, a_subscription, a_ticket, an_account, an_incident

HOUR = timedelta(hours=1)


def test_a_fault_told_twice_is_one_fault_and_ends_once(either_database: str) -> None:
    fault = Fault(a_node().pk, "noc", "F-1", "光缆中断", "Fibre cut", AT - HOUR)
    opened = [open_incident(fault, on=AS_OF, at=AT, by="noc") for _ in range(2)]

    for hours in (1, 2):
        close_incident(opened[0].pk, ended_at=AT + hours * HOUR, on=AS_OF, at=AT, by="noc")

    assert opened[0].pk == opened[1].pk
    assert Incident.objects.get().ended_at == AT + HOUR
    kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["incident.opened", "incident.closed"]


def test_nothing_ends_before_it_began(either_database: str) -> None:
    incident, ticket = an_incident(started_at=AT), a_ticket(opened_at=AT)

    with pytest.raises(EndsBeforeItBegan):
        close_incident(incident.pk, ended_at=AT - HOUR, on=AS_OF, at=AT, by="noc")
    with pytest.raises(EndsBeforeItBegan):
        resolve_ticket(ticket.pk, resolved_at=AT - HOUR, on=AS_OF, at=AT, by="desk")

    assert Incident.objects.get().ended_at is None
    assert Ticket.objects.get().resolved_at is None


def test_a_ticket_is_opened_once_missed_once_and_settled_once(either_database: str) -> None:
    request = Request(an_account().pk, "desk", "T-1", "fault", AT, subject="断网")
    ticket = open_ticket(request, on=AS_OF, at=AT, by="desk")
    open_ticket(request, on=AS_OF, at=AT, by="desk")
    for _ in range(2):
        miss_sla(ticket.pk, on=AS_OF, at=AT, by="desk")
    for hours in (3, 9):
        resolve_ticket(ticket.pk, resolved_at=AT + hours * HOUR, on=AS_OF, at=AT, by="desk")

    stored = Ticket.objects.get()
    assert (stored.answered_at, stored.resolved_at) == (AT + 3 * HOUR, AT + 3 * HOUR)
    assert stored.sla_missed is True
    assert Entry.objects.count() == 3
    assert [one.pk for one in tickets_of(request.account_id)] == [stored.pk]


def test_who_suffers_from_a_fault_now(either_database: str) -> None:
    """A broken node behind a running subscription, or a fault that they reported themselves."""
    behind, healthy, left = (a_subscription() for _ in range(3))
    ended = a_subscription(state=SubscriptionState.ENDED)
    broken = a_node(serves=behind)
    an_incident(node=broken, started_at=AT - HOUR)
    an_incident(node=a_node(serves=healthy), started_at=AT - 9 * HOUR, ended_at=AT - HOUR)
    an_incident(node=a_node(serves=left), started_at=AT + HOUR)
    an_incident(node=a_node(serves=ended))
    reported = a_ticket(kind="fault", opened_at=AT - HOUR)
    a_ticket(kind="fault", opened_at=AT - 9 * HOUR, resolved_at=AT - HOUR)
    a_ticket(kind="billing", opened_at=AT - HOUR)

    suffering = set(open_fault_accounts(at=AT).values_list("pk", flat=True))

    assert suffering == {behind.account_id, reported.account_id}
    assert has_open_fault(behind.account_id, at=AT)
    assert not has_open_fault(behind.account_id, at=AT - 2 * HOUR)
    assert not has_open_fault(healthy.account_id, at=AT)
    assert has_open_fault(healthy.account_id, at=AT - 2 * HOUR)
