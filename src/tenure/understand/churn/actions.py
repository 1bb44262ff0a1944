"""Fill the risks of a day: fit where no estimator is fresh, score everyone, say whose risk rose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from django.conf import settings
from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append_many
from tenure.records.strategies.queries import current
from tenure.strategy.sections import Strategy
from tenure.understand.churn.championing import fit, fresh
from tenure.understand.churn.endings import ENDINGS, averages_only, load_endings
from tenure.understand.churn.estimator.fitting import Fitted
from tenure.understand.churn.estimator.storing import load
from tenure.understand.churn.history import Past, matrix
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.rules import Wholes, bands, risen, sold_as
from tenure.understand.churn.scoring import NO_REASON, REASONS, Scores, scores
from tenure.understand.churn.watching import Inputs, inputs_of, watch, watched
from tenure.understand.features.registry import FEATURES
from tenure.understand.features.sources import Desk
from tenure.warehouse.engines import open_engine
from tenure.warehouse.fills import Filled, complete, is_complete
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISK_ENDS, RISKS

if TYPE_CHECKING:
    import pyarrow as pa

ROSE = "risk.rose"
# Who was high on one of so many days before has not risen anew.
CALM_DAYS = 7


def fill(*, as_of: date, at: datetime, watches: bool = True) -> dict[str, int]:
    """Estimate for every live term how likely it is not renewed, and in which way it would end.

    Champions and challengers are fitted when due (PRD-01, PRD-02); every night is watched for
    drift.

    A second call changes nothing.

    Args:
        watches: False where `watch_night` follows.
    Returns:
        `scored`: live terms; `rose`: new entries of the journal; `fitted`: 1 where an estimator
        was fitted.
    """
    strategy = current().at(as_of)
    day = day_number(as_of)
    filled = Filled(RISKS.name, day, version=strategy.hash)
    if is_complete(filled):
        rows = Fill.objects.get(entry=filled.entry, day=day).row_count
        return {"scored": rows, "rose": 0, "fitted": 0}
    with open_engine(settings.TENURE_ENGINE) as engine:
        past = Past(Desk(engine, current_store(), day), strategy, as_of, at)
        features = past.desk.store.rows(FEATURES, day=day, engine=engine)
        champion = fresh(strategy.churn, as_of=as_of)
        estimator = champion or fit(past, features=features)
        table, scored = _scored(past, estimator, features=features)
        before = _bands_before(past, cast("Wholes", table["term_id"].to_numpy()))
        past.desk.store.write(RISKS, day=day, frame=table, at=at, engine=engine)
        ends = _ends(table, estimator, features=features)
        past.desk.store.write(RISK_ENDS, day=day, frame=ends, at=at, engine=engine)
        if watches:
            watch(past, estimator, features=features)
    with transaction.atomic():
        rose = append_many(_risen(table, scored, before=before, as_of=as_of), at=at, by="loop")
        for entry in (RISK_ENDS.name, RISKS.name):
            complete(Filled(entry, day, version=strategy.hash), row_count=table.num_rows, at=at)
    return {"scored": table.num_rows, "rose": rose, "fitted": int(champion is None)}


def watch_night(*, as_of: date, at: datetime, inputs: Inputs | None = None) -> None:
    """Watch a night whose risks are filled; said twice, watched once.

    Args:
        inputs: `inputs_of_night`, where somebody knows it already.
    """
    strategy = current().at(as_of)
    champion = fresh(strategy.churn, as_of=as_of)
    assert champion is not None, "who scored the day is as fresh as it was"
    found = inputs or inputs_of_night(strategy, as_of=as_of, at=at)
    with open_engine(settings.TENURE_ENGINE) as engine:
        past = Past(Desk(engine, current_store(), day_number(as_of)), strategy, as_of, at)
        watched(past, champion, inputs=found)


def inputs_of_night(strategy: Strategy, *, as_of: date, at: datetime) -> Inputs:
    """How far the rows of a night are others than those of the champion's first day.

    Args:
        strategy: as of the day.
    """
    champion = fresh(strategy.churn, as_of=as_of)
    assert champion is not None, "who scored the day is as fresh as it was"
    with open_engine(settings.TENURE_ENGINE) as engine:
        past = Past(Desk(engine, current_store(), day_number(as_of)), strategy, as_of, at)
        features = past.desk.store.rows(FEATURES, day=past.now.day, engine=engine)
        return inputs_of(past, champion, features=features)


@dataclass(frozen=True)
class _Scored:
    """What the journal needs of each row, beside its ids."""

    scores: Scores
    band: Wholes


def _scored(past: Past, estimator: Estimator, *, features: pa.Table) -> tuple[pa.Table, _Scored]:
    """The rows of the table `risks` for the day."""
    import pyarrow as pa

    scored = (
        _averages(estimator, features)
        if estimator.kind == Estimator.Kind.BASE_RATE
        else _estimates(load(Path(settings.TENURE_HOME) / estimator.path), features)
    )
    edges = [float(edge) for edge in past.strategy.churn.edges]
    band = bands(scored.probability, edges)
    columns: dict[str, Any] = {
        name: features[name] for name in ("term_id", "subscription_id", "account_id", "days_left")
    }
    columns |= {"p_lapse": pa.array(scored.probability), "band": pa.array(band)}
    for place in range(REASONS):
        columns[f"reason_{place + 1}"] = _named(scored.reason[:, place], scored.names)
        columns[f"share_{place + 1}"] = pa.array(scored.share[:, place], from_pandas=True)
    columns["estimator_id"] = pa.array(np.full(features.num_rows, estimator.pk, dtype=np.int64))
    return pa.table(columns).select(list(RISKS.column_names)), _Scored(scored, band)


def _ends(risks: pa.Table, estimator: Estimator, *, features: pa.Table) -> pa.Table:
    """The rows of the table `risk_ends`: the risk of each term, by the way it would end."""
    import pyarrow as pa

    path = Path(settings.TENURE_HOME) / estimator.path if estimator.path else None
    known = load_endings(path, estimator.metrics) or averages_only(np.zeros(0, dtype=np.int64))
    shares = known.shares(matrix(features, known.names))
    probability = np.asarray(risks["p_lapse"].to_numpy(), dtype=np.float64)
    columns: dict[str, Any] = {
        name: risks[name] for name in ("term_id", "subscription_id", "account_id")
    }
    for place, name in enumerate(ENDINGS):
        columns[f"p_{name}"] = pa.array(probability * shares[:, place])
    return pa.table(columns)


def _estimates(estimator: Fitted, features: pa.Table) -> Scores:
    return scores(estimator, matrix(features, estimator.names))


def _averages(estimator: Estimator, features: pa.Table) -> Scores:
    """Everybody gets the average of plan and cycle, and nobody a reason."""
    by_plan, overall = estimator.metrics["by_plan"], estimator.metrics["overall"]
    count = features.num_rows
    plans, cycles = features["plan_code"].to_pylist(), features["cycle_months"].to_pylist()
    sold = (sold_as(plan, months) for plan, months in zip(plans, cycles, strict=True))
    return Scores(
        names=(),
        probability=np.fromiter((by_plan.get(one, overall) for one in sold), np.float64, count),
        reason=np.full((count, REASONS), NO_REASON, dtype=np.int64),
        share=np.full((count, REASONS), np.nan),
    )


def _named(places: Wholes, names: tuple[str, ...]) -> pa.Array:
    import pyarrow as pa

    known = pa.array(names, type=pa.string())
    return known.take(pa.array(places, mask=places == NO_REASON))


def _bands_before(past: Past, terms: Wholes) -> Wholes:
    """The highest band of each term in the last days; 0 where it was not there.

    A probability near the edge of a band goes to and fro: whoever was high a few days ago has not
    risen anew.
    """
    import narwhals.stable.v2 as nw

    engine, day = past.desk.engine, past.now.day
    frame = past.desk.store.read(RISKS, engine=engine, from_day=day - CALM_DAYS, to_day=day - 1)
    highest = frame.group_by("term_id").agg(nw.col("band").max()).sort("term_id")
    rows = engine.collect(highest)
    before = np.zeros(len(terms), dtype=np.int64)
    known, found = (cast("Wholes", rows[name].to_numpy()) for name in ("term_id", "band"))
    if len(known):
        places = np.minimum(np.searchsorted(known, terms), len(known) - 1)
        before = np.where(known[places] == terms, found[places], before)
    return before


def _risen(table: pa.Table, scored: _Scored, *, before: Wholes, as_of: date) -> Iterator[Fact]:
    """One fact for each term whose risk rose to high or above, with its reasons (HLT-02).

    None where averages stand in: they say nothing new about anybody.
    """
    if not scored.scores.names:
        return
    for row in np.flatnonzero(risen(scored.band, before)).tolist():
        content: dict[str, Any] = {
            "p_lapse": round(float(scored.scores.probability[row]), 4),
            "band": int(scored.band[row]),
            "reasons": _reasons(scored.scores, row),
        }
        if before[row]:
            content["before"] = int(before[row])
        term = table["term_id"][row].as_py()
        yield Fact(
            kind=ROSE,
            on=as_of,
            account_id=table["account_id"][row].as_py(),
            term_id=term,
            content=content,
            once_key=f"risk:{term}:rose:{as_of}",
        )


def _reasons(scored: Scores, row: int) -> list[dict[str, Any]]:
    pairs = zip(scored.reason[row].tolist(), scored.share[row].tolist(), strict=True)
    return [
        {"feature": scored.names[place], "share": round(share, 4)}
        for place, share in pairs
        if place != NO_REASON
    ]
