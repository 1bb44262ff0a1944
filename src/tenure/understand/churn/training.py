"""From past decisions to a champion: judged on later terms first, then fitted on all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenure.strategy.churn import Churn, EstimatorKind
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.chance import chance_of
from tenure.understand.churn.estimator.fitting import (
    Boosting,
    Fitted,
    Forest,
    Learner,
    fitted,
    leaking_columns,
)
from tenure.understand.churn.estimator.quality import quality
from tenure.understand.churn.history import History
from tenure.understand.churn.rules import (
    LEAST_OF_EACH,
    NotBetterThanChance,
    by_time,
    enough,
    out_of_time,
)

# Each part of the split needs at least a fifth of what all of it needs.
_PART = 5
# Shrunken boosting needs about twice the trees of a forest.
_BOOSTING_TREES = 2


@dataclass(frozen=True)
class Trained:
    """A champion, the cases it saw, and what it was worth on terms that ended later."""

    fitted: Fitted
    cases: Cases
    metrics: dict[str, Any]


def learner_of(churn: Churn) -> Learner:
    """What the strategy wants fitted."""
    if churn.estimator is EstimatorKind.GRADIENT_BOOSTING:
        return Boosting(trees=_BOOSTING_TREES * churn.trees, seed=churn.seed)
    return Forest(trees=churn.trees, seed=churn.seed)


def train(history: History, churn: Churn, *, grace_days: int) -> Trained:
    """Fit, judge and fit again.

    The figures come from an estimator that knew nothing later than the first decision of the test.
    The champion then learns from everything that is decided by now.

    Raises:
        TooFewOutcomes: too few terms are decided, overall, to learn from, or to be judged on.
        NotBetterThanChance: the order of the later terms could be luck.
    """
    enough(history.cases.outcome, terms=history.terms, least_terms=churn.least_terms)
    split = out_of_time(
        history.ends_day,
        validation_days=churn.validation_days,
        most_lead=int((history.ends_day - history.decided_day).max()),
        grace_days=grace_days,
    )
    for part in (split.fit, split.test):
        enough(
            history.cases.outcome[part],
            terms=len(np.unique(history.term_id[part])),
            least_terms=churn.least_terms // _PART,
            least_of_each=LEAST_OF_EACH // _PART,
        )
    refused = leaking_columns(history.cases)
    cases, learner = history.cases.without(refused), learner_of(churn)
    judged = fitted(learner, cases.of(split.fit), later=cases.of(split.calibrate))
    test = cases.of(split.test).only(judged.names)
    told = judged.predict(test.rows)
    figures, chance = quality(told, test.outcome), chance_of(told, test.outcome)
    if chance.low <= 0.5:
        raise NotBetterThanChance(
            terms=len(told),
            auc=f"{figures['auc']:.3f}",
            low=f"{chance.low:.3f}",
            high=f"{chance.high:.3f}",
        )
    everything = np.ones(len(cases.outcome), dtype=np.bool_)
    fit, calibrate = by_time(history.ends_day, among=everything)
    champion = fitted(learner, cases.of(fit), later=cases.of(calibrate))
    metrics = {
        "out_of_time": {name: round(value, 6) for name, value in figures.items()},
        "auc_interval": [round(chance.low, 6), round(chance.high, 6)],
        "fitted_on": int(split.fit.sum()),
        "calibrated_on": int(split.calibrate.sum()),
        "calibration": champion.calibration.shape,
        "refused_columns": refused,
        "terms": history.terms,
    }
    return Trained(champion, cases, metrics)
