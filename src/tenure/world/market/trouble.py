"""Faults of nodes and tickets of customers, drawn for the whole history and the days to live."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Chance, Flags, Floats, Wholes
from tenure.world.market.circumstances import Circumstances
from tenure.world.market.population import Population
from tenure.world.market.recipe import Recipe

TICKET_KINDS: Final = ("fault", "complaint", "billing", "question", "renewal")
_TICKET_WEIGHTS = np.array([0.46, 0.14, 0.13, 0.24, 0.03])
_WORST_SLOWNESS = 0.85
_SLOW_TICKETS = 6.0  # a line without any speed brings so many times more tickets
_FAULTS_PER_NODE_DAY = 0.0035
_DAY_SECONDS = 86_400
OPEN_FAULT_NODE = 6  # the seventh node of the first region is still broken on the last day
_OPEN_FAULT_SECOND = 19 * 3600 + 40 * 60
_HOURS_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Tickets:
    """One row per ticket, ordered by customer and time; seconds are counted from 1970, local."""

    who: Wholes
    day: Wholes
    opened: Wholes  # second
    answered: Wholes  # second
    resolved: Wholes  # second
    kind: Wholes
    missed: Flags  # the promised time was missed

    def of(self, rows: Flags | Wholes) -> "Tickets":
        return Tickets(*(getattr(self, name)[rows] for name in self.__slots__))

    def recent(self, who: Wholes, day: Wholes, *, days: int = 90) -> Floats:
        """How many tickets each customer opened in the days up to and with `day`."""
        key = self.who * 100_000 + self.day
        ends = np.searchsorted(key, who * 100_000 + day, side="right")
        starts = np.searchsorted(key, who * 100_000 + day - days, side="right")
        return (ends - starts).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Faults:
    """One row per fault of a node, by time; an end of −1 has not come."""

    node: Wholes
    started: Wholes  # second
    ended: Wholes  # second
    severity: Wholes  # 0 minor, 1 major, 2 critical

    def ended_on(self, day: int) -> "Faults":
        """The faults that were repaired on a day."""
        rows = self.ended // _DAY_SECONDS == day
        return Faults(*(getattr(self, name)[rows] for name in self.__slots__))


def complain(recipe: Recipe, population: Population, *, befallen: Circumstances) -> Tickets:
    """Draw everybody's tickets: the slower the line and the lower the trust, the more."""
    chance, latents = recipe.chance, population.latents
    days = recipe.last_day - recipe.first_day + 1
    temper = np.exp(-0.3 * latents.trust + 0.2 * latents.annoyance)
    quiet = recipe.business.tickets * temper
    # Thinning: draw at the worst rate, then keep what the line's real state allows.
    worst = 1 + _SLOW_TICKETS * _WORST_SLOWNESS
    counts = chance.poisson("tickets", population.who, rate=np.minimum(quiet * worst * days, 20))
    who = np.repeat(population.who, counts)
    place = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    day = recipe.first_day + np.floor(chance.uniform("ticket:day", who, step=place) * days)
    day = day.astype(np.int64)
    slow = befallen.slowness(day, who=who)
    kept = chance.uniform("ticket:kept", who, step=place) * worst < 1 + _SLOW_TICKETS * slow
    return _worked(recipe, who[kept], day=day[kept], place=place[kept], slow=slow[kept])


def _worked(recipe: Recipe, who: Wholes, *, day: Wholes, place: Wholes, slow: Floats) -> Tickets:
    chance = recipe.chance
    second = (8 + 14 * chance.uniform("ticket:hour", who, step=place)) * _HOURS_SECONDS
    opened = day * _DAY_SECONDS + second.astype(np.int64)
    pace = 1.0 + 0.9 * chance.normal("ticket:pace", who, step=place) + 0.8 * slow
    hours = np.clip(np.exp(pace), 0.2, 200)
    waits = hours * (0.1 + 0.3 * chance.uniform("ticket:wait", who, step=place))
    kinds = np.searchsorted(
        np.cumsum(_TICKET_WEIGHTS), chance.uniform("ticket:kind", who, step=place)
    )
    order = np.lexsort((opened, who))
    return Tickets(
        who=who,
        day=day,
        opened=opened,
        answered=opened + (waits * _HOURS_SECONDS).astype(np.int64),
        resolved=opened + (hours * _HOURS_SECONDS).astype(np.int64),
        kind=np.minimum(kinds, len(TICKET_KINDS) - 1),
        missed=hours > recipe.business.sla_hours * 1.5,
    ).of(order)


def break_nodes(recipe: Recipe, *, nodes: int) -> Faults:
    """Draw the faults of the network; one is still open on the last day."""
    if not nodes:
        nothing = np.zeros(0, dtype=np.int64)
        return Faults(nothing, nothing, nothing, nothing)
    chance, every = recipe.chance, np.arange(nodes)
    days = recipe.last_day - recipe.first_day + 1
    counts = chance.poisson("faults", every, rate=_FAULTS_PER_NODE_DAY * days)
    node = np.repeat(every, counts)
    place = np.arange(len(node)) - np.repeat(np.cumsum(counts) - counts, counts)
    into = chance.uniform("fault:at", node, step=place) * (days - 2) * _DAY_SECONDS
    started = recipe.first_day * _DAY_SECONDS + into.astype(np.int64)
    lasts = _fault_seconds(chance, node, place)
    severity = np.digitize(lasts, [2 * _HOURS_SECONDS, 8 * _HOURS_SECONDS])
    open_since = recipe.last_day * _DAY_SECONDS + _OPEN_FAULT_SECOND
    faults = Faults(
        node=np.append(node, min(OPEN_FAULT_NODE, nodes - 1)),
        started=np.append(started, open_since),
        ended=np.append(started + lasts, -1),
        severity=np.append(severity, 1),
    )
    order = np.argsort(faults.started, kind="stable")
    return Faults(*(getattr(faults, name)[order] for name in Faults.__slots__))


def _fault_seconds(chance: Chance, node: Wholes, place: Wholes) -> Wholes:
    hours = np.exp(0.9 + 0.8 * chance.normal("fault:lasts", node, step=place))
    return (np.clip(hours, 0.3, 20) * _HOURS_SECONDS).astype(np.int64)
