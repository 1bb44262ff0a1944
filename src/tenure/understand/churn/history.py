"""Reads past decisions: what could be known on past days, and what became of the terms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Final, cast

import narwhals.stable.v2 as nw
import numpy as np

from tenure.kernel.periods import date_of
from tenure.strategy.sections import Strategy
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import Matrix
from tenure.understand.churn.expressions import (
    closed_or_live,
    decided_by_now,
    lapse_rates,
    outcomes,
)
from tenure.understand.churn.rules import EVERY_DAYS, Seen, Wholes, decision_days, enough, sold_as
from tenure.understand.features.moments import WINDOW_DAYS, Moment, moment
from tenure.understand.features.registry import LEARNED
from tenure.understand.features.sources import Desk, core_features, features_of_day
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import TERMS

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.engines import Frame

# More past decisions than this cost time and teach nothing: accounts are then sampled by number.
MOST_CASES: Final = 50_000


@dataclass(frozen=True)
class History:
    """Past decisions with their outcomes; one row per live term and decision day.

    `ending` says how each term ended: 0 renewed, else a place in `endings.ENDINGS`.
    """

    cases: Cases
    term_id: Wholes
    ends_day: Wholes
    decided_day: Wholes
    ending: Wholes = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def terms(self) -> int:
        """How many different terms there are."""
        return len(np.unique(self.term_id))


@dataclass(frozen=True)
class Past:
    """What a look into the past needs: where to read, the rules, and the moment of looking."""

    desk: Desk
    strategy: Strategy
    as_of: date
    at: datetime

    @property
    def now(self) -> Moment:
        return self.on(self.as_of)

    def on(self, day: date) -> Moment:
        """A past day with all that reached us since: history is imported after it happened."""
        return moment(day, at=self.at, zone=self.strategy.business.zone)

    @property
    def most_lead(self) -> int:
        return max(self.strategy.churn.lead_days)

    def outcomes(self) -> Frame:
        grace = self.strategy.business.grace_days
        return outcomes(self.desk.facts(TERMS), moment=self.now, grace_days=grace)


def past_decisions(past: Past) -> History:
    """The features of each past decision day, for the terms whose outcome is known by now.

    Raises:
        TooFewOutcomes: before any feature is computed, where no number of looks would be enough.
    """
    desk = past.desk
    known = desk.engine.collect(past.outcomes())
    lapsed = cast("Any", known["lapsed"].to_numpy()).astype(np.float64)
    enough(lapsed, terms=known.num_rows, least_terms=past.strategy.churn.least_terms)
    decided = desk.engine.frame(known)
    days = _days(past, decided)
    every = max(1, ceil(_count(past, days, decided) / MOST_CASES))
    sampled = nw.col("account_id") % every == 0
    part = replace(past, desk=desk.keeping(sampled))
    core = core_features(past.strategy.catalog)
    return _joined([_on_day(part, day, decided=decided, core=core) for day in days])


def _days(past: Past, decided: Frame) -> list[int]:
    """Decision days: from when features are complete to the last with a known outcome."""
    events = past.desk.store.days(EVENTS, to_day=past.now.day)
    ends = past.desk.engine.collect(decided.select(nw.col("ends_day").min())).to_pylist()
    first_end = ends[0]["ends_day"] if ends else None
    if first_end is None:
        return []
    first = events[0] + WINDOW_DAYS if events else first_end - past.most_lead
    last = past.now.day - past.strategy.business.grace_days - 1
    return decision_days(max(first, first_end - past.most_lead), last)


def _count(past: Past, days: Collection[int], decided: Frame) -> int:
    """About how many cases there will be: terms that end while somebody could decide on them."""
    if not days:
        return 0
    lasted = nw.col("ends_day") - nw.col("starts_day")
    open_days = nw.when(lasted < past.most_lead).then(lasted).otherwise(nw.lit(past.most_lead))
    inside = decided.filter(nw.col("ends_day") > min(days)).select(open_days=open_days.sum())
    total = past.desk.engine.collect(inside).to_pylist()[0]["open_days"]
    return ceil((total or 0) / EVERY_DAYS)


def _on_day(past: Past, day: int, *, decided: Frame, core: Collection[str]) -> pa.Table:
    """Features of one past day with the outcome beside them."""
    near = nw.col("ends_day").is_between(day + 1, day + past.most_lead)
    frame = features_of_day(past.desk, past.on(date_of(day)), core=core, only=near)
    known = frame.join(decided.drop("starts_day"), on="term_id", how="inner")
    return past.desk.engine.collect(
        known.select("term_id", "ends_day", "lapsed", "ending", *LEARNED, decided_day=nw.lit(day))
    )


def _joined(parts: list[pa.Table]) -> History:
    import pyarrow as pa

    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        empty = np.zeros((0, len(LEARNED)), dtype=np.float32)
        return History(Cases(LEARNED, empty, np.zeros(0)), nothing, nothing, nothing)
    table = pa.concat_tables(parts)
    columns = [cast("Any", table[name].to_numpy()) for name in ("term_id", "ends_day")]
    # Rows arrive in the engine's order, which may change from run to run: the seed needs one.
    order = np.lexsort((columns[0], table["decided_day"].to_numpy()))
    outcome = table["lapsed"].to_numpy().astype(np.float64)
    return History(
        cases=Cases(LEARNED, matrix(table)[order], outcome[order]),
        term_id=columns[0][order],
        ends_day=columns[1][order].astype(np.int64),
        decided_day=table["decided_day"].to_numpy()[order].astype(np.int64),
        ending=table["ending"].to_numpy()[order].astype(np.int64),
    )


def matrix(table: pa.Table, names: Collection[str] = LEARNED) -> Matrix:
    """Columns as float32, NaN where a value is not known."""
    rows = np.empty((table.num_rows, len(names)), dtype=np.float32)
    for place, name in enumerate(names):
        rows[:, place] = table[name].to_numpy().astype(np.float32)
    return rows


def seen_by_plan(past: Past) -> dict[str, Seen]:
    """Plan and cycle → how many terms were decided and lapsed.

    Where nobody ever renewed anything there was no end to be seen: then who was closed, of all.
    """
    terms = past.desk.facts(TERMS)
    seen = _rates(past, decided_by_now(terms, moment=past.now))
    if all(one.due == one.lapsed for one in seen.values()):
        seen = _rates(past, closed_or_live(terms, moment=past.now))
    return seen


def _rates(past: Past, decided: Frame) -> dict[str, Seen]:
    rows = past.desk.engine.collect(lapse_rates(decided, past.desk.facts(TERMS))).to_pylist()
    return {
        sold_as(row["plan_code"], row["cycle_months"]): Seen(row["due"], row["lapsed"])
        for row in rows
    }
