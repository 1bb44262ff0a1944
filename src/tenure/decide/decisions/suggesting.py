"""The best next action for one customer, whether or not a step is due."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
from django.conf import settings

from tenure.decide.decisions.evaluation import actions_of, options_of
from tenure.decide.decisions.facing import Desk, of_term, weighed
from tenure.decide.decisions.learning import usable
from tenure.decide.decisions.queries import Weighed, Why, tell
from tenure.decide.decisions.rows import alternatives_of, inputs_of
from tenure.decide.decisions.rules import Draw, choose
from tenure.decide.decisions.tables import Tables
from tenure.kernel.periods import day_number
from tenure.records.strategies.queries import current
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

# More than any choice for one customer could cost, in minor units.
_PLENTY = 1e15


def next_best(term_id: int, *, as_of: date, at: datetime) -> Why | None:
    """What would be best for a term, from the tables of the last day computed by then.

    Nothing is decided: budget and capacities, which belong to everybody together, are not asked.
    None where the term was not live on that day.
    """
    store = current_store()
    day = store.latest_day(FEATURES, on_or_before=day_number(as_of))
    if day is None:
        return None
    strategy = current().at(as_of)
    with open_engine(settings.TENURE_ENGINE) as engine:
        tables = Tables.of_day(day, store=store, engine=engine)
        learned = usable(as_of=as_of)
        desk = Desk(tables, engine, strategy, as_of=as_of, at=at, lesson=learned.lesson)
        mine = of_term(desk, term_id)
        if mine is None:
            return None
        points, evaluated = weighed(desk, mine)
    nobody = np.zeros(1, dtype=bool)
    chosen = choose(
        options_of(evaluated),
        actions_of(evaluated.offers, capacity=np.full(len(evaluated.offers), np.inf)),
        draw=Draw(0.0, nobody, ticket=np.zeros(1, np.uint64), order=np.zeros(1, np.uint64)),
        budget=_PLENTY,
        codes=[line.code for line in evaluated.lines],
    )
    p_without = float(points.p_renew[0])
    return tell(
        Weighed(
            strategy,
            action=evaluated.offers[chosen.choice[0]].id,
            reason=str(chosen.reason[0]),
            p_without=None if p_without != p_without else p_without,
            currency=points.listed("currency")[0],
            alternatives=alternatives_of(evaluated, points, chosen=chosen)[0],
            inputs=inputs_of(points, strategy)[0],
            estimator_id=points.listed("estimator_id")[0],
            learning_id=learned.learning_id,
        )
    )
