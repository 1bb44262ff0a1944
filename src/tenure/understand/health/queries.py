"""One customer's health: today, its parts, and how it came about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import date_of, day_number
from tenure.records.strategies.queries import by_hash
from tenure.strategy.health import Basis, ScoreSet
from tenure.understand.health.moving import Move, moves
from tenure.understand.health.studying import newest
from tenure.understand.readings import Reading, history_of_account, last_fill, of_account
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import HEALTH

HISTORY_DAYS = 180
_LEAST_RAW = 0.5  # points; a smaller change cannot be stretched


@dataclass(frozen=True, slots=True)
class Part:
    """One component, 0 to 100; None where nothing is known."""

    id: str
    name: Sentence
    weight: int
    score: float | None


@dataclass(frozen=True, slots=True)
class HealthReading:
    """The health of one live term on a day."""

    on: date
    subscription_id: int
    term_id: int
    score: float | None
    threshold: float
    below_since: date | None
    parts: tuple[Part, ...]
    by: ScoreSet

    @property
    def name(self) -> Sentence:
        """The set that the term is scored by."""
        return self.by.name

    @property
    def coverage(self) -> float:
        """Share of the weight that rests on something known, 0 to 1."""
        known = sum(part.weight for part in self.parts if part.score is not None)
        return known / sum(part.weight for part in self.parts)


def scores_of_terms(term_ids: Collection[int], *, on: date) -> Mapping[int, float]:
    """Term → health score on a day, 0 to 100, for those of which something is known: one query."""
    import narwhals.stable.v2 as nw

    if not term_ids:
        return {}
    day = day_number(on)
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        health = current_store().read(HEALTH, engine=engine, from_day=day, to_day=day)
        mine = health.filter(nw.col("term_id").is_in(sorted(term_ids)))
        rows = engine.collect(mine.select("term_id", "score")).to_pylist()
    return {row["term_id"]: row["score"] for row in rows if row["score"] is not None}


def health_of(account_id: int, *, as_of: date) -> list[HealthReading]:
    """The health of each live term of an account on the last filled day."""
    reading = of_account(HEALTH, account_id=account_id, as_of=as_of)
    return [] if reading is None else told(reading)


def told(reading: Reading) -> list[HealthReading]:
    """What was read of one account, with its parts named by the strategy of that day."""
    health = by_hash(reading.version).at(reading.on).health
    found = []
    for row in sorted(reading.rows, key=lambda row: int(row["term_id"])):
        scores, since = parts_of(row), row["below_since_day"]
        by = health.set_of(scores)
        found.append(
            HealthReading(
                on=reading.on,
                subscription_id=row["subscription_id"],
                term_id=row["term_id"],
                score=row["score"],
                threshold=health.threshold,
                below_since=None if since is None else date_of(since),
                parts=tuple(
                    Part(one.id, one.name, one.weight, scores.get(one.id)) for one in by.components
                ),
                by=by,
            )
        )
    return found


def moved(mine: HealthReading, earlier: Mapping[str, Any]) -> tuple[Move, ...]:
    """What moved a score since an earlier row of its subscription; adds up to what is shown.

    A learned score is a chance: what its parts did to the weighted mean is stretched to it.
    """
    now = {part.id: part.score for part in mine.parts}
    made = newest(mine.by, as_of=mine.on) if mine.by.basis is Basis.LEARNED else None
    is_learned = made is not None and bool(made.weights)
    weights = [made.weights[part.id] for part in mine.parts] if made and is_learned else None
    found = moves(mine.by, before=parts_of(earlier), now=now, weights=weights)
    raw = sum(one.points for one in found)
    if not is_learned or mine.score is None or earlier["score"] is None or abs(raw) < _LEAST_RAW:
        return found
    times = (mine.score - earlier["score"]) / raw
    return tuple(replace(one, points=one.points * times) for one in found)


def parts_of(row: Mapping[str, Any]) -> dict[str, float | None]:
    """Component → score, as a row of the table holds it."""
    parts: dict[str, float | None] = json.loads(row["parts"])
    return parts


@dataclass(frozen=True, slots=True)
class PastScore:
    """One subscription's score on one past day, with its parts by component."""

    on: date
    subscription_id: int
    score: float | None
    parts: dict[str, float | None]


def history(account_id: int, *, as_of: date, days: int = HISTORY_DAYS) -> list[PastScore]:
    """The scores of an account on every filled day of the last `days`, oldest first."""
    last = last_fill(HEALTH.name, as_of=as_of)
    if last is None:
        return []
    rows = history_of_account(
        HEALTH, account_id=account_id, from_day=day_number(as_of) - days + 1, to_day=last.day
    )
    return [
        PastScore(date_of(day), row["subscription_id"], row["score"], parts_of(row))
        for day, row in rows
    ]
