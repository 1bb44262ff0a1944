"""A market is the same for the same seed, and looks like a business."""

import hashlib

import numpy as np
import pytest

from tenure.kernel.periods import date_of, nth_due
from tenure.world.market.activity import NAMES, SPEED_TEST, day_events, habits
from tenure.world.market.chains import Ending
from tenure.world.market.event_files import active_on
from tenure.world.market.market import Market, assemble
from tests.world.markets import a_catalogue, a_market, a_recipe


@pytest.fixture(scope="module")
def market() -> Market:
    return a_market(customers=6_000)


def digest(market: Market) -> str:
    """One hash over everything that was drawn, the events of a day too."""
    found = hashlib.sha256()
    for name in market.terms.__slots__:
        found.update(getattr(market.terms, name).tobytes())
    for name in market.tickets.__slots__:
        found.update(getattr(market.tickets, name).tobytes())
    day = market.recipe.history_day
    events = day_events(market, habits(market), day=day, active=active_on(market, day))
    for name in events.__slots__:
        found.update(getattr(events, name).tobytes())
    return found.hexdigest()


def test_same_seed_is_the_same_market() -> None:
    assert digest(a_market()) == digest(a_market())


def test_another_seed_is_another_market() -> None:
    assert digest(a_market(seed=7)) != digest(a_market(seed=8))


def test_small_market_is_the_beginning_of_a_big_one() -> None:
    small, big = a_market(customers=300), a_market(customers=1_000)
    count = len(small.population)

    assert small.population.started.tolist() == big.population.started[:count].tolist()
    assert small.terms.ends.tolist() == big.terms.ends[big.terms.who < count].tolist()


def test_exactly_so_many_are_customers_on_the_last_day(market: Market) -> None:
    over = np.isin(market.terms.ending, (Ending.LAPSED, Ending.CANCELLED))

    assert len(market.population) - len(np.unique(market.terms.who[over])) == 6_000


def test_terms_are_counted_from_the_anchor(market: Market) -> None:
    """R-Y-060: the k-th due date is counted from the first day, never from the one before."""
    terms, population = market.terms, market.population

    for row in range(0, len(terms), 97):
        who = terms.who[row]
        months = int(population.cycle_months[who])
        anchor = date_of(int(population.started[who]))
        due = nth_due(anchor, months_per_cycle=months, k=int(terms.number[row]))
        assert date_of(int(terms.ends[row])) == due


def test_chains_have_neither_gaps_nor_overlaps(market: Market) -> None:
    terms = market.terms
    order = np.lexsort((terms.number, terms.who))
    who, number = terms.who[order], terms.number[order]
    same = who[1:] == who[:-1]

    assert (number[1:][same] == number[:-1][same] + 1).all()
    assert (terms.starts[order][1:][same] == terms.ends[order][:-1][same]).all()
    assert (terms.ending[order][:-1][same] == Ending.RENEWED).all()


def test_nothing_is_dated_after_the_history(market: Market) -> None:
    last = market.recipe.history_day

    for name in ("renewed", "closed", "cancel_asked", "sold"):
        assert getattr(market.terms, name).max() <= last, name


def test_yearly_terms_renew_at_a_plausible_rate(market: Market) -> None:
    terms = market.terms
    yearly = market.population.cycle_months[terms.who] == 12
    decided = np.isin(terms.ending, (Ending.RENEWED, Ending.LAPSED, Ending.CANCELLED))

    rate = (terms.ending[yearly & decided] == Ending.RENEWED).mean()
    assert 0.80 <= rate <= 0.88


def test_what_is_seen_before_the_end_tells_who_leaves(market: Market) -> None:
    """Falling use and slow evenings come before lapses, or nothing could be learned."""
    terms, setting = market.terms, market.setting
    decided = terms.of(np.isin(terms.ending, (Ending.RENEWED, Ending.LAPSED, Ending.CANCELLED)))
    stayed = decided.ending == Ending.RENEWED
    decline = setting.circumstances.decline(decided.ends, who=decided.who)
    slow = setting.circumstances.slowness(decided.ends, who=decided.who)

    assert decline[~stayed].mean() > 2 * decline[stayed].mean()
    assert slow[~stayed].mean() > 1.5 * slow[stayed].mean()


def test_a_day_has_the_promised_number_of_events(market: Market) -> None:
    kept, day = habits(market), market.recipe.history_day - 3
    active = active_on(market, day)

    events = day_events(market, kept, day=day, active=active)

    assert 0.25 <= len(events) / active.sum() <= 0.37
    assert (events.second // 86_400 == day).all()
    assert active[events.who].all()


def test_whoever_has_slow_evenings_measures_them(market: Market) -> None:
    kept, day = habits(market), market.recipe.history_day - 3
    events = day_events(market, kept, day=day, active=active_on(market, day))
    tests = events.of(events.name == SPEED_TEST)
    slow = market.setting.circumstances.slowness(day)

    assert tests.amount[slow[tests.who] > 0.4].mean() < 0.6
    assert tests.amount[slow[tests.who] < 0.1].mean() > 0.85


def test_fault_is_open_on_the_last_day(market: Market) -> None:
    """The one of the reference design: the seventh node of the first region."""
    open_faults = market.faults.node[market.faults.ended == -1]

    assert open_faults.tolist() == [6]


@pytest.mark.parametrize("business", ["broadband", "saas", "membership"])
def test_each_business_can_be_built(business: str) -> None:
    market = assemble(a_recipe(business=business, customers=400), a_catalogue())
    events = day_events(
        market,
        habits(market),
        day=market.recipe.history_day,
        active=active_on(market, market.recipe.history_day),
    )

    names = {NAMES[name] for name in events.name.tolist()}
    assert {"Login", "Feature Used", "Usage Recorded"} <= names
    assert ("Speed Test" in names) == (business == "broadband")
    assert ("Integration Used" in names) == (business == "saas")
