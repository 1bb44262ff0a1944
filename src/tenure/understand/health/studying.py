"""Study the scores of the business: what came of them, and what renewals teach about weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import transaction

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.records.journal.actions import Fact, append
from tenure.strategy.health import Basis, Health, ScoreSet
from tenure.strategy.sections import Strategy
from tenure.understand.churn.estimator.calibration import Calibration
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.history import Past
from tenure.understand.features.sources import Desk
from tenure.understand.health.estimator import displayed
from tenure.understand.health.learning import Studied, studied
from tenure.understand.health.models import HealthStudy
from tenure.understand.health.past import past_scores
from tenure.warehouse.engines import Engine
from tenure.warehouse.store import current_store

FRESH_DAYS = 28
# Where nothing could be learned, another look is worth it soon.
RETRY_DAYS = 7


@dataclass(frozen=True)
class InUse:
    """What a day's scores are made with: learned weights by set, and how they turn into odds."""

    weights: Mapping[str, tuple[float, ...]]
    odds: Mapping[str, Calibration]

    @property
    def version(self) -> str:
        """A text that differs whenever a score would."""
        return repr(sorted(self.weights.items())) if self.weights else ""

    def shown(self, score: Floats, *, places: np.ndarray, health: Health) -> Floats:
        """The scores of learned sets as 100 × the chance of a renewal; the others as they are."""
        told = score.copy()
        for place, one in enumerate(health.sets):
            if one.id in self.odds:
                mine = places == place
                told[mine] = displayed(score[mine], self.odds[one.id])
        return np.round(told, 6)


def study(
    strategy: Strategy, *, as_of: date, at: datetime, engine: Engine
) -> dict[str, HealthStudy]:
    """A fresh study of each set that decides: the newest, or a new one where that is too old.

    Args:
        strategy: as of the day.
    """
    found = {}
    wanted = strategy.health.sets
    for one in wanted:
        last = newest(one, as_of=as_of)
        if last is not None and _is_fresh(last, as_of=as_of):
            found[one.id] = last
    missing = [one for one in wanted if one.id not in found]
    if not missing:
        return found
    desk = Desk(engine, current_store(), day_number(as_of))
    scores = past_scores(Past(desk, strategy, as_of, at), wanted)
    for one in missing:
        made = studied(scores[one.id], one)
        found[one.id] = _stored(one, made, strategy=strategy, as_of=as_of, at=at)
    return found


def newest(one: ScoreSet, *, as_of: date) -> HealthStudy | None:
    """The last study of a set as it is now, on or before a day."""
    made = HealthStudy.objects.filter(set_id=one.id, version=one.version, as_of__lte=as_of)
    return made.order_by("-as_of").first()


def in_use(health: Health, studies: Mapping[str, HealthStudy]) -> InUse:
    """The learned weights of the sets whose weights are to be learned, where there are some."""
    weights, odds = {}, {}
    for one in health.sets:
        made = studies.get(one.id)
        if one.basis is Basis.LEARNED and made is not None and made.weights:
            weights[one.id] = tuple(float(made.weights[part.id]) for part in one.components)
            odds[one.id] = odds_in(made)
    return InUse(weights, odds)


def odds_in(made: HealthStudy) -> Calibration:
    """How a score turns into the chance of a renewal, as a study found it."""
    kept = made.odds
    return Calibration(kept["shape"], np.array(kept["x"]), np.array(kept["y"]))


def told_why(made: HealthStudy) -> Sentence | None:
    """Why the written weights stand, where nothing was learned."""
    return Sentence(zh=made.why["zh"], en=made.why["en"]) if made.why else None


def _is_fresh(made: HealthStudy, *, as_of: date) -> bool:
    return made.as_of > as_of - timedelta(days=FRESH_DAYS if made.weights else RETRY_DAYS)


@transaction.atomic
def _stored(
    one: ScoreSet, made: Studied, *, strategy: Strategy, as_of: date, at: datetime
) -> HealthStudy:
    why = made.why
    row, _ = HealthStudy.objects.update_or_create(
        set_id=one.id,
        as_of=as_of,
        defaults={
            "version": one.version,
            "made_at": at,
            "looks": made.figures["looks"],
            "n": made.n,
            "renewed": made.renewed,
            "weights": made.weights,
            "odds": {
                "shape": made.odds.shape,
                "x": made.odds.x.tolist(),
                "y": made.odds.y.tolist(),
            },
            "figures": made.figures,
            "why": {} if why is None else {"zh": why.sentence("zh"), "en": why.sentence("en")},
            "strategy_hash": strategy.hash,
        },
    )
    content = {"set": one.id, "version": one.version, "n": made.n, "weights": made.weights}
    append(
        Fact(
            "score.studied",
            on=as_of,
            content=content,
            once_key=f"score:studied:{one.id}:{one.version}:{as_of}",
        ),
        at=at,
        by="loop",
    )
    return row
