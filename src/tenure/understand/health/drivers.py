"""Experience, value and emotion: scores beside the health score, per customer and segment (MET-13).

They are the sets `beside` of health.toml: for everybody, starting nothing, read on the features of
the last filled day whenever somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.health import Health, ScoreSet
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.estimator import weighted
from tenure.understand.health.expressions import part
from tenure.understand.segments.queries import Members
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

# What the product does, by the driver that it works on.
WORKS_ON: Final[dict[str, Sentence]] = {
    "experience": Sentence(
        zh="网络质量与故障、报障与修复承诺、门户自助办理、到期提醒、续费一分钟完成",
        en="network quality and faults, tickets and repair promises, self-service, reminders, "
        "renewing in a minute",
    ),
    "value": Sentence(
        zh="套餐推荐、优惠与积分、附加服务、低使用报告、成长等级与年度价值回顾",
        en="plan advice, offers, points, add-ons, the low-use report, tiers, the value review",
    ),
    "emotion": Sentence(
        zh="调研与回访、投诉处理、专属服务、社区与荣誉、礼物与周年",
        en="surveys and calls, complaints, a person of one's own, community and badges, presents "
        "and anniversaries",
    ),
}


@dataclass(frozen=True, slots=True)
class SignalReading:
    """One signal of a driver, 0 to 100; None where nothing is known."""

    id: str
    name: Sentence
    feature: str
    weight: int
    score: float | None


@dataclass(frozen=True, slots=True)
class DriverReading:
    """One driver of one live term."""

    id: str
    name: Sentence
    score: float | None
    signals: tuple[SignalReading, ...]


@dataclass(frozen=True, slots=True)
class DriverMean:
    """One driver over many: the mean of those of whom something is known, and how many they are."""

    id: str
    score: float | None
    known: int


def drivers_of(row: Mapping[str, Any], health: Health) -> tuple[DriverReading, ...]:
    """The drivers of one live term from its row of `features`."""
    return tuple(_reading(one, row) for one in health.beside)


def _reading(one: ScoreSet, row: Mapping[str, Any]) -> DriverReading:
    signals = tuple(
        SignalReading(it.id, it.name, it.feature, it.weight, it.score(row.get(it.feature)))
        for it in one.components
    )
    known = [(it.weight, it.score) for it in signals if it.score is not None]
    total = sum(weight for weight, _ in known)
    score = sum(weight * value for weight, value in known) / total if total else None
    return DriverReading(one.id, one.name, score, signals)


@dataclass(frozen=True)
class Everybody:
    """The drivers of every live term of a day, in the order of the terms."""

    on: date
    term_id: NDArray[np.int64]
    scores: Mapping[str, Floats]

    def mean(self, terms: NDArray[np.int64] | None = None) -> tuple[DriverMean, ...]:
        """The means over some terms, or over all."""
        chosen = np.ones(len(self.term_id), bool) if terms is None else np.isin(self.term_id, terms)
        return tuple(_mean(name, scores[chosen]) for name, scores in self.scores.items())

    def by_segment(self, members: Members) -> dict[str, tuple[DriverMean, ...]]:
        """The means of each segment of a snapshot."""
        return {name: self.mean(members.terms(name)) for name in members.segments}


def _mean(name: str, scores: Floats) -> DriverMean:
    known = scores[~np.isnan(scores)]
    return DriverMean(name, float(known.mean()) if len(known) else None, len(known))


def everybody(health: Health, *, on: date) -> Everybody:
    """Read the drivers on everyone of a day whose features are complete."""
    day = day_number(on)
    columns = {f"{one.id}.{it.id}": part(it) for one in health.beside for it in one.components}
    with open_engine(settings.TENURE_ENGINE) as engine:
        features = current_store().read(FEATURES, engine=engine, from_day=day, to_day=day)
        table = engine.collect(features.select("term_id", **columns).sort("term_id"))
    scores = {}
    for one in health.beside:
        parts = [
            cast("Any", table[f"{one.id}.{it.id}"].to_numpy()).astype(np.float64)
            for it in one.components
        ]
        weights = np.array([float(it.weight) for it in one.components])
        scores[one.id] = weighted(np.column_stack(parts), weights)
    return Everybody(on, cast("Any", table["term_id"].to_numpy()), scores)
