"""The plan under limits, the reading of an experiment, and learning, at promised sizes."""

from collections.abc import Mapping
from datetime import date, time
from time import process_time

import numpy as np
import pyarrow as pa

from tenure.decide.effects.selection import learn
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import best_plan
from tenure.kernel.clock import instant, monotonic_seconds
from tenure.kernel.periods import day_number
from tenure.prove.experiments.analysis import analyse
from tenure.prove.experiments.plan import Plan
from tenure.strategy.loading import preset
from tenure.world.market.activity import day_events, habits
from tenure.world.market.business import BUSINESSES
from tenure.world.market.recipe import Recipe
from tenure.world.reference.trials import run_trial
from tenure.world.reference.truth import reference_market
from tests.simulation.markets import a_history, stakes_of

TERMS = 1_000_000
ACTIONS = 8
METRICS = 10
PEOPLE, DAYS = 100_000, 365
UNTIL = date(2026, 6, 30)
# Customers of a trial, and how many seeds each size is repeated with.
CURVE = {10_000: 20, 40_000: 20, 160_000: 20}
_FRESH = 50_000


def a_menu() -> Menu:
    """A million terms, eight actions, a budget and two capacities, a fifth of the pairs refused."""
    chance = np.random.default_rng(20260312)
    value = chance.normal(5, 10, (ACTIONS, TERMS))
    value[chance.random((ACTIONS, TERMS)) < 0.2] = -np.inf
    value[0] = 0
    use = np.zeros((3, ACTIONS, TERMS))
    use[0, 1:] = chance.gamma(2, 10, (ACTIONS - 1, TERMS))
    use[1, 1], use[2, 2] = 1, 1
    budget = 0.2 * float(use[0].max(axis=0).sum())
    order = chance.integers(0, 2**63, TERMS).astype(np.uint64)
    return Menu(value, use, np.array([budget, TERMS / 20, TERMS / 20]), order)


def optimiser() -> Mapping[str, object]:
    """The plan, with the gap that it proves; the market is drawn outside the clock."""
    menu = a_menu()
    begun = monotonic_seconds()
    plan = best_plan(menu)
    return {"seconds": monotonic_seconds() - begun, "gap": plan.gap}


def a_table() -> pa.Table:
    """A million units in two arms with ten metrics, each with its own past."""
    chance = np.random.default_rng(1)
    arm = chance.integers(0, 2, TERMS)
    columns = {"unit": np.arange(TERMS), "arm": np.array(["control", "offer"])[arm]}
    for place in range(METRICS):
        past = chance.normal(10, 3, TERMS)
        columns[f"past_{place}"] = past
        columns[f"metric_{place}"] = 0.8 * past + chance.normal(0, 2, TERMS) + 0.01 * arm
    return pa.table(columns)


def experiment() -> Mapping[str, object]:
    """All metrics, each adjusted by the past of all; the table is drawn outside the clock."""
    table = a_table()
    metrics, past = ([f"{kind}_{n}" for n in range(METRICS)] for kind in ("metric", "past"))
    plan = Plan("arm", tuple(metrics), control="control", unit="unit", past=tuple(past))
    begun, busy = monotonic_seconds(), process_time()
    found = analyse(table, plan, file="a table", on=date(2026, 3, 12))
    taken = {"seconds": monotonic_seconds() - begun, "cpu_seconds": process_time() - busy}
    return {**taken, "metrics": len(found.metrics)}


def market() -> Mapping[str, object]:
    """A hundred thousand customers, their terms, and what they did on each of 365 days."""
    # Models can only be imported when Django is ready.
    from tenure.records.strategies.actions import apply_strategy
    from tenure.world.market.catalogue import on_sale
    from tenure.world.market.event_files import active_on
    from tenure.world.market.market import assemble

    strategy = preset("broadband")
    apply_strategy(strategy, by="benchmark", at=instant(UNTIL, time(18), zone="UTC"))
    business = strategy.at(UNTIL).business
    recipe = Recipe(
        business=BUSINESSES["broadband"], customers=PEOPLE, seed=1, until=UNTIL, rehearsed_days=0,
        zone=business.zone, currency=business.currency, country=business.country,
        grace_days=business.grace_days,
    )  # fmt: skip
    begun = monotonic_seconds()
    drawn = assemble(recipe, on_sale())
    kept = habits(drawn)
    last = day_number(UNTIL)
    events = sum(
        len(day_events(drawn, kept, day=day, active=active_on(drawn, day)))
        for day in range(last - DAYS + 1, last + 1)
    )
    return {"seconds": monotonic_seconds() - begun, "events": events}


def learning() -> Mapping[str, object]:
    """What following the gate truly brings per head of fresh customers, by size of the trial."""
    fresh = reference_market(_FRESH, seed=777)
    trial = run_trial(fresh)
    found = {}
    for size, seeds in CURVE.items():
        gains = []
        for seed in range(40, 40 + seeds):
            learned = learn(*a_history(reference_market(size, seed=seed)))
            gains.append(fresh.gain(learned.choose(trial.features, stakes_of(trial))))
        found[f"{size}"] = {"mean": float(np.mean(gains)), "least": min(gains), "seeds": seeds}
    return found
