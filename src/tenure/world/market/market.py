"""A whole market: its people, what happens to them, and their terms up to the last day."""

from dataclasses import dataclass, replace

import numpy as np

from tenure.world.chance import Wholes
from tenure.world.market.catalogue import Catalogue
from tenure.world.market.chains import Ending, Setting, Terms, chain
from tenure.world.market.circumstances import befall
from tenure.world.market.population import Population, nodes_per_region, populate
from tenure.world.market.recipe import Recipe
from tenure.world.market.trouble import Faults, Tickets, break_nodes, complain

# So many customers are drawn for each that is one at the end; more are drawn where it is too few.
DRAWN_PER_CUSTOMER = 1.5


@dataclass(frozen=True, slots=True)
class Market:
    """Everything that is so on the last day of the history, and what is to happen after it."""

    setting: Setting
    faults: Faults
    terms: Terms
    ended: Wholes  # by customer: the day after which they do nothing, or far away

    @property
    def recipe(self) -> Recipe:
        return self.setting.recipe

    @property
    def catalogue(self) -> Catalogue:
        return self.setting.catalogue

    @property
    def population(self) -> Population:
        return self.setting.population

    @property
    def tickets(self) -> Tickets:
        return self.setting.tickets


FAR = np.int64(1_000_000)
_OVER = (Ending.LAPSED, Ending.CANCELLED)


def assemble(recipe: Recipe, catalogue: Catalogue) -> Market:
    """The market of a recipe: with exactly so many customers on the last day of its history."""
    count = int(recipe.customers * DRAWN_PER_CUSTOMER) + 50
    while True:
        setting = _set_out(recipe, catalogue, count=count)
        terms = chain(setting)
        over = np.zeros(count, dtype=np.bool_)
        over[terms.who[np.isin(terms.ending, _OVER)]] = True
        staying = np.cumsum(~over)
        if staying[-1] >= recipe.customers:
            break
        count *= 2
    kept = int(np.searchsorted(staying, recipe.customers)) + 1
    return _kept(setting, terms, count=kept)


def _set_out(recipe: Recipe, catalogue: Catalogue, *, count: int) -> Setting:
    population = populate(recipe, catalogue, count=count)
    circumstances = befall(recipe, population, nodes=node_count(recipe))
    tickets = complain(recipe, population, befallen=circumstances)
    return Setting(recipe, catalogue, population, circumstances, tickets)


def node_count(recipe: Recipe) -> int:
    """How many nodes the network has; none where there is no network."""
    if not recipe.business.has_network:
        return 0
    return nodes_per_region(recipe) * len(recipe.business.regions)


def _kept(setting: Setting, terms: Terms, *, count: int) -> Market:
    """Only the first customers of all that were drawn."""
    terms = terms.of(terms.who < count)
    ended = np.full(count, FAR)
    over = np.isin(terms.ending, _OVER)
    ended[terms.who[over]] = terms.ends[over]
    kept = replace(
        setting,
        population=setting.population.first(count),
        circumstances=befall(
            setting.recipe, setting.population.first(count), nodes=node_count(setting.recipe)
        ),
        tickets=setting.tickets.of(setting.tickets.who < count),
    )
    faults = break_nodes(setting.recipe, nodes=node_count(setting.recipe))
    return Market(setting=kept, faults=faults, terms=terms, ended=ended)
