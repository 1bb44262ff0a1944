"""Who joins on the days that are lived: customers like those of the history, drawn after them.

The history knows nothing of them: its records and events are the same with and without.
"""

from dataclasses import fields, replace

import numpy as np

from tenure.world.chance import Wholes
from tenure.world.market.circumstances import befall
from tenure.world.market.market import FAR, Market, node_count
from tenure.world.market.population import OLD_SHARE, Population, populate
from tenure.world.market.trouble import Tickets, complain


def with_newcomers(market: Market) -> Market:
    """The market with those who join on its lived days, at the places after all others."""
    recipe, known = market.recipe, len(market.population)
    count = _count(market)
    if not count:
        return market
    population = _joined(market, count=count)
    befallen = befall(recipe, population, nodes=node_count(recipe))
    later = complain(recipe, population.of(population.who[known:]), befallen=befallen)
    tickets = Tickets(
        *(
            np.concatenate([getattr(market.tickets, one.name), getattr(later, one.name)])
            for one in fields(Tickets)
        )
    )
    setting = replace(
        market.setting, population=population, circumstances=befallen, tickets=tickets
    )
    ended = np.concatenate([market.ended, np.full(count, FAR)])
    return replace(market, setting=setting, ended=ended)


def joining_on(market: Market, day: int) -> Wholes:
    """The places of those who join on a day that is lived."""
    assert day > market.recipe.history_day, "who joined before is part of the history"
    places: Wholes = np.flatnonzero(market.population.started == day)
    return places


def _count(market: Market) -> int:
    """As many a day as joined on a day of the history."""
    recipe = market.recipe
    span = recipe.history_day - recipe.first_day
    share = (1 - OLD_SHARE) * recipe.rehearsed_days / span
    return int(np.rint(len(market.population) * share))


def _joined(market: Market, *, count: int) -> Population:
    """Everybody; the newcomers in the order of their first days."""
    recipe, known = market.recipe, len(market.population)
    everybody = populate(recipe, market.catalogue, count=known + count)
    drawn = recipe.chance.uniform("joins", everybody.who[known:]) * recipe.rehearsed_days
    first_days = recipe.history_day + 1 + np.sort(np.floor(drawn).astype(np.int64))
    started = np.concatenate([market.population.started, first_days])
    return replace(everybody, started=started)
