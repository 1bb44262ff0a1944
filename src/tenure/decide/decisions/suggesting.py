"""The best next action for one customer, whether or not a step is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.conf import settings

from tenure.decide.decisions.evaluation import Evaluated, actions_of, options_of
from tenure.decide.decisions.facing import Desk, of_term, weighed
from tenure.decide.decisions.learning import usable
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.queries import Weighed, Why, tell
from tenure.decide.decisions.rows import alternatives_of, inputs_of
from tenure.decide.decisions.rules import Chosen, Draw, choose
from tenure.decide.decisions.tables import Tables
from tenure.kernel.periods import day_number
from tenure.records.strategies.queries import current
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

# More than any choice for one customer could cost, in minor units.
_PLENTY = 1e15


@dataclass(frozen=True)
class Alone:
    """What is best for one term by itself; budget and capacities of everybody are not asked."""

    desk: Desk
    points: Points
    evaluated: Evaluated
    chosen: Chosen
    learning_id: int | None

    @property
    def p_without(self) -> float | None:
        found = float(self.points.p_renew[0])
        return None if found != found else found

    @property
    def alternatives(self) -> list[dict[str, Any]]:
        return alternatives_of(self.evaluated, self.points, chosen=self.chosen)[0]

    @property
    def inputs(self) -> dict[str, Any]:
        return inputs_of(self.points, self.desk.strategy)[0]


def alone(term_id: int, *, as_of: date, at: datetime) -> Alone | None:
    """Weigh every action for a term, from the tables of the last day computed by then.

    None where the term was not live on that day, or nothing was computed yet.
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
    return Alone(desk, points, evaluated, chosen, learned.learning_id)


def next_best(term_id: int, *, as_of: date, at: datetime) -> Why | None:
    """What would be best for a term; nothing is decided. None where it was not live."""
    found = alone(term_id, as_of=as_of, at=at)
    if found is None:
        return None
    return tell(
        Weighed(
            found.desk.strategy,
            action=found.evaluated.offers[found.chosen.choice[0]].id,
            reason=str(found.chosen.reason[0]),
            p_without=found.p_without,
            currency=found.points.listed("currency")[0],
            alternatives=found.alternatives,
            inputs=found.inputs,
            estimator_id=found.points.listed("estimator_id")[0],
            learning_id=found.learning_id,
        )
    )
