"""What customers do on one day: visits, use, speed tests, outages, and looking around.

A day is drawn by itself, from the market and the day alone: the same for the history and for a day
that is lived. Falling use, slow evenings and second thoughts show here before a term ends.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.world.chance import Flags, Floats, Wholes, expit
from tenure.world.market.market import Market

LOGIN, USED, METERED, SPEED_TEST, OUTAGE, PAGE, EXPORTED, OPENED, INTEGRATED = range(9)
NAMES: Final = (
    "Login",
    "Feature Used",
    "Usage Recorded",
    "Speed Test",
    "Outage",
    "Page Viewed",
    "Data Exported",
    "Message Opened",
    "Integration Used",
)
# What customers do in the app and on the pages is sent one by one; the rest is measured.
SENT: Final = (LOGIN, PAGE, EXPORTED, OPENED)
PAGES: Final = ("renew", "compare", "help")
NO_FEATURE: Final = -1
_DAY_SECONDS = 86_400
# What is regular comes round on different days, or nobody would be seen often.
_PULSE_DAYS = 5
_METER_DAYS = 15
_BILL_DAYS = 30
_SYNC_DAYS = 10
_LOOKS_AT_BILL = 0.95
# How many of a day's visits fall into each hour, from midnight.
_HOURS = np.array(
    [2, 1, 1, 1, 1, 1, 3, 5, 6, 6, 5, 5, 7, 6, 5, 5, 5, 6, 8, 11, 13, 12, 8, 4], dtype=np.float64
)
_REACHED_BY_OUTAGE = 0.85
_SPEED_TESTS = 0.006
_SLOW_TESTS, _BEARABLE = 0.5, 0.3
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
    pulse: float  # share of turns
    uses: Floats  # a day
    meter_log: Floats  # of half a month
    favourite: Wholes
    modules: Wholes  # customers × most modules: places in `features`
    module_count: Wholes
    leaning: Events  # looking around before a term ends, for every day
    turn: Wholes  # on which days they come round to what is regular
    integrated: Floats  # customers × other programs: from which day on; infinite where never


def habits(market: Market) -> Habits:
    """Work out everybody's habits."""
    recipe, population, business = market.recipe, market.population, market.recipe.business
    chance, who, need = recipe.chance, population.who, population.latents.need
    known = sorted({code for codes in market.catalogue.modules for code in codes})
    features = (*known, *PAGES, *business.integrations, business.meter)
    counts = np.array([len(codes) for codes in market.catalogue.modules])
    table = np.zeros((len(counts), counts.max()), dtype=np.int64)
    for version, codes in enumerate(market.catalogue.modules):
        table[version, : len(codes)] = [features.index(code) for code in codes]
    tempo = np.exp(0.45 * need + 0.25 * chance.normal("tempo", who) - 0.13)
    return Habits(
        features=features,
        visits=business.visits * tempo,
        pulse=business.pulse,
        uses=business.uses * tempo,
        meter_log=business.meter_log_mean + 0.8 * need + 0.4 * chance.normal("volume", who),
        favourite=np.floor(chance.uniform("favourite", who) * 97).astype(np.int64),
        modules=table[population.version],
        module_count=counts[population.version],
        leaning=_leaning(market, features),
        turn=who,
        integrated=_integrated(market),
    )


def _integrated(market: Market) -> Floats:
    """Since when each customer works with each other program: the more they need, the more."""
    chance, population = market.recipe.chance, market.population
    programs, who = market.recipe.business.integrations, population.who
    table = np.full((len(who), len(programs)), np.inf)
    for place, code in enumerate(programs):
        likely = expit(0.4 - 0.5 * place + 0.9 * population.latents.need)
        since = population.started + 90 * chance.exponential(f"integration:{code}:since", who)
        happens = chance.uniform(f"integration:{code}", who) < likely
        table[happens, place] = since[happens]
    return table


def _leaning(market: Market, features: tuple[str, ...]) -> Events:
    """Who is about to leave compares and exports; who is about to stay looks at the renewal."""
    chance, terms = market.recipe.chance, market.terms
    leaving = expit(-terms.logit)
    kinds = (
        (PAGE, "compare", 0.06 + 2.2 * leaving**1.2),
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
    today = _Day(day, market.recipe.chance.stream("day", day))
    decline = market.setting.circumstances.decline(day)
    slow = market.setting.circumstances.slowness(day)
    left = (1 - decline) * active
    parts = [
        _visits(today, kept, left=left),
        _pulse(today, kept, left=left),
        _uses(today, kept, left=left),
        _metered(today, kept, left=left),
        _pages(today, kept, active=active),
        _leaning_on(kept, day=day, active=active),
    ]
    if market.recipe.business.integrations:
        parts.append(_synced(market, kept, day=day, left=left))
    if market.recipe.business.has_network:
        parts.append(_speed_tests(today, slow, active=active))
        parts.append(_outages(today, market, active=active))
    return joined(parts)


def opened_events(market: Market, who: Wholes, *, day: int) -> Events:
    """Messages that customers opened on a day."""
    return _events(_Day(day, market.recipe.chance.stream("opened", day)), who, name=OPENED)


def joined(parts: list[Events]) -> Events:
    """Events put together, ordered by customer and time."""
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


@dataclass(frozen=True, slots=True)
class _Day:
    """One day with its chance."""

    number: int
    rng: np.random.Generator

    def seconds(self, count: int) -> Wholes:
        """So many seconds of the day."""
        return self.number * _DAY_SECONDS + _seconds_of_day(self.rng.random(count))


def _events(
    day: _Day,
    who: Wholes,
    *,
    name: int,
    feature: Wholes | int = NO_FEATURE,
    amount: Floats | float = np.nan,
) -> Events:
    return Events(
        who=who,
        second=day.seconds(len(who)),
        name=np.full(len(who), name),
        feature=np.broadcast_to(np.asarray(feature, dtype=np.int64), who.shape),
        amount=np.broadcast_to(np.asarray(amount, dtype=np.float64), who.shape),
    )


def _visits(day: _Day, kept: Habits, *, left: Floats) -> Events:
    """One look at the bill a month, and whatever comes to mind in between."""
    bill = (kept.turn + day.number + 1) % _BILL_DAYS == 0
    looks = np.flatnonzero(bill & (day.rng.random(len(left)) < _LOOKS_AT_BILL * left))
    who = np.concatenate([looks, _drawn(day.rng, kept.visits * left)])
    return _events(day, who, name=LOGIN)


def _pulse(day: _Day, kept: Habits, *, left: Floats) -> Events:
    """The core feature, used every few days by whoever still uses the product as ever."""
    today = (kept.turn + day.number) % _PULSE_DAYS == 0
    who = np.flatnonzero(today & (day.rng.random(len(left)) < kept.pulse * left))
    return _used(day, who, feature=kept.modules[who, 0], left=left)


def _uses(day: _Day, kept: Habits, *, left: Floats) -> Events:
    """Everything beyond the core; falling use drops the modules that are liked less."""
    who = _drawn(day.rng, kept.uses * left)
    beyond = np.maximum(kept.module_count[who] - 1, 1)
    reach = np.maximum(np.ceil(beyond * left[who]), 1)
    place = np.floor(day.rng.random(len(who)) ** 2 * reach).astype(np.int64)
    column = 1 + (kept.favourite[who] + place) % beyond
    feature = kept.modules[who, np.minimum(column, kept.module_count[who] - 1)]
    return _used(day, who, feature=feature, left=left)


def _used(day: _Day, who: Wholes, *, feature: Wholes, left: Floats) -> Events:
    minutes = np.exp(2.5 + 0.6 * day.rng.standard_normal(len(who))) * left[who]
    return _events(day, who, name=USED, feature=feature, amount=np.round(minutes, 1))


def _metered(day: _Day, kept: Habits, *, left: Floats) -> Events:
    """The meter of each customer is read twice a month."""
    who = np.flatnonzero(((kept.turn + day.number + 2) % _METER_DAYS == 0) & (left > 0))
    volume = np.exp(kept.meter_log[who] + 0.15 * day.rng.standard_normal(len(who))) * left[who]
    meter = len(kept.features) - 1
    return _events(day, who, name=METERED, feature=meter, amount=np.round(volume, 2))


def _speed_tests(day: _Day, slow: Floats, *, active: Flags) -> Events:
    """Measured ÷ promised speed; whoever has slow evenings measures much more often."""
    rate = _SPEED_TESTS + _SLOW_TESTS * np.maximum(slow - _BEARABLE, 0)
    who = _drawn(day.rng, rate * active)
    ratio = 0.94 * (1 - slow[who]) + 0.05 * day.rng.standard_normal(len(who))
    ratio = np.round(np.clip(ratio, 0.03, 1.15), 3)
    return _events(day, who, name=SPEED_TEST, amount=ratio)


def _outages(day: _Day, market: Market, *, active: Flags) -> Events:
    """Minutes without service for the customers of each node that was repaired this day."""
    repaired = market.faults.ended_on(day.number)
    node = market.population.node
    minutes = np.zeros(int(node.max(initial=0)) + 1)
    lasted = (repaired.ended - repaired.started) / 60
    inside = repaired.node < len(minutes)
    np.add.at(minutes, repaired.node[inside], lasted[inside])
    felt = minutes[np.maximum(node, 0)] * active
    reached = day.rng.random(len(felt)) < _REACHED_BY_OUTAGE
    who = np.flatnonzero((felt > 0) & reached)
    return _events(day, who, name=OUTAGE, amount=np.round(felt[who]))


def _synced(market: Market, kept: Habits, *, day: int, left: Floats) -> Events:
    """Other programs at work; with a chance of its own, so that all else stays as it was."""
    today = _Day(day, market.recipe.chance.stream("integrations", day))
    programs = np.arange(kept.integrated.shape[1])
    comes = (kept.turn[:, None] + 3 * programs + day) % _SYNC_DAYS == 0
    who, place = np.nonzero(comes & (kept.integrated <= day))
    works = today.rng.random(len(who)) < left[who]
    feature = kept.features.index(market.recipe.business.integrations[0]) + place[works]
    return _events(today, who[works].astype(np.int64), name=INTEGRATED, feature=feature)


def _pages(day: _Day, kept: Habits, *, active: Flags) -> Events:
    who = _drawn(day.rng, np.full(len(active), _HELP_PAGES) * active)
    return _events(day, who, name=PAGE, feature=kept.features.index("help"))


def _leaning_on(kept: Habits, *, day: int, active: Flags) -> Events:
    lean = kept.leaning
    first, last = np.searchsorted(lean.second, [day * _DAY_SECONDS, (day + 1) * _DAY_SECONDS])
    today = lean.of(np.arange(first, last))
    return today.of(active[today.who])


def _joined(parts: list[Events]) -> Events:
    return Events(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Events.__slots__)
    )
