"""The terms of every customer from the first day of the history to its last, decided by the truth.

Each pass of the loop decides one term of everybody who has one to decide: at most one pass per
cycle that fits into the history.
"""

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np

from tenure.world.calendar import add_months
from tenure.world.chance import Flags, Floats, Wholes, expit
from tenure.world.market.catalogue import Catalogue
from tenure.world.market.circumstances import Circumstances
from tenure.world.market.population import Population, terms_before
from tenure.world.market.prices import list_prices, net_prices
from tenure.world.market.recipe import Recipe
from tenure.world.market.trouble import Tickets
from tenure.world.market.truth import Standing, renewal_logit

NEVER: Final = np.int64(-1)
EARLIEST_DAYS = 45  # nobody decides earlier than this before the end
CANCEL_SHARE = 0.15  # of those who leave without paying automatically, who say so
INVOLUNTARY_SHARE = 0.015
RETRY_DAYS: Final = np.array([0, 1, 3, 5])  # after how many days a failed charge succeeds
MOST_FAILURES = 3


class Ending(IntEnum):
    """How a term stands on the last day of the history."""

    RUNNING = 0
    CANCELLING = 1
    GRACE = 2
    RENEWED = 3
    LAPSED = 4
    CANCELLED = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """One row per term, ordered by pass; days of −1 have not come."""

    who: Wholes
    number: Wholes
    starts: Wholes
    ends: Wholes
    sold: Wholes  # the day it was bought
    price_minor: Wholes
    list_minor: Wholes
    failed: Wholes  # attempts to pay that failed before it was bought
    ending: Wholes
    renewed: Wholes
    closed: Wholes
    cancel_asked: Wholes
    involuntary: Flags
    logit: Floats  # of renewing, when nothing is done; part of the truth

    def __len__(self) -> int:
        return len(self.who)

    def of(self, rows: Flags | Wholes) -> "Terms":
        return Terms(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that decisions depend on."""

    recipe: Recipe
    catalogue: Catalogue
    population: Population
    circumstances: Circumstances
    tickets: Tickets


@dataclass(frozen=True, slots=True)
class Open:
    """The term of each customer that is to be decided next."""

    who: Wholes
    number: Wholes
    starts: Wholes
    ends: Wholes
    sold: Wholes
    price_minor: Wholes
    list_minor: Wholes
    failed: Wholes

    def of(self, rows: Flags) -> "Open":
        return Open(*(getattr(self, name)[rows] for name in self.__slots__))


def chain(setting: Setting) -> Terms:
    """Every term that touches the history, as it stands on the history's last day."""
    passes: list[Terms] = []
    current = _first_terms(setting)
    while len(current.who):
        decided = _decide(setting, current)
        passes.append(decided)
        again = decided.ending == Ending.RENEWED
        current = _next_terms(setting, decided.of(again))
    return Terms(
        *(np.concatenate([getattr(one, field.name) for one in passes]) for field in fields(Terms))
    )


def first_terms(setting: Setting, who: Wholes) -> Open:
    """The first term of customers, bought on the day on which they join."""
    started = setting.population.started[who]
    return _opened(setting, who, number=np.ones(len(who), dtype=np.int64), sold=started)


def _first_terms(setting: Setting) -> Open:
    population, recipe = setting.population, setting.recipe
    number = terms_before(population, recipe.first_day) + 1
    starts = add_months(population.started, population.cycle_months * (number - 1))
    return _opened(setting, population.who, number=number, sold=starts)


def _next_terms(setting: Setting, before: Terms) -> Open:
    return _opened(setting, before.who, number=before.number + 1, sold=before.renewed)


def _opened(setting: Setting, who: Wholes, *, number: Wholes, sold: Wholes) -> Open:
    """The terms of a number, bought on a day; dates are counted from the anchor."""
    people = setting.population.of(who)
    listed = list_prices(setting.recipe, setting.catalogue, who=people, sold_day=sold)
    return Open(
        who=who,
        number=number,
        starts=add_months(people.started, people.cycle_months * (number - 1)),
        ends=add_months(people.started, people.cycle_months * number),
        sold=sold,
        price_minor=net_prices(setting.recipe, listed, who=who, number=number),
        list_minor=listed,
        failed=failures(setting.recipe, people, number=number),
    )


def failures(recipe: Recipe, people: Population, *, number: Wholes) -> Wholes:
    """Attempts to pay for a term that fail before one succeeds."""
    rate = 0.9 * expit(-3.1 + 0.9 * people.latents.stress)
    drawn = recipe.chance.poisson("failed", people.who, rate=rate, step=number)
    return np.minimum(drawn, MOST_FAILURES)


def decision_days(recipe: Recipe, people: Population, *, number: Wholes, ends: Wholes) -> Wholes:
    """The day on which each customer makes up their mind about a term.

    More than half decide before the end, a third around it and the rest in the days of grace;
    whoever pays automatically only ever decides to stop it, before the end.
    """
    chance, who = recipe.chance, people.who
    kind = chance.uniform("when", who, step=number)
    first = chance.exponential("when:first", who, step=number)
    second = chance.exponential("when:second", who, step=number)
    gamma = first + second  # Gamma(2, 1)
    months = people.cycle_months
    pace = np.where(months < 12, 1.5, 8.0)
    earliest = np.where(months < 12, 8, EARLIEST_DAYS)
    early = -np.clip(np.ceil(pace * gamma), 1, earliest)
    around = np.rint(4 * chance.uniform("when:around", who, step=number) - 1)
    late = np.minimum(3 + np.rint(2 * gamma), max(recipe.grace_days - 2, 1))
    offset = np.where(kind < 0.55, early, np.where(kind < 0.85, around, late))
    offset = np.where(people.auto_renews, early, offset)
    return ends + offset.astype(np.int64)


def standing(setting: Setting, people: Population, *, day: Wholes, term: Open) -> Standing:
    """Where customers stand when they decide on a day about a term."""
    who, recipe = people.who, setting.recipe
    next_price = list_prices(recipe, setting.catalogue, who=people, sold_day=day)
    intercepts = {months: recipe.business.renewal_logit(months) for months in range(1, 61)}
    return Standing(
        intercept=np.array([intercepts.get(months, 2.4) for months in range(61)])[
            np.minimum(people.cycle_months, 60)
        ],
        fee_ratio=people.fee_ratio,
        competition=people.competition,
        season=0.15 * np.cos(2 * np.pi * (day % 365) / 365),
        surprise=people.surprise,
        auto_renews=people.auto_renews,
        complaints=setting.tickets.recent(who, day),
        decline=setting.circumstances.decline(day, who=who),
        slowness=setting.circumstances.slowness(day, who=who),
        price_rise=next_price / np.maximum(term.price_minor, 1) - 1,
        failed_payments=term.failed.astype(np.float64),
    )


def noise(recipe: Recipe, who: Wholes, *, number: Wholes) -> Floats:
    """What nothing explains in a decision: the same whatever is done, hence principal strata."""
    return recipe.chance.logistic("decision", who, step=number)


def fails_to_pay(recipe: Recipe, people: Population, *, number: Wholes) -> Flags:
    """Who would stay but whose automatic payment fails for good."""
    share = INVOLUNTARY_SHARE * 2 * expit(people.latents.stress)
    return people.auto_renews & (recipe.chance.uniform("broke", people.who, step=number) < share)


def _decide(setting: Setting, term: Open) -> Terms:
    """Each term as its customer decided, as far as the history reaches."""
    recipe, people = setting.recipe, setting.population.of(term.who)
    day = decision_days(recipe, people, number=term.number, ends=term.ends)
    logit = renewal_logit(people.latents, standing(setting, people, day=day, term=term))
    stays = logit + noise(recipe, term.who, number=term.number) > 0
    broke = stays & fails_to_pay(recipe, people, number=term.number)
    charged = term.ends + RETRY_DAYS[failures(recipe, people, number=term.number + 1)]
    renewed = np.where(people.auto_renews, charged, day)
    says_so = recipe.chance.uniform("says", term.who, step=term.number) < CANCEL_SHARE
    asks = ~stays & (people.auto_renews | says_so) & (day < term.ends)
    until = recipe.history_day
    is_renewed = stays & ~broke & (renewed <= until)
    asked = asks & (day <= until)
    over, closed_day = term.ends <= until, term.ends + recipe.grace_days
    cancelled = asked & over
    lapsed = ~is_renewed & ~asked & (closed_day <= until)
    ending = np.select(
        [is_renewed, cancelled, lapsed, asked, over],
        [Ending.RENEWED, Ending.CANCELLED, Ending.LAPSED, Ending.CANCELLING, Ending.GRACE],
        default=Ending.RUNNING,
    )
    return Terms(
        **{name: getattr(term, name) for name in Open.__slots__},
        ending=ending.astype(np.int64),
        renewed=np.where(is_renewed, renewed, NEVER),
        closed=np.select(
            [cancelled, lapsed & broke, lapsed],
            [term.ends, term.ends + RETRY_DAYS[-1], closed_day],
            default=NEVER,
        ),
        cancel_asked=np.where(asked, day, NEVER),
        involuntary=broke & lapsed,
        logit=logit,
    )
