"""Champion and challengers: judged on the same later cases, promoted only beyond noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from tenure.strategy.churn import Churn, EstimatorKind
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.chance import Chance, chance_of
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.estimator.fitting import Boosting, Fitted, Forest, Learner, fitted
from tenure.understand.churn.estimator.linear import Hazard, Logistic
from tenure.understand.churn.estimator.quality import quality
from tenure.understand.churn.estimator.reliability import by_month, gains, reliability
from tenure.understand.churn.rules import Split, Wholes

# Shrunken boosting needs about twice the trees of a forest.
_BOOSTING_TREES = 2
# The time lived that the hazard has a level for: how many terms so far.
_DURATION = "term_number"
# Together all challengers may be promoted by luck alone in one contest of forty.
_LUCK = 0.025


def learner_of(churn: Churn, kind: EstimatorKind | None = None) -> Learner:
    """How a kind is fitted; the strategy's own where none is named."""
    match kind or churn.estimator:
        case EstimatorKind.GRADIENT_BOOSTING:
            return Boosting(trees=_BOOSTING_TREES * churn.trees, seed=churn.seed)
        case EstimatorKind.LOGISTIC:
            return Logistic()
        case EstimatorKind.HAZARD:
            return Hazard(_DURATION)
        case _:
            return Forest(trees=churn.trees, seed=churn.seed)


@dataclass(frozen=True)
class Judged:
    """One kind on cases that came later than all it learned from."""

    kind: EstimatorKind
    fitted: Fitted
    figures: Mapping[str, float]
    chance: Chance
    told: Floats
    surprise: Floats

    def metrics(self, outcome: Floats, *, ends_day: Wholes) -> dict[str, Any]:
        """Every figure that is stored and shown beside it."""
        bins = reliability(self.told, outcome)
        months = by_month(self.told, outcome, ends_day=ends_day)
        return {
            "out_of_time": {name: round(value, 6) for name, value in self.figures.items()},
            "auc_interval": [round(self.chance.low, 6), round(self.chance.high, 6)],
            "p_value": round(self.chance.p_value, 6),
            "reliability": [
                [*(round(x, 6) for x in (b.predicted, b.observed, b.low, b.high)), b.n]
                for b in bins
            ],
            "gains": [round(share, 6) for share in gains(self.told, outcome)],
            "months": [[m.month, m.n, round(m.expected, 3), m.observed] for m in months],
            "calibration": self.fitted.calibration.shape,
        }


def judged(
    kind: EstimatorKind, learner: Learner, *, cases: Cases, split: Split, is_searched: bool = False
) -> Judged:
    """Fit on the earlier cases, calibrate on later ones, and see what the latest say.

    Args:
        is_searched: the earlier cases were looked through for leaks already.
    """
    earlier, later = cases.of(split.fit), cases.of(split.calibrate)
    one = fitted(learner, earlier, later=later, is_searched=is_searched)
    return judged_on(kind, one, test=cases.of(split.test).only(one.names))


def judged_on(kind: EstimatorKind, one: Fitted, *, test: Cases) -> Judged:
    """What a fitted one says of cases that it did not learn from.

    Args:
        test: with the columns of the fitted one, in their order.
    """
    told = one.predict(test.rows)
    inside = np.clip(told, 1e-12, 1 - 1e-12)
    surprise = -np.log(np.where(test.outcome == 1, inside, 1 - inside))
    figures, chance = quality(told, test.outcome), chance_of(told, test.outcome)
    return Judged(kind, one, figures, chance, told, surprise)


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the mean surprise (nats a case) of one kind is below that of another."""

    mean: float
    low: float
    high: float

    @property
    def is_beyond_noise(self) -> bool:
        return self.low > 0


def gain(champion: Floats, challenger: Floats, *, term_id: Wholes, among: int = 1) -> Gain:
    """The mean difference of log losses on the same cases, with its interval.

    Several looks at one term share its outcome, so the deviation is that of sums by term.

    Args:
        champion, challenger: the surprise of each case.
        among: how many challengers are held against the champion; the interval widens with them.
    """
    difference = champion - challenger
    mean = float(difference.mean())
    _, place = np.unique(term_id, return_inverse=True)
    sums = np.bincount(place, weights=difference - mean)
    terms = len(sums)
    inflated = terms / max(1, terms - 1)
    deviation = float(np.sqrt(np.square(sums).sum() * inflated)) / len(difference)
    z = NormalDist().inv_cdf(1 - _LUCK / among)
    return Gain(mean, mean - z * deviation, mean + z * deviation)


def winner(
    champion: Judged, challengers: Sequence[Judged], *, term_id: Wholes
) -> tuple[Judged, dict[EstimatorKind, Gain]]:
    """Who is champion from here on, and each challenger's gain over the champion before.

    The champion stays unless a challenger's out-of-time log loss is lower beyond noise; of several
    the one with the largest gain.
    """
    found = {
        one.kind: gain(champion.surprise, one.surprise, term_id=term_id, among=len(challengers))
        for one in challengers
    }
    better = [
        one for one in challengers if found[one.kind].is_beyond_noise and one.chance.low > 0.5
    ]
    best = max(better, key=lambda one: found[one.kind].mean, default=champion)
    return best, found
