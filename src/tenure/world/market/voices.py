"""What customers say: scores when they are asked, and reasons when they leave.

Whoever trusts answers more often and scores higher, so the answers that are missing are not
missing at random.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Flags, Floats, Wholes, expit
from tenure.world.market.chains import Ending
from tenure.world.market.market import Market

NPS, CSAT = 0, 1
SURVEYS: Final = ("nps", "csat")
WAVE_DAYS = 91
_LATE_DAYS = 6  # a wave's last answers come before
_ASKED_SHARE = 0.4
_CSAT_SHARE = 0.35
_REASON_SHARE = 0.42
REASONS: Final = (
    "price",
    "competitor",
    "missing_feature",
    "service_quality",
    "fault",
    "support",
    "not_used",
    "payment",
    "undifferentiated",
    "moved",
    "other",
)


@dataclass(frozen=True, slots=True)
class Answers:
    """One row per answer."""

    who: Wholes
    day: Wholes
    survey: Wholes
    score: Wholes
    number: Wholes  # of the wave or the ticket


@dataclass(frozen=True, slots=True)
class Leaving:
    """Customers who leave: one row per term that is not renewed."""

    who: Wholes
    number: Wholes
    day: Wholes  # of the end
    involuntary: Flags


def answers(market: Market, *, first_day: int, last_day: int) -> Answers:
    """Every answer of some days: a wave each quarter, and one after some tickets."""
    waves = [day for day in _wave_days(market) if first_day - _LATE_DAYS <= day <= last_day]
    parts = [_wave(market, day) for day in waves]
    parts.append(_after_tickets(market, first_day=first_day, last_day=last_day))
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in Answers.__slots__
    }
    here = (columns["day"] >= first_day) & (columns["day"] <= last_day)
    return Answers(**{name: column[here] for name, column in columns.items()})


def _wave_days(market: Market) -> list[int]:
    recipe = market.recipe
    return list(range(recipe.first_day + 45, recipe.last_day + 1, WAVE_DAYS))


def _replies(market: Market, who: Wholes) -> Floats:
    latents = market.population.latents
    return expit(-1 + 0.6 * latents.trust[who] - 0.4 * latents.annoyance[who])


def mood(market: Market, who: Wholes, *, day: Wholes | int) -> Floats:
    """How content customers are, about −3 to 2; trust lifts it, trouble lowers it."""
    latents, setting = market.population.latents, market.setting
    days = np.broadcast_to(np.asarray(day, dtype=np.int64), who.shape)
    return (
        0.6
        + 0.55 * latents.trust[who]
        - 0.20 * latents.annoyance[who]
        - 1.6 * setting.circumstances.slowness(days, who=who)
        - 0.9 * setting.circumstances.decline(days, who=who)
        - 0.35 * np.minimum(setting.tickets.recent(who, days), 4)
    )


def _wave(market: Market, day: int) -> Answers:
    chance, population = market.recipe.chance, market.population
    here = (population.started < day - 30) & (day < market.ended)
    asked = chance.uniform("nps:asked", population.who, step=day) < _ASKED_SHARE
    replies = chance.uniform("nps:replies", population.who, step=day) < _replies(
        market, population.who
    )
    who = population.who[here & asked & replies]
    felt = mood(market, who, day=day) + 0.6 * chance.normal("nps:felt", who, step=day)
    delay = (chance.uniform("nps:delay", who, step=day) ** 2 * _LATE_DAYS).astype(np.int64)
    return Answers(
        who=who,
        day=np.full(len(who), day) + delay,
        survey=np.full(len(who), NPS),
        score=np.clip(np.rint(7.0 + 1.9 * felt), 0, 10).astype(np.int64),
        number=np.full(len(who), day),
    )


def _after_tickets(market: Market, *, first_day: int, last_day: int) -> Answers:
    chance, tickets = market.recipe.chance, market.tickets
    day = tickets.resolved // 86_400 + 1
    who = tickets.who
    replies = chance.uniform("csat", who, step=tickets.opened) < _CSAT_SHARE
    here = (market.population.started[who] < tickets.day) & (day < market.ended[who])
    rows = np.flatnonzero(replies & here & (day >= first_day) & (day <= last_day))
    who, day = who[rows], day[rows]
    felt = 0.5 * mood(market, who, day=day) - 1.1 * tickets.missed[rows]
    felt = felt + 0.7 * chance.normal("csat:felt", who, step=tickets.opened[rows])
    return Answers(
        who=who,
        day=day,
        survey=np.full(len(who), CSAT),
        score=np.clip(np.rint(4.1 + 1.1 * felt), 1, 5).astype(np.int64),
        number=tickets.opened[rows],
    )


def says_why(market: Market, leaving: Leaving) -> Flags:
    """Who of those who leave gives a reason."""
    drawn = market.recipe.chance.uniform("reason", leaving.who, step=leaving.number)
    says: Flags = drawn < _REASON_SHARE
    return says


def reasons(market: Market, leaving: Leaving, *, known: tuple[str, ...]) -> list[str]:
    """Why those who leave say they do: mostly what weighed most.

    Args:
        known: the reasons that the strategy lists; anything else becomes its last one.
    """
    place = np.argmax(_weights(market, leaving), axis=1)
    names = [name if name in known else known[-1] for name in REASONS]
    return [names[one] for one in place.tolist()]


def _weights(market: Market, leaving: Leaving) -> Floats:
    """How much each reason of the list weighed, with chance."""
    population, setting = market.population, market.setting
    who, day = leaving.who, leaving.day
    tickets = setting.tickets.recent(who, day)
    price = population.latents.price[who]
    weights = np.zeros((len(who), len(REASONS)))
    weights[:, 0] = 0.9 + 0.8 * price
    weights[:, 1] = 1.6 * population.competition[who]
    weights[:, 2] = 0.3
    weights[:, 3] = 3.5 * setting.circumstances.slowness(day, who=who)
    weights[:, 4] = 0.6 * tickets
    weights[:, 5] = 0.2 + 0.25 * tickets
    weights[:, 6] = 3.4 * setting.circumstances.decline(day, who=who)
    weights[:, 7] = 6.0 * leaving.involuntary
    weights[:, 8] = 0.5
    weights[:, 9] = 0.4
    weights[:, 10] = 0.3
    for place in range(len(REASONS)):
        drawn = market.recipe.chance.uniform(f"why:{place}", who, step=leaving.number)
        weights[:, place] -= 0.45 * np.log(-np.log(drawn))
    return weights


def lost(market: Market) -> tuple[Wholes, Leaving]:
    """The terms of the history that were not renewed: their places, and who left with them."""
    terms = market.terms
    rows = np.flatnonzero(np.isin(terms.ending, (Ending.LAPSED, Ending.CANCELLED)))
    leaving = Leaving(
        terms.who[rows], terms.number[rows], terms.ends[rows], terms.involuntary[rows]
    )
    says = says_why(market, leaving)
    return rows[says], Leaving(*(getattr(leaving, name)[says] for name in Leaving.__slots__))
