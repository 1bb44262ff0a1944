"""From past decisions to a champion: judged on later terms first, then fitted on all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tenure.strategy.churn import Churn, EstimatorKind
from tenure.understand.churn.contest import Gain, Judged, judged, learner_of, winner
from tenure.understand.churn.endings import Endings, endings
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import Fitted, Learner, fitted, leaking_columns
from tenure.understand.churn.history import History
from tenure.understand.churn.rules import (
    LEAST_OF_EACH,
    NotBetterThanChance,
    Split,
    by_time,
    enough,
    out_of_time,
)
from tenure.understand.churn.serving import Newest, Review, Serving, figures_of, review

# Each part of the split needs at least a fifth of what all of it needs.
_PART = 5


@dataclass(frozen=True)
class Challenged:
    """A kind that did not become champion, as it was judged."""

    kind: EstimatorKind
    fitted: Fitted
    metrics: dict[str, Any]


@dataclass(frozen=True)
class Trained:
    """A champion, the cases it saw, what it was worth on terms that ended later, and the others."""

    kind: EstimatorKind
    fitted: Fitted
    cases: Cases
    metrics: dict[str, Any]
    others: Sequence[Challenged]
    endings: Endings
    review: Review | None = None
    served: Mapping[str, Any] = field(default_factory=dict)


def train(
    history: History,
    churn: Churn,
    *,
    grace_days: int,
    champion: EstimatorKind | None = None,
    serving: Serving | None = None,
) -> Trained:
    """Fit, judge, let the challengers try, and fit again.

    The figures come from estimators that knew nothing later than the first decision of the test.
    The champion then learns from everything that is decided by now.

    Args:
        champion: the kind that holds the place; the strategy's own where there was none.
        serving: the estimator in use, judged on the newest terms before it is replaced.
    Raises:
        TooFewOutcomes: too few terms are decided, overall, to learn from, or to be judged on.
        NotBetterThanChance: the order of the later terms could be luck.
    """
    split = _split(history, churn, grace_days=grace_days)
    refused = leaking_columns(history.cases)
    cases, holder = history.cases.without(refused), champion or churn.estimator
    kinds = dict.fromkeys((holder, churn.estimator, *churn.challengers))
    first, *others = (
        judged(kind, learner_of(churn, kind), cases=cases, split=split, is_searched=place > 0)
        for place, kind in enumerate(kinds)
    )
    test = Newest(cases.of(split.test), history.term_id[split.test], history.ends_day[split.test])
    best, gains = winner(first, others, term_id=test.term_id)
    reviewed = None
    if serving is not None:
        reviewed = review(serving, best, newest=test, grace_days=grace_days, refused=refused)
    if reviewed is None or not reviewed.keeps:
        _better_than_chance(best)
    final = _on_everything(learner_of(churn, best.kind), history, cases=cases)
    ends = endings(history, cases=cases, split=split)
    metrics = {
        **_counts(history, split),
        "refused_columns": refused,
        "wanted": str(churn.estimator),
        "held_before": str(holder),
        "contest": {str(kind): _told(one) for kind, one in gains.items()},
    } | ({"served": reviewed.told} if reviewed else {})

    def figures(one: Judged) -> dict[str, Any]:
        return one.metrics(test.cases.outcome, ends_day=test.ends_day)

    return Trained(
        kind=best.kind,
        fitted=final,
        cases=cases,
        metrics=metrics | figures(best) | _of_final(final, ends),
        others=[
            Challenged(one.kind, one.fitted, metrics | figures(one))
            for one in (first, *others)
            if one is not best
        ],
        endings=ends,
        review=reviewed,
        served=figures_of(reviewed, test),
    )


def _counts(history: History, split: Split) -> dict[str, int]:
    fit, calibrate = int(split.fit.sum()), int(split.calibrate.sum())
    return {"fitted_on": fit, "calibrated_on": calibrate, "terms": history.terms}


def _of_final(final: Fitted, ends: Endings) -> dict[str, Any]:
    return {"calibration": final.calibration.shape, "endings": ends.metrics}


def _on_everything(learner: Learner, history: History, *, cases: Cases) -> Fitted:
    everything = np.ones(len(cases.outcome), dtype=np.bool_)
    fit, calibrate = by_time(history.ends_day, among=everything)
    return fitted(learner, cases.of(fit), later=cases.of(calibrate))


def _split(history: History, churn: Churn, *, grace_days: int) -> Split:
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
    return split


def _better_than_chance(best: Judged) -> None:
    if best.chance.low <= 0.5:
        raise NotBetterThanChance(
            terms=len(best.told),
            auc=f"{best.figures['auc']:.3f}",
            low=f"{best.chance.low:.3f}",
            high=f"{best.chance.high:.3f}",
        )


def _told(gain: Gain) -> Mapping[str, float]:
    found = {"gain": gain.mean, "low": gain.low, "high": gain.high}
    return {name: round(value, 6) for name, value in found.items()}
