"""Stop the clock of a ticket while the customer or somebody outside has to act, and go on."""

from datetime import date, datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.service.models import Ticket, TicketPause

WAITS_FOR = ("customer", "third_party", "force_majeure")


@transaction.atomic
def pause_ticket(ticket_id: int, waits_for: str, *, on: date, at: datetime, by: str) -> Ticket:
    """The promise stops running; a ticket that waits already, or is settled, stays as it is."""
    assert waits_for in WAITS_FOR, "the pages offer these"
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    open_pause = TicketPause.objects.filter(ticket=ticket, ended_at=None)
    if ticket.resolved_at is None and not open_pause.exists():
        pause = TicketPause.objects.create(ticket=ticket, waits_for=waits_for, began_at=at)
        _tell(ticket, pause, on=on, at=at, by=by)
    return ticket


@transaction.atomic
def resume_ticket(ticket_id: int, *, on: date, at: datetime, by: str) -> Ticket:
    """The promise runs again; nothing happens where it runs already."""
    ticket = Ticket.objects.select_for_update().get(pk=ticket_id)
    pause = TicketPause.objects.filter(ticket=ticket, ended_at=None).first()
    if pause is not None:
        pause.ended_at = max(at, pause.began_at)
        pause.save(update_fields=["ended_at"])
        _tell(ticket, pause, on=on, at=at, by=by)
    return ticket


def _tell(ticket: Ticket, pause: TicketPause, *, on: date, at: datetime, by: str) -> None:
    kind = "ticket.resumed" if pause.ended_at else "ticket.paused"
    fact = Fact(
        kind,
        on=on,
        account_id=ticket.account_id,
        content={"ticket": ticket.pk, "waits_for": pause.waits_for},
        once_key=f"{kind}:{pause.pk}",
    )
    append(fact, at=at, by=by)
