"""Who joins on lived days: like those of the history, and unknown to it."""

import numpy as np

from tenure.world.market.activity import day_events, habits
from tenure.world.market.chains import first_terms
from tenure.world.market.event_files import active_on
from tenure.world.market.market import Market, assemble
from tenure.world.market.newcomers import joining_on, with_newcomers
from tests.world.markets import a_catalogue, a_market, a_recipe


def test_as_many_join_on_a_lived_day_as_on_one_of_the_history() -> None:
    market = a_market(customers=3_000)
    recipe = market.recipe

    grown = with_newcomers(market)

    inside = np.count_nonzero(market.population.started >= recipe.first_day)
    usual = inside / (recipe.history_day - recipe.first_day)
    by_day = [
        len(joining_on(grown, day)) for day in range(recipe.history_day + 1, recipe.last_day + 1)
    ]
    assert sum(by_day) == len(grown.population) - len(market.population)
    assert abs(sum(by_day) / usual - recipe.rehearsed_days) < 3


def test_the_history_knows_nothing_of_them() -> None:
    market = a_market(customers=500)

    grown = with_newcomers(market)

    known = len(market.population)
    assert grown.terms is market.terms
    assert (grown.population.started[known:] > market.recipe.history_day).all()
    for name in (
        "who",
        "started",
        "version",
        "cycle_months",
        "auto_renews",
        "born_year",
        "fee_ratio",
    ):
        before, after = getattr(market.population, name), getattr(grown.population, name)
        assert (before == after[:known]).all(), name
    old = grown.tickets.of(grown.tickets.who < known)
    assert (old.opened == market.tickets.opened).all()


def test_they_come_in_order_with_a_first_term_that_begins_on_their_day() -> None:
    grown = with_newcomers(a_market(customers=2_000))
    known = len(grown.ended) - _joined(grown)
    who = grown.population.who[known:]

    terms = first_terms(grown.setting, who)

    assert (np.diff(grown.population.started[who]) >= 0).all()
    assert (terms.starts == grown.population.started[who]).all()
    assert (terms.number == 1).all()
    assert ((terms.ends > terms.starts) & (terms.price_minor > 0)).all()


def test_they_use_the_product_from_their_first_day() -> None:
    grown = with_newcomers(a_market(customers=3_000))
    known, day = len(grown.ended) - _joined(grown), grown.recipe.last_day

    events = day_events(grown, habits(grown), day=day, active=active_on(grown, day))

    assert np.count_nonzero(events.who >= known) > 0
    before = day_events(grown, habits(grown), day=day - 29, active=active_on(grown, day - 29))
    assert set(before.who[before.who >= known]) <= set(joining_on(grown, day - 29))


def test_nobody_joins_a_business_that_is_not_lived() -> None:
    market = assemble(a_recipe(customers=300, rehearsed_days=0), a_catalogue())

    assert with_newcomers(market) is market


def _joined(market: Market) -> int:
    return int((market.population.started > market.recipe.history_day).sum())
