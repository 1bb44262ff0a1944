"""Gather everything that is known of the terms that face a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from tenure.decide.decisions import past
from tenure.decide.decisions.evaluation import (
    ALWAYS,
    Evaluated,
    evaluate,
    looked_at,
    rule_columns,
)
from tenure.decide.decisions.expressions import (
    DecidingStep,
    due_rule,
    near,
    with_contract,
    with_most_used,
    with_past,
    with_rules,
    with_scores,
)
from tenure.decide.decisions.points import Points, computed, in_memory
from tenure.decide.decisions.staying import with_expected_terms
from tenure.decide.decisions.tables import Tables
from tenure.decide.effects.lessons import Lesson
from tenure.decide.guardrails.expressions import with_cap_room, with_discounts, with_troubles
from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.records.stores.queries import of_stores
from tenure.strategy.sections import Strategy
from tenure.understand.entitlements.reading import USED_DAYS, uses
from tenure.understand.features.registry import FEATURES, KEYS
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.engines import Engine, Frame


# What is read of every term that these accounts ever had.
CONTRACT: Final = (
    "term_id", "account_id", "starts_day", "price_minor", "list_price_minor",
    "cost_minor_per_month", "currency", "state", "extended_days", "node_id",
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Where one day's choices are made: the tables, the engine, the rules and the moment.

    `lesson` is what was learned of the actions; without one, what the operator states stands.
    """

    tables: Tables
    engine: Engine
    strategy: Strategy
    as_of: date
    at: datetime
    lesson: Lesson | None = None

    @property
    def day(self) -> int:
        """The last day counted, in days since 1970."""
        return day_number(self.as_of)


def due(desk: Desk, steps: Sequence[DecidingStep]) -> pa.Table | None:
    """The terms and steps that are due on the day and not decided yet; None: nobody.

    One row each, with features, scores, `rule_columns`, and `place`, where the step stands in
    `steps`.
    """
    import pyarrow as pa

    if not steps:
        return None
    close = _flagged(desk, near(_features(desk), steps), steps=steps)
    open_now = [
        _at_place(close.filter(close[_due(place)].cast("bool")), place)
        for place in range(len(steps))
    ]
    rows = pa.concat_tables(open_now).sort_by([("term_id", "ascending"), ("place", "ascending")])
    waiting = _undecided(_ours(rows), steps)
    return waiting if waiting.num_rows else None


def of_term(desk: Desk, term_id: int) -> pa.Table | None:
    """One live term as if a step were due for it; None where it is not live on the day."""
    return of_terms(desk, (term_id,))


def of_terms(desk: Desk, term_ids: Sequence[int]) -> pa.Table | None:
    """Some live terms as if a step were due for them; None where none is live on the day."""
    import pyarrow as pa

    wanted = desk.engine.frame(pa.table({"term_id": pa.array(term_ids, pa.int64())}))
    features = _features(desk).join(wanted, on="term_id", how="semi")
    mine = _ours(_flagged(desk, features, steps=()).sort_by("term_id"))
    return _at_place(mine, 0) if mine.num_rows else None


def _features(desk: Desk) -> Frame:
    """The features that somebody asks for: keys, what is always logged, what a rule looks at."""
    asked = {*KEYS, *ALWAYS, *looked_at(desk.strategy), "term_number"}
    return desk.tables.features.select(*(one for one in FEATURES.column_names if one in asked))


def _flagged(desk: Desk, features: Frame, *, steps: Sequence[DecidingStep]) -> pa.Table:
    """The terms with scores, and a flag for each rule of the strategy and each step."""
    scored = with_scores(features, risks=desk.tables.risks, health=desk.tables.health)
    due_at = {_due(place): due_rule(one) for place, one in enumerate(steps)}
    return with_rules(desk.engine.collect(scored), rule_columns(desk.strategy) | due_at)


def _due(place: int) -> str:
    return f"due__{place}"


def _at_place(rows: pa.Table, place: int) -> pa.Table:
    return rows.append_column("place", [np.full(rows.num_rows, place)])


def _ours(rows: pa.Table) -> pa.Table:
    """Without what an app store sold: the store renews it, and no offer of ours would count."""
    terms = rows["term_id"].to_pylist()
    sold = of_stores(terms) if terms else frozenset()
    return rows.filter(np.array([one not in sold for one in terms], dtype=bool)) if sold else rows


def _undecided(rows: pa.Table, steps: Sequence[DecidingStep]) -> pa.Table:
    terms = rows["term_id"].to_pylist()
    places = rows["place"].to_pylist()
    known = past.decided_before(terms)
    keys = [
        (term, steps[place].journey.id, steps[place].step.id)
        for term, place in zip(terms, places, strict=True)
    ]
    return rows.filter(np.array([key not in known for key in keys], dtype=bool))


def weighed(desk: Desk, waiting: pa.Table) -> tuple[Points, Evaluated]:
    """Everything known of those who wait, and every action weighed for them."""
    earlier = past.past_of(waiting["account_id"].to_pylist(), as_of=desk.as_of)
    numbered = waiting.append_column("row", [np.arange(len(waiting))])
    guarded = _guarded(desk, numbered)
    used = with_most_used(guarded, uses=_uses(desk, waiting))
    known = with_past(used, in_memory(earlier)).sort("row")
    points = Points(_recorded(computed(known), on=desk.as_of))
    points = with_expected_terms(points, desk.strategy, as_of=desk.as_of)
    return points, evaluate(points, strategy=desk.strategy, past=earlier, lesson=desk.lesson)


def _guarded(desk: Desk, waiting: pa.Table) -> Frame:
    """Add contract, troubles, caps and discounts, from the rows of these accounts alone."""
    tables, accounts = desk.tables, waiting.select(["account_id"])

    def of_them(frame: Frame) -> Frame:
        mine = desk.engine.frame(accounts).unique("account_id")
        return in_memory(desk.engine.collect(frame.join(mine, on="account_id", how="semi")))

    terms = of_them(tables.terms.select(*CONTRACT))
    sold = with_contract(in_memory(waiting), terms=terms)
    known = with_troubles(
        sold,
        tickets=of_them(tables.tickets),
        incidents=in_memory(desk.engine.collect(tables.incidents)),
        at_us=to_us(desk.at),
    )
    caps = desk.strategy.contact.caps
    capped = with_cap_room(known, contacts=of_them(tables.contacts), caps=caps, day=desk.day)
    return with_discounts(capped, terms=terms, day=desk.day)


def _uses(desk: Desk, waiting: pa.Table) -> Frame:
    """How often these accounts used each module, read only where some offer asks for it."""
    import pyarrow as pa

    offers = desk.strategy.offers.values()
    if not any(one.handed is not None and one.handed.module for one in offers):
        empty = {"account_id": pa.array([], pa.int64()), "code": pa.array([], pa.string())}
        return in_memory(pa.table({**empty, "uses": pa.array([], pa.int64())}))
    events = current_store().read(
        EVENTS, engine=desk.engine, from_day=desk.day - USED_DAYS + 1, to_day=desk.day
    )
    mine = desk.engine.frame(waiting.select(["account_id"])).unique("account_id")
    counted = uses(events, day=desk.day).join(mine, on="account_id", how="semi")
    return in_memory(desk.engine.collect(counted.select("account_id", "code", "uses")))


def _recorded(rows: pa.Table, *, on: date) -> pa.Table:
    """Add what the records have now: who is held out and wants no personalised choice, what was
    given beside the plans, and which offers are withdrawn.
    """
    import pyarrow as pa

    out = past.held_out(rows["term_id"].to_pylist())
    accounts = rows["account_id"].to_pylist()
    plain = past.not_personalised(accounts)
    held = [int(term in out) for term in rows["term_id"].to_pylist()]
    wants = [int(account not in plain) for account in accounts]
    rights = past.rights_held(accounts, on=on)
    has_now = pa.array([rights.get(one, "") for one in accounts], pa.string())
    gone = pa.array([past.withdrawn_offers()] * len(accounts), pa.string())
    return (
        rows.append_column("held_out", [np.array(held, dtype=np.int64)])
        .append_column("is_personalised", [np.array(wants, dtype=np.int64)])
        .append_column("has_now", has_now)
        .append_column("withdrawn", gone)
    )
