"""What a set of scores would have said some weeks before past ends, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any, Final, cast

import narwhals.stable.v2 as nw
import numpy as np

from tenure.kernel.periods import date_of
from tenure.strategy.health import ScoreSet
from tenure.understand.churn.history import MOST_CASES, Past
from tenure.understand.features.moments import WINDOW_DAYS
from tenure.understand.features.registry import FEATURES
from tenure.understand.features.sources import core_features, features_of_day
from tenure.understand.health.expressions import part
from tenure.understand.health.learning import Scored
from tenure.warehouse.engines import Frame
from tenure.warehouse.rules import compiled
from tenure.warehouse.tables.events import EVENTS

# A term is read once: on the look that is 8 to 37 days before its end.
LEAD_DAYS: Final = 7
EVERY_DAYS: Final = 30
MOST_LOOKS: Final = 12
# Days that were never filled cost a computation of their features each.
MOST_COMPUTED: Final = 8


def past_scores(past: Past, sets: tuple[ScoreSet, ...]) -> dict[str, Scored]:
    """Each set on the terms that it would have scored and that are decided by now."""
    decided = past.desk.engine.collect(past.outcomes())
    days = looks(past, decided) if decided.num_rows else []
    every = max(1, ceil(decided.num_rows / MOST_CASES))
    some = nw.col("account_id") % every == 0
    part = replace(past, desk=past.desk.keeping(some)) if days else past
    rows = [_on_day(part, day, sets=sets, decided=decided, some=some) for day in days]
    return {one.id: _gathered(one, place, rows) for place, one in enumerate(sets)}


def looks(past: Past, decided: Any) -> list[int]:
    """The days to read, oldest first: filled ones, and the newest of those that were not."""
    import pyarrow.compute as pc

    first_end = pc.min(decided["ends_day"]).as_py()
    store = past.desk.store
    events = store.days(EVENTS, to_day=past.now.day)
    first = max(first_end - EVERY_DAYS - LEAD_DAYS, events[0] + WINDOW_DAYS if events else 0)
    last = past.now.day - past.strategy.business.grace_days - LEAD_DAYS - EVERY_DAYS
    days = list(range(last, first - 1, -EVERY_DAYS))[:MOST_LOOKS]
    filled = set(store.days(FEATURES, from_day=first, to_day=max(first, last)))
    computed = [day for day in days if day not in filled][:MOST_COMPUTED]
    return sorted(day for day in days if day in filled or day in computed)


def _on_day(
    past: Past, day: int, *, sets: tuple[ScoreSet, ...], decided: Any, some: nw.Expr
) -> dict[str, Any]:
    """Parts, place of the set, end and outcome of each term that ends soon after a day."""
    engine = past.desk.engine
    known = engine.frame(decided).filter(
        nw.col("ends_day").is_between(day + LEAD_DAYS + 1, day + LEAD_DAYS + EVERY_DAYS)
    )
    features = _features(past, day).filter(some)
    placed = nw.lit(len(sets) - 1)
    for place in reversed(range(len(sets) - 1)):
        holds = compiled(sets[place].applies, row="term_id")
        placed = nw.when(holds).then(nw.lit(place)).otherwise(placed)
    parts = {f"part_{one.id}": part(one) for each in sets for one in each.components}
    told = features.select("term_id", place=placed, **parts)
    joined = told.join(known.select("term_id", "ends_day", "lapsed"), on="term_id", how="inner")
    # An engine may return rows in any order; a study must not depend on it.
    table = engine.collect(joined.sort("term_id"))
    return {name: table[name].to_numpy() for name in table.column_names}


def _features(past: Past, day: int) -> Frame:
    desk = past.desk
    if desk.store.days(FEATURES, from_day=day, to_day=day):
        return desk.store.read(FEATURES, engine=desk.engine, from_day=day, to_day=day)
    near = nw.col("ends_day").is_between(day + LEAD_DAYS + 1, day + LEAD_DAYS + EVERY_DAYS)
    core = core_features(past.strategy.catalog)
    return features_of_day(desk, past.on(date_of(day)), core=core, only=near)


def _gathered(one: ScoreSet, place: int, rows: list[dict[str, Any]]) -> Scored:
    names = [f"part_{each.id}" for each in one.components]
    mine = [row["place"] == place for row in rows]

    def column(name: str) -> Any:
        found = [row[name][chosen] for row, chosen in zip(rows, mine, strict=True)]
        return np.concatenate([np.zeros(0), *found]).astype(np.float64)

    parts = np.column_stack([column(name) for name in names])
    ends = cast("Any", column("ends_day")).astype(np.int64)
    return Scored(parts, 1 - column("lapsed"), ends, looks=len(rows))
