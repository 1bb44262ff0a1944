"""What other weights or another line would do to everybody, before anybody applies them (H4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import numpy as np
from django.conf import settings

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.health import Component, Health
from tenure.strategy.reading import nearest
from tenure.strategy.sections import Strategy
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.estimator import line_of_costs
from tenure.understand.health.expressions import scored
from tenure.understand.health.studying import in_use, newest
from tenure.understand.segments.population import last_day
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

MOST_WEIGHT = 1000


class UnknownPart(Refusal):
    """A weight for something that is no part of a score."""

    code = "unknown_health_part"
    said = Sentence(
        zh="健康分没有“{name}”这个组成部分{nearest}。",
        en="No health score has a part “{name}”{nearest}.",
    )


class BadWeight(Refusal):
    """A weight outside of what health.toml takes."""

    code = "bad_health_weight"
    said = Sentence(
        zh="“{name}”的权重应为 1 到 1000 的整数，介入线应在 0 到 100 之间。",
        en="The weight of “{name}” is a whole number from 1 to 1000, and the line lies between 0 "
        "and 100.",
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """Live terms below the line as it is and as it would be."""

    on: date
    terms: int
    below_now: int
    below_then: int
    newly_below: int
    no_longer_below: int
    mean_now: float | None
    mean_then: float | None


def changed(
    health: Health, *, weights: Mapping[str, int], threshold: float | None = None
) -> Health:
    """The same scores with some weights, or the line, another.

    Raises:
        UnknownPart, BadWeight: with the nearest name, or what is allowed.
    """
    known = [part.id for one in health.sets for part in one.components]
    for name, weight in weights.items():
        if name not in known:
            raise UnknownPart(name=name, nearest=nearest(name, known))
        if not 1 <= weight <= MOST_WEIGHT:
            raise BadWeight(name=name)
    line = health.threshold if threshold is None else threshold
    if not 0 <= line <= 100:
        raise BadWeight(name="threshold")

    def drafted(parts: tuple[Component, ...]) -> tuple[Component, ...]:
        return tuple(replace(one, weight=weights.get(one.id, one.weight)) for one in parts)

    return replace(
        health,
        threshold=line,
        recover=max(line, health.recover),
        components=drafted(health.components),
        others=tuple(replace(one, components=drafted(one.components)) for one in health.others),
    )


def preview(draft: Health, *, strategy: Strategy, as_of: date) -> Preview:
    """Everybody of the last filled day by the scores in force and by a draft.

    Args:
        strategy: as of the day. A set that keeps its weights keeps what was learned for it.
    """
    on = last_day(as_of=as_of)
    now, then = (_scores(one, on=on) for one in (strategy.health, draft))
    low_now, low_then = now < strategy.health.threshold, then < draft.threshold
    return Preview(
        on=on,
        terms=len(now),
        below_now=int(low_now.sum()),
        below_then=int(low_then.sum()),
        newly_below=int((low_then & ~low_now).sum()),
        no_longer_below=int((low_now & ~low_then).sum()),
        mean_now=_mean(now),
        mean_then=_mean(then),
    )


def _scores(health: Health, *, on: date) -> Floats:
    """The scores of a day, in the order of the terms; NaN where nothing is known."""
    made = {one.id: newest(one, as_of=on) for one in health.sets}
    used = in_use(health, {name: one for name, one in made.items() if one is not None})
    day = day_number(on)
    with open_engine(settings.TENURE_ENGINE) as engine:
        features = current_store().read(FEATURES, engine=engine, from_day=day, to_day=day)
        table = engine.collect(scored(features, health, learned=used.weights).sort("term_id"))
    score = cast("Any", table["score"].to_numpy()).astype(np.float64)
    return used.shown(score, places=table["place"].to_numpy(), health=health)


def _mean(score: Floats) -> float | None:
    known = score[~np.isnan(score)]
    return float(known.mean()) if len(known) else None


def cost_line(health: Health) -> float | None:
    """Below which score acting pays by the costs of health.toml; None where none are given (H3)."""
    costs = health.costs
    if costs is None:
        return None
    return line_of_costs(
        contact=costs.contact.amount_minor,
        offer=costs.offer.amount_minor,
        value=costs.value.amount_minor,
        taken=float(costs.taken),
    )
