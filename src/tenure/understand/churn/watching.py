"""Every night: are today's terms like those of the day of fitting, and did the promises hold?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import narwhals.stable.v2 as nw
import numpy as np
from django.conf import settings
from django.db import transaction

from tenure.kernel.failures import Sentence
from tenure.records.journal.actions import Fact, append_many
from tenure.understand.churn.endings import beside
from tenure.understand.churn.estimator.drift import (
    TOLD_APART,
    Watch,
    adversary_auc,
    stability_index,
)
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.estimator.reliability import Month, level_is_off
from tenure.understand.churn.history import Past
from tenure.understand.churn.models import Estimator, RiskWatch
from tenure.understand.churn.sample import Sample, load_sample, near_rows
from tenure.understand.features.concepts import Concept
from tenure.understand.features.registry import REGISTRY
from tenure.warehouse.tables.understanding import RISKS

if TYPE_CHECKING:
    import pyarrow as pa

DRIFTED: Final = "risk.drifted"
# An alarm is told once in so many days.
TOLD_DAYS: Final = 30
# The promise that is kept or broken: what was said so long before the end, where it was said.
LEAD_DAYS: Final = 30
# With fewer rows nothing is said about inputs.
LEAST_ROWS: Final = 100
_SHIFTS_KEPT: Final = 15
# What moves by the calendar alone, or grows with every customer's years, is no drift.
_MOVES_ANYWAY: Final = (Concept.CLOCK, Concept.LOYALTY)

ALARMS: Final = {
    "inputs": Sentence(
        zh="输入已变：今天的合约与训练当天的可以被区分（AUC {area}）。变化最大的是：{names}。",
        en="The inputs drifted: today's terms can be told from those of its first day "
        "(AUC {area}). Most changed: {names}.",
    ),
    "above": Sentence(
        zh="校准已漂移：实际未续的持续多于预计（累计 {size} 个标准差）。",
        en="The calibration drifted: more terms end than expected, for a while now "
        "({size} standard deviations).",
    ),
    "below": Sentence(
        zh="校准已漂移：实际未续的持续少于预计（累计 {size} 个标准差）。",
        en="The calibration drifted: fewer terms end than expected, for a while now "
        "({size} standard deviations).",
    ),
    "level": Sentence(
        zh="水平有误：连续两个月实际与预计相差超过 15%。",
        en="The level is off: in two months running, observed and expected ends differ by more "
        "than 15 %.",
    ),
}


def watch(past: Past, champion: Estimator, *, features: pa.Table) -> RiskWatch | None:
    """Hold today against the champion's first day, and outcomes against what was promised.

    Slow changes are learned anew with every contest; what must ring is a feed that broke, or a
    business that is another one within days.

    Said twice of a day, the second look takes the place of the first.

    Returns:
        What was found; None while averages stand in.
    """
    return watched(past, champion, inputs=inputs_of(past, champion, features=features))


def watched(past: Past, champion: Estimator, *, inputs: Inputs) -> RiskWatch | None:
    """`watch`, where it is known already how far the rows of the day are other ones."""
    if champion.kind == Estimator.Kind.BASE_RATE:
        return None
    lot = _lot(past)
    earlier = list(
        RiskWatch.objects.filter(
            as_of__lt=past.as_of, as_of__gte=past.as_of - timedelta(days=400)
        ).order_by("as_of")
    )
    sums = _sums(earlier).after(lot.expected, lot.observed)
    row = RiskWatch(
        as_of=past.as_of,
        estimator=champion,
        n=len(lot.expected),
        expected=float(lot.expected.sum()),
        observed=float(lot.observed.sum()),
        above=sums.above,
        below=sums.below,
        told_apart=inputs.told_apart,
        shifts=inputs.shifts,
    )
    row.alarms = _alarms(row, sums, months=months_of([*earlier, row]))
    row.rings = bool(row.alarms)
    _kept(row, earlier, past=past)
    return row


@dataclass(frozen=True)
class Inputs:
    """How far the rows of a day are others than those that were learned from."""

    told_apart: float | None
    shifts: dict[str, float]


@dataclass(frozen=True)
class _Lot:
    """Terms whose outcome became known today: what was promised, and what came."""

    expected: Floats
    observed: Floats


def inputs_of(past: Past, champion: Estimator, *, features: pa.Table) -> Inputs:
    """Hold the rows of a day against those of the champion's first day; nothing is written."""
    path = beside(Path(settings.TENURE_HOME) / champion.path, "seen")
    sample = load_sample(path) if champion.path else None
    if sample is None:
        return Inputs(None, {})
    now = near_rows(features, sample.names, past=past)
    if min(len(now), len(sample.rows)) < LEAST_ROWS:
        return Inputs(None, {})
    shifts = {
        name: stability_index(
            sample.rows[:, place].astype(np.float64), now[:, place].astype(np.float64)
        )
        for place, name in enumerate(sample.names)
    }
    largest = sorted(shifts, key=lambda name: -shifts[name])[:_SHIFTS_KEPT]
    return Inputs(_told_apart(sample, now), {name: round(shifts[name], 4) for name in largest})


def _told_apart(sample: Sample, now: np.ndarray) -> float:
    told = [place for place, name in enumerate(sample.names) if _is_theirs(name)]
    return adversary_auc(sample.rows[:, told], now[:, told])


def _is_theirs(name: str) -> bool:
    """Whether a feature moves only where the customers, or what we hear of them, are others."""
    feature = REGISTRY[name]
    return feature.concept not in _MOVES_ANYWAY and not feature.is_ours


def _lot(past: Past) -> _Lot:
    """The terms whose grace days ended today, by what was said a month before their end."""
    leads = [days for days in past.strategy.churn.lead_days if days <= LEAD_DAYS]
    lead = max(leads, default=min(past.strategy.churn.lead_days))
    ended = past.now.day - past.strategy.business.grace_days
    said_day = ended - lead
    engine = past.desk.engine
    said = past.desk.store.read(RISKS, engine=engine, from_day=said_day, to_day=said_day)
    promised = said.filter(nw.col("days_left") == lead).select("term_id", "p_lapse")
    came = past.outcomes().filter(nw.col("ends_day") == ended).select("term_id", "lapsed")
    rows = engine.collect(promised.join(came, on="term_id", how="inner").sort("term_id"))
    expected, observed = (
        cast("Floats", rows[name].to_numpy()).astype(np.float64) for name in ("p_lapse", "lapsed")
    )
    return _Lot(expected, observed)


def _sums(earlier: Sequence[RiskWatch]) -> Watch:
    """The sums so far; once an alarm was rung they begin anew."""
    last = earlier[-1] if earlier else None
    if last is None or {"above", "below"} & set(last.alarms):
        return Watch()
    return Watch(above=last.above, below=last.below)


def months_of(rows: Sequence[RiskWatch]) -> list[Month]:
    """Observed and expected ends by the month in which they became known, the oldest first."""
    found: dict[str, list[RiskWatch]] = {}
    for row in rows:
        found.setdefault(f"{row.as_of:%Y-%m}", []).append(row)
    return [
        Month(
            month,
            sum(row.n for row in lot),
            sum(row.expected for row in lot),
            sum(row.observed for row in lot),
        )
        for month, lot in sorted(found.items())
    ]


def _alarms(row: RiskWatch, sums: Watch, *, months: Sequence[Month]) -> list[str]:
    found = []
    if row.told_apart is not None and row.told_apart >= TOLD_APART:
        found.append("inputs")
    if sums.rings:
        found.append("above" if sums.above >= sums.limit else "below")
    # The month that runs is not over.
    if level_is_off(months[-3:-1]):
        found.append("level")
    return found


def sentence_of(alarm: str, row: RiskWatch) -> Sentence:
    """An alarm in words."""
    theirs = [name for name in row.shifts if name in REGISTRY and _is_theirs(name)]
    names = [REGISTRY[name].name for name in theirs[:3]]
    listed = Sentence(
        zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names)
    )
    area = "" if row.told_apart is None else f"{row.told_apart:.2f}"
    size = f"{max(row.above, row.below):.1f}"
    return ALARMS[alarm].fill(area=area, names=listed, size=size)


@transaction.atomic
def _kept(row: RiskWatch, earlier: Sequence[RiskWatch], *, past: Past) -> None:
    """Store the look, and tell each alarm that was not told lately."""
    RiskWatch.objects.filter(as_of=row.as_of).delete()
    row.save()
    since = row.as_of - timedelta(days=TOLD_DAYS)
    lately = {alarm for one in earlier if one.as_of > since for alarm in one.alarms}
    facts = [
        Fact(
            DRIFTED,
            on=row.as_of,
            content={
                "estimator": row.estimator_id,
                "alarm": alarm,
                "told_apart": row.told_apart,
                "above": round(row.above, 3),
                "below": round(row.below, 3),
            },
            once_key=f"{DRIFTED}:{alarm}:{row.as_of}",
        )
        for alarm in row.alarms
        if alarm not in lately
    ]
    append_many(facts, at=past.at, by="loop")
