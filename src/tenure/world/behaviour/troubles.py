"""What breaks and is repaired on a day, what customers report, and what they answer."""

import numpy as np

from tenure.records.rows import update_rows
from tenure.records.service.models import Incident, Ticket
from tenure.world.chance import Flags
from tenure.world.market import voices
from tenure.world.market.actions import Built
from tenure.world.market.rows.columns import DAY_SECONDS, HOUR_SECONDS, instants
from tenure.world.market.rows.voices import (
    HELPDESK,
    NETWORK,
    node_codes,
    ticket_numbers,
    write_answers,
    write_faults,
    write_tickets,
)
from tenure.world.market.trouble import Faults, Tickets


def faults_of(built: Built, *, day: int) -> int:
    """Faults that began on a day, and the end of those that were repaired on it."""
    market = built.market
    if not len(market.faults.node):
        return 0
    until = (day + 1) * DAY_SECONDS
    began = _of(market.faults, market.faults.started // DAY_SECONDS == day)
    added = write_faults(market, began, until=until, node_base=built.node_base)
    repaired = market.faults.ended_on(day)
    codes = node_codes(market)
    names = [
        f"{codes[node]}-{started}"
        for node, started in zip(repaired.node.tolist(), repaired.started.tolist(), strict=True)
    ]
    ids = dict(
        Incident.objects.filter(source=NETWORK, external_id__in=names).values_list(
            "external_id", "pk"
        )
    )
    ended = instants(repaired.ended, zone=market.recipe.zone)
    update_rows(
        Incident,
        [(at, ids[name]) for name, at in zip(names, ended, strict=True)],
        columns=("ended_at",),
    )
    return added


def _of(faults: Faults, rows: Flags) -> Faults:
    return Faults(*(getattr(faults, name)[rows] for name in Faults.__slots__))


def tickets_of(built: Built, *, day: int, active: Flags) -> int:
    """Tickets that were opened on a day, and what was answered and resolved on it."""
    market, until = built.market, (day + 1) * DAY_SECONDS
    tickets = market.tickets.of(active[market.tickets.who])
    added = write_tickets(market, tickets.of(tickets.day == day), until=until, bases=built.bases)
    _work_on(built, tickets, day=day)
    return added


def _work_on(built: Built, tickets: Tickets, *, day: int) -> None:
    """Write down what the desk did with older tickets, once for each that moved."""
    zone = built.market.recipe.zone
    first, last = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    promise = built.market.recipe.business.sla_hours * 1.5 * HOUR_SECONDS
    limit = (tickets.opened + promise).astype(np.int64)
    moved = [(first <= at) & (at < last) for at in (tickets.answered, tickets.resolved, limit)]
    here = tickets.of((tickets.day < day) & np.any(moved, axis=0))
    numbers = ticket_numbers(here)
    ids = dict(
        Ticket.objects.filter(source=HELPDESK, external_id__in=numbers).values_list(
            "external_id", "pk"
        )
    )
    answered = instants(np.where(here.answered < last, here.answered, -1), zone=zone)
    resolved = instants(np.where(here.resolved < last, here.resolved, -1), zone=zone)
    missed = (here.missed & (here.opened + promise < last)).tolist()
    update_rows(
        Ticket,
        [
            (*row, ids[number])
            for *row, number in zip(answered, resolved, missed, numbers, strict=True)
            if number in ids
        ],
        columns=("answered_at", "resolved_at", "sla_missed"),
    )


def answers_of(built: Built, *, day: int, active: Flags) -> int:
    """Survey answers that were given on a day."""
    given = voices.answers(built.market, first_day=day, last_day=day)
    still = active[given.who]
    kept = voices.Answers(*(getattr(given, name)[still] for name in voices.Answers.__slots__))
    return write_answers(built.market, kept, bases=built.bases)
