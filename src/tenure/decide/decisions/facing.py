"""Gather everything that is known of the terms that face a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from tenure.decide.decisions import past
from tenure.decide.decisions.evaluation import Evaluated, evaluate, rule_columns
from tenure.decide.decisions.expressions import (
    DecidingStep,
    at_steps,
    near,
    with_contract,
    with_past,
    with_rules,
    with_scores,
)
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.tables import Tables
from tenure.decide.guardrails.expressions import with_cap_room, with_discounts, with_troubles
from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.strategy.sections import Strategy

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.engines import Engine, Frame


@dataclass(frozen=True)
class Desk:
    """Where one day's choices are made: the tables, the engine, the rules and the moment."""

    tables: Tables
    engine: Engine
    strategy: Strategy
    as_of: date
    at: datetime

    @property
    def day(self) -> int:
        """The last day counted, in days since 1970."""
        return day_number(self.as_of)


def due(desk: Desk, steps: Sequence[DecidingStep]) -> Frame | None:
    """The terms and steps that are due on the day and not decided yet; None: nobody.

    One row each, with features and scores and `place`, where the step stands in `steps`.
    """
    if not steps:
        return None
    close = desk.engine.collect(near(desk.tables.features, steps))
    if not close.num_rows:
        return None
    scored = _scored(desk, close)
    open_now = desk.engine.collect(at_steps(scored, steps).sort("term_id", "place"))
    waiting = _undecided(open_now, steps)
    return desk.engine.frame(waiting) if waiting.num_rows else None


def _scored(desk: Desk, close: pa.Table) -> Frame:
    return with_scores(desk.engine.frame(close), risks=desk.tables.risks, health=desk.tables.health)


def _undecided(rows: pa.Table, steps: Sequence[DecidingStep]) -> pa.Table:
    terms = rows["term_id"].to_pylist()
    places = rows["place"].to_pylist()
    known = past.decided_before(terms)
    keys = [
        (term, steps[place].journey.id, steps[place].step.id)
        for term, place in zip(terms, places, strict=True)
    ]
    return rows.filter(np.array([key not in known for key in keys], dtype=bool))


def of_term(desk: Desk, term_id: int) -> Frame | None:
    """One live term as if a step were due for it; None where it is not live on the day."""
    import narwhals.stable.v2 as nw

    mine = desk.engine.collect(desk.tables.features.filter(nw.col("term_id") == term_id))
    if not mine.num_rows:
        return None
    return _scored(desk, mine).with_columns(place=nw.lit(0).cast(nw.Int64))


def weighed(desk: Desk, waiting: Frame) -> tuple[Points, Evaluated]:
    """Everything known of those who wait, and every action weighed for them."""
    strategy, tables = desk.strategy, desk.tables
    sold = with_contract(waiting, terms=tables.terms)
    known = with_troubles(
        sold, tickets=tables.tickets, incidents=tables.incidents, at_us=to_us(desk.at)
    )
    capped = with_cap_room(
        known, contacts=tables.contacts, caps=strategy.contact.caps, day=desk.day
    )
    counted = with_discounts(capped, terms=tables.terms, day=desk.day)
    flagged = desk.engine.collect(with_rules(counted, rule_columns(strategy)))
    recorded = _recorded(flagged)
    earlier = past.past_of(recorded["account_id"].to_pylist(), as_of=desk.as_of, engine=desk.engine)
    complete = with_past(desk.engine.frame(recorded), earlier).sort("term_id", "place")
    points = Points(desk.engine.collect(complete))
    return points, evaluate(points, strategy=strategy, past=earlier, engine=desk.engine)


def _recorded(rows: pa.Table) -> pa.Table:
    """Add who is held out and who wants no personalised choice, as the records have it now."""
    import pyarrow as pa

    out = past.held_out(rows["term_id"].to_pylist())
    plain = past.not_personalised(rows["account_id"].to_pylist())
    held = [int(term in out) for term in rows["term_id"].to_pylist()]
    wants = [int(account not in plain) for account in rows["account_id"].to_pylist()]
    return rows.append_column("held_out", pa.array(held, pa.int64())).append_column(
        "is_personalised", pa.array(wants, pa.int64())
    )
