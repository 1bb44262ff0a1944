"""What customers do on one day: visits, use, speed tests, outages, and looking around.

A day is drawn by itself, from the market and the day alone: the same for the history and for a day
that is lived. Falling use, slow evenings and second thoughts show here before a term ends.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Flags, Floats, Wholes, expit
from tenure.world.market.market import Market

LOGIN, USED, METERED, SPEED_TEST, OUTAGE, PAGE, EXPORTED = range(7)
NAMES: Final = (
    "Login",
    "Feature Used",
    "Usage Recorded",
    "Speed Test",
    "Outage",
    "Page Viewed",
    "Data Exported",
)
PAGES: Final = ("renew", "compare", "help")
NO_FEATURE: Final = -1
_DAY_SECONDS = 86_400
_WEEK_DAYS = 7
# How many of a day's visits fall into each hour, from midnight.
_HOURS = np.array(
    [2, 1, 1, 1, 1, 1, 3, 5, 6, 6, 5, 5, 7, 6, 5, 5, 5, 6, 8, 11, 13, 12, 8, 4], dtype=np.float64
)
_REACHED_BY_OUTAGE = 0.85
_SPEED_TESTS = 0.006
_HELP_PAGES = 0.004


@dataclass(frozen=True, slots=True)
class Events:
    """One row per event; seconds are counted from 1970, local; features are places in a list."""

    who: Wholes
    second: Wholes
    name: Wholes
    feature: Wholes
    amount: Floats  # not a number where the event has none

    def __len__(self) -> int:
        return len(self.who)

    def of(self, rows: Flags | Wholes) -> "Events":
        return Events(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Habits:
    """What is always so of each customer, worked out once."""

    features: tuple[str, ...]  # every module, page and meter that an event may name
    visits: Floats  # a day
    uses: Floats  # a day
    meter_log: Floats  # of a week's amount
    favourite: Wholes
    modules: Wholes  # customers × most modules: places in `features`
    module_count: Wholes
    leaning: Events  # looking around before a term ends, for every day
    weekday: Wholes


def habits(market: Market) -> Habits:
    """Work out everybody's habits."""
    recipe, population, business = market.recipe, market.population, market.recipe.business
    chance, who, need = recipe.chance, population.who, population.latents.need
    known = sorted({code for codes in market.catalogue.modules for code in codes})
    features = (*known, *PAGES, business.meter)
    counts = np.array([len(codes) for codes in market.catalogue.modules])
    table = np.zeros((len(counts), counts.max()), dtype=np.int64)
    for version, codes in enumerate(market.catalogue.modules):
        table[version, : len(codes)] = [features.index(code) for code in codes]
    tempo = np.exp(0.45 * need + 0.25 * chance.normal("tempo", who) - 0.13)
    return Habits(
        features=features,
        visits=business.visits * tempo,
        uses=business.uses * tempo,
        meter_log=business.meter_log_mean + 0.8 * need + 0.4 * chance.normal("volume", who),
        favourite=np.floor(chance.uniform("favourite", who) * 97).astype(np.int64),
        modules=table[population.version],
        module_count=counts[population.version],
        leaning=_leaning(market, features),
        weekday=who % _WEEK_DAYS,
    )


def _leaning(market: Market, features: tuple[str, ...]) -> Events:
    """Who is about to leave compares and exports; who is about to stay looks at the renewal."""
    chance, terms = market.recipe.chance, market.terms
    leaving = expit(-terms.logit)
    kinds = (
        (PAGE, "compare", 0.06 + 1.5 * leaving**1.2),
        (PAGE, "renew", 0.75 * (1 - leaving)),
        (EXPORTED, "", market.recipe.business.exports * (0.04 + leaving)),
    )
    parts = []
    for name, feature, rate in kinds:
        # A month's renewal is not thought over for weeks.
        months = market.population.cycle_months[terms.who]
        thought = np.where(months < 12, 0.25, 1.0)
        what = f"lean:{name}:{feature}"
        counts = chance.poisson(what, terms.who, rate=rate * thought, step=terms.number)
        row = np.repeat(np.arange(len(terms)), counts)
        place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        step = terms.number[row] * 64 + place
        lead = chance.exponential(f"{what}:lead", terms.who[row], step=step)
        days = np.minimum(1 + lead * np.where(months[row] < 12, 4, 16), months[row] * 25)
        code = features.index(feature) if feature else NO_FEATURE
        hour = _seconds_of_day(chance.uniform(f"{what}:hour", terms.who[row], step=step))
        parts.append(
            Events(
                who=terms.who[row],
                second=(terms.ends[row] - days.astype(np.int64)) * _DAY_SECONDS + hour,
                name=np.full(len(row), name),
                feature=np.full(len(row), code),
                amount=np.full(len(row), np.nan),
            )
        )
    together = _joined(parts)
    return together.of(np.argsort(together.second, kind="stable"))


def day_events(market: Market, kept: Habits, *, day: int, active: Flags) -> Events:
    """Everything that the active customers did on a day, ordered by customer and time."""
    rng = market.recipe.chance.stream("day", day)
    decline = market.setting.circumstances.decline(day)
    slow = market.setting.circumstances.slowness(day)
    left = (1 - decline) * active
    parts = [
        _visits(rng, kept.visits * left, day=day),
        _uses(rng, kept, day=day, left=left),
        _metered(rng, kept, day=day, left=left),
        _pages(rng, kept, day=day, active=active),
        _leaning_on(kept, day=day, active=active),
    ]
    if market.recipe.business.has_network:
        parts.append(_speed_tests(rng, slow, day=day, active=active))
        parts.append(_outages(market, rng, day=day, active=active))
    together = _joined(parts)
    return together.of(np.lexsort((together.second, together.who)))


def _drawn(rng: np.random.Generator, rate: Floats) -> Wholes:
    """Who does a thing how often: as many places as are drawn for the sum of all rates."""
    reached = np.cumsum(rate)
    total = float(reached[-1]) if len(reached) else 0.0
    drawn = rng.random(rng.poisson(total)) * total
    return np.searchsorted(reached, drawn, side="right").astype(np.int64)


def _seconds_of_day(drawn: Floats) -> Wholes:
    """A second of the day, more often in the evening."""
    edges = np.concatenate([[0.0], np.cumsum(_HOURS / _HOURS.sum())])
    return (np.interp(drawn, edges, np.arange(25)) * 3600).astype(np.int64)


def _events(
    rng: np.random.Generator,
    who: Wholes,
    *,
    day: int,
    name: int,
    feature: Wholes | int = NO_FEATURE,
    amount: Floats | float = np.nan,
) -> Events:
    return Events(
        who=who,
        second=day * _DAY_SECONDS + _seconds_of_day(rng.random(len(who))),
        name=np.full(len(who), name),
        feature=np.broadcast_to(np.asarray(feature, dtype=np.int64), who.shape),
        amount=np.broadcast_to(np.asarray(amount, dtype=np.float64), who.shape),
    )


def _visits(rng: np.random.Generator, rate: Floats, *, day: int) -> Events:
    return _events(rng, _drawn(rng, rate), day=day, name=LOGIN)


def _uses(rng: np.random.Generator, kept: Habits, *, day: int, left: Floats) -> Events:
    """Modules in use: few of them take most of the time, and falling use drops the rest first."""
    who = _drawn(rng, kept.uses * left)
    count = kept.module_count[who]
    reach = np.maximum(np.ceil(count * left[who]), 1)
    place = np.floor(rng.random(len(who)) ** 2 * reach).astype(np.int64)
    feature = kept.modules[who, (kept.favourite[who] + place) % count]
    minutes = np.exp(2.5 + 0.6 * rng.standard_normal(len(who))) * left[who]
    return _events(rng, who, day=day, name=USED, feature=feature, amount=np.round(minutes, 1))


def _metered(rng: np.random.Generator, kept: Habits, *, day: int, left: Floats) -> Events:
    """The meter of each customer is read once a week."""
    who = np.flatnonzero((kept.weekday == day % _WEEK_DAYS) & (left > 0))
    volume = np.exp(kept.meter_log[who] + 0.15 * rng.standard_normal(len(who))) * left[who]
    meter = len(kept.features) - 1
    return _events(rng, who, day=day, name=METERED, feature=meter, amount=np.round(volume, 2))


def _speed_tests(rng: np.random.Generator, slow: Floats, *, day: int, active: Flags) -> Events:
    """Measured ÷ promised speed; whoever has slow evenings measures more often."""
    who = _drawn(rng, _SPEED_TESTS * (1 + 6 * slow) * active)
    ratio = 0.94 * (1 - slow[who]) + 0.05 * rng.standard_normal(len(who))
    ratio = np.round(np.clip(ratio, 0.03, 1.15), 3)
    return _events(rng, who, day=day, name=SPEED_TEST, amount=ratio)


def _outages(market: Market, rng: np.random.Generator, *, day: int, active: Flags) -> Events:
    """Minutes without service for the customers of each node that was repaired this day."""
    repaired = market.faults.ended_on(day)
    node = market.population.node
    minutes = np.zeros(int(node.max(initial=0)) + 1)
    lasted = (repaired.ended - repaired.started) / 60
    inside = repaired.node < len(minutes)
    np.add.at(minutes, repaired.node[inside], lasted[inside])
    felt = minutes[np.maximum(node, 0)] * active
    reached = rng.random(len(felt)) < _REACHED_BY_OUTAGE
    who = np.flatnonzero((felt > 0) & reached)
    return _events(rng, who, day=day, name=OUTAGE, amount=np.round(felt[who]))


def _pages(rng: np.random.Generator, kept: Habits, *, day: int, active: Flags) -> Events:
    who = _drawn(rng, np.full(len(active), _HELP_PAGES) * active)
    return _events(rng, who, day=day, name=PAGE, feature=kept.features.index("help"))


def _leaning_on(kept: Habits, *, day: int, active: Flags) -> Events:
    lean = kept.leaning
    first, last = np.searchsorted(lean.second, [day * _DAY_SECONDS, (day + 1) * _DAY_SECONDS])
    today = lean.of(np.arange(first, last))
    return today.of(active[today.who])


def _joined(parts: list[Events]) -> Events:
    return Events(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Events.__slots__)
    )
