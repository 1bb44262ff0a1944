"""Nodes and lines, faults, tickets, answers, reasons for leaving."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.records.feedback.models import Answer, LossReason
from tenure.records.rows import insert_rows
from tenure.records.service.models import Incident, Line, Node, Ticket
from tenure.world.chance import Wholes
from tenure.world.market import voices
from tenure.world.market.market import Market, node_count
from tenure.world.market.population import nodes_per_region
from tenure.world.market.rows.agreements import Bases
from tenure.world.market.rows.columns import (
    DAY_SECONDS,
    HOUR_SECONDS,
    at_hour,
    dates,
    instants,
    rows,
    texts,
)
from tenure.world.market.sayings import subjects
from tenure.world.market.trouble import TICKET_KINDS, Faults, Tickets

NETWORK: Final = "network"
HELPDESK: Final = "helpdesk"
SURVEY: Final = "survey"
CANCEL: Final = "cancel"
SEVERITIES: Final = ("minor", "major", "critical")
PRIORITIES: Final = {"fault": "high", "complaint": "high"}
_REGION_LETTERS: Final = ("BJ", "WL", "YX", "JK", "NP", "BA", "LG", "QP")
_REPAIR_SECONDS = 4 * HOUR_SECONDS


def write_network(market: Market, *, bases: Bases, node_base: int) -> int:
    """The nodes, and which of them serves whom."""
    count = node_count(market.recipe)
    if not count:
        return 0
    regions = np.arange(count) // nodes_per_region(market.recipe)
    names = texts(market.recipe.business.regions, regions)
    ids = [node_base + node for node in range(count)]
    insert_rows(Node, rows(ids, node_codes(market), names), columns=("id", "code", "region"))
    write_lines(market, market.population.who, bases=bases, node_base=node_base)
    return count


def write_lines(market: Market, who: Wholes, *, bases: Bases, node_base: int) -> int:
    """Which node serves each of some customers."""
    nodes = market.population.node[who] + node_base
    lines = rows((who + bases.account).tolist(), nodes.tolist())
    return insert_rows(Line, lines, columns=("subscription_id", "node_id"))


def node_codes(market: Market) -> list[str]:
    """The codes of the nodes, by place: OLT-BJ-07 is the seventh of the first region."""
    each = nodes_per_region(market.recipe)
    count = node_count(market.recipe)
    return [f"OLT-{_REGION_LETTERS[node // each]}-{node % each + 1:02d}" for node in range(count)]


def write_faults(market: Market, faults: Faults, *, until: int, node_base: int) -> int:
    """The faults that began up to a wall-clock second; those that last are still open."""
    known = np.flatnonzero(faults.started <= until)
    zone, codes = market.recipe.zone, node_codes(market)
    node, started = faults.node[known], faults.started[known]
    ended = np.where(faults.ended[known] <= until, faults.ended[known], -1)
    regions = texts(market.recipe.business.regions, node // max(nodes_per_region(market.recipe), 1))
    named = [codes[place] for place in node.tolist()]
    return insert_rows(
        Incident,
        rows(
            (node + node_base).tolist(),
            [NETWORK] * len(known),
            [f"{code}-{second}" for code, second in zip(named, started.tolist(), strict=True)],
            [f"{region} {code} 光衰异常" for region, code in zip(regions, named, strict=True)],
            [f"Weak light at {code}" for code in named],
            texts(SEVERITIES, faults.severity[known]),
            instants(started, zone=zone),
            instants(started + _REPAIR_SECONDS, zone=zone),
            instants(ended, zone=zone),
        ),
        columns=(
            "node_id",
            "source",
            "external_id",
            "title_zh",
            "title_en",
            "severity",
            "started_at",
            "due_at",
            "ended_at",
        ),
    )


def write_tickets(market: Market, tickets: Tickets, *, until: int, bases: Bases) -> int:
    """The tickets that were opened up to a second, answered and resolved as far as it goes."""
    here = tickets.opened <= until
    started = market.population.started[tickets.who]
    tickets = tickets.of(
        here & (tickets.day >= started) & (tickets.day < market.ended[tickets.who])
    )
    zone, count, business = market.recipe.zone, len(tickets.who), market.recipe.business
    kinds = texts(TICKET_KINDS, tickets.kind)
    accounts = (tickets.who + bases.account).tolist()
    resolved = np.where(tickets.resolved <= until, tickets.resolved, -1)
    late = until > tickets.opened + business.sla_hours * 1.5 * HOUR_SECONDS
    return insert_rows(
        Ticket,
        rows(
            accounts,
            accounts,
            [HELPDESK] * count,
            ticket_numbers(tickets),
            kinds,
            subjects(
                business.code,
                kinds,
                who=tickets.who,
                opened=tickets.opened,
                english_share=business.english_share,
            ),
            [PRIORITIES.get(kind, "normal") for kind in kinds],
            instants(tickets.opened, zone=zone),
            instants(np.where(tickets.answered <= until, tickets.answered, -1), zone=zone),
            instants(resolved, zone=zone),
            (tickets.missed & late).tolist(),
            instants(tickets.opened, zone=zone),
        ),
        columns=(
            "account_id",
            "subscription_id",
            "source",
            "external_id",
            "kind",
            "subject",
            "priority",
            "opened_at",
            "answered_at",
            "resolved_at",
            "sla_missed",
            "recorded_at",
        ),
    )


def ticket_numbers(tickets: Tickets) -> list[str]:
    """The number of each ticket, the same on every day."""
    return [
        f"T-{who}-{second}"
        for who, second in zip(tickets.who.tolist(), tickets.opened.tolist(), strict=True)
    ]


def write_answers(market: Market, given: voices.Answers, *, bases: Bases) -> int:
    """Survey answers."""
    numbers = zip(given.survey.tolist(), given.who.tolist(), given.number.tolist(), strict=True)
    return insert_rows(
        Answer,
        rows(
            (given.who + bases.account).tolist(),
            [SURVEY] * len(given.who),
            [f"{voices.SURVEYS[survey]}-{who}-{number}" for survey, who, number in numbers],
            texts(voices.SURVEYS, given.survey),
            given.score.tolist(),
            dates(given.day),
            instants(at_hour(given.day, 19), zone=market.recipe.zone),
        ),
        columns=(
            "account_id",
            "source",
            "external_id",
            "survey",
            "score",
            "answered_on",
            "recorded_at",
        ),
    )


def write_reasons(market: Market, *, known: tuple[str, ...], bases: Bases) -> int:
    """Why customers left in the history, from those who say."""
    places, leaving = voices.lost(market)
    asked = market.terms.cancel_asked[places]
    told = Told(
        term_id=places + bases.term,
        day=np.where(asked >= 0, asked, market.terms.closed[places]),
        source=texts((SURVEY, CANCEL), (asked >= 0).astype(np.int64)),
    )
    return write_told(market, leaving, told=told, known=known, bases=bases)


@dataclass(frozen=True, slots=True)
class Told:
    """Where and when reasons for leaving were told, in the order of who leaves."""

    term_id: Wholes
    day: Wholes
    source: list[str]


def write_told(
    market: Market, leaving: voices.Leaving, *, told: Told, known: tuple[str, ...], bases: Bases
) -> int:
    """Reasons for leaving, one for each term."""
    return insert_rows(
        LossReason,
        rows(
            (leaving.who + bases.account).tolist(),
            told.term_id.tolist(),
            told.source,
            [f"L{term}" for term in told.term_id.tolist()],
            voices.reasons(market, leaving, known=known),
            dates(told.day),
            instants(told.day * DAY_SECONDS + 11 * HOUR_SECONDS, zone=market.recipe.zone),
        ),
        columns=(
            "account_id",
            "term_id",
            "source",
            "external_id",
            "reason",
            "given_on",
            "recorded_at",
        ),
    )
