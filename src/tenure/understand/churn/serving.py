"""The estimator that serves, judged on what it has not seen before anything replaces it.

A contest compares kinds, each fitted anew. Whether what it chose is any better than the very
estimator in use is asked of the terms that were decided since that one was fitted: neither knew
them (docs/algorithms/champions.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np

from tenure.strategy.churn import EstimatorKind
from tenure.understand.churn.contest import Gain, Judged, gain, judged_on
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import Fitted
from tenure.understand.churn.rules import Wholes

# Fewer terms than this, or fewer of one outcome, tell two estimators apart by luck only.
LEAST_TERMS: Final = 100
LEAST_OF_EACH: Final = 10


class Verdict(StrEnum):
    """What became of the estimator that served, and why."""

    TOO_FEW = "too_few"  # too little was decided since to judge it: replaced when due
    COLUMNS = "columns"  # it looks at a column that is gone, or that knows the outcome
    KEPT = "kept"  # its log loss on the newest terms is lower beyond noise
    BETTER = "better"  # the new one's is lower beyond noise
    ALIKE = "alike"  # neither: the new one has learned from more


@dataclass(frozen=True)
class Serving:
    """The estimator in use; `until_day` is the last day that it knew of."""

    kind: EstimatorKind
    fitted: Fitted
    until_day: int


@dataclass(frozen=True)
class Review:
    """How it was judged: by how much the new one is less surprised by so many newest terms.

    `judged` is the one that served; None, as `gain`, where nothing could be compared.
    """

    verdict: Verdict
    terms: int
    lapsed: int
    gain: Gain | None = None
    judged: Judged | None = None
    newest: Wholes | None = None

    @property
    def keeps(self) -> bool:
        """Whether the one that serves goes on."""
        return self.verdict is Verdict.KEPT

    @property
    def told(self) -> dict[str, Any]:
        """What is kept of it."""
        found: dict[str, Any] = {
            "verdict": str(self.verdict), "terms": self.terms, "lapsed": self.lapsed,
            "need": LEAST_TERMS, "need_each": LEAST_OF_EACH,
        }  # fmt: skip
        if self.gain is not None:
            told = {"gain": self.gain.mean, "low": self.gain.low, "high": self.gain.high}
            found |= {name: round(value, 6) for name, value in told.items()}
        return found


@dataclass(frozen=True)
class Newest:
    """The cases of a contest's test, and when each term ends."""

    cases: Cases
    term_id: Wholes
    ends_day: Wholes

    def since(self, day: int, *, grace_days: int) -> Wholes:
        """The places of those whose outcome nobody knew on a day."""
        return np.flatnonzero(self.ends_day + grace_days >= day)


def review(
    serving: Serving, challenger: Judged, *, newest: Newest, grace_days: int, refused: Sequence[str]
) -> Review:
    """Judge what serves against what would replace it, on terms that neither has seen.

    Args:
        challenger: as it was judged on these cases; it knew nothing later than their first.
        refused: columns that know the outcome.
    """
    places = newest.since(serving.until_day, grace_days=grace_days)
    terms = np.unique(newest.term_id[places])
    outcome = newest.cases.outcome[places]
    lapsed = len(np.unique(newest.term_id[places][outcome == 1]))
    known = Review(Verdict.TOO_FEW, len(terms), lapsed)
    names = serving.fitted.names
    if not set(names) <= set(newest.cases.names) or set(names) & set(refused):
        return replace(known, verdict=Verdict.COLUMNS)
    if len(terms) < LEAST_TERMS or min(lapsed, len(terms) - lapsed) < LEAST_OF_EACH:
        return known
    rows = newest.cases.rows[places][:, [newest.cases.names.index(name) for name in names]]
    served = judged_on(serving.kind, serving.fitted, test=Cases(names, rows, outcome))
    gained = gain(served.surprise, challenger.surprise[places], term_id=newest.term_id[places])
    return replace(
        known, verdict=_verdict(gained, served), gain=gained, judged=served, newest=places
    )


def _verdict(gained: Gain, served: Judged) -> Verdict:
    """Whoever goes on must tell terms apart better than chance, too."""
    if gained.is_beyond_noise:
        return Verdict.BETTER
    return Verdict.KEPT if gained.high < 0 and served.chance.low > 0.5 else Verdict.ALIKE


def figures_of(found: Review | None, newest: Newest) -> dict[str, Any]:
    """The figures of what served on the newest terms; none where it could not be judged."""
    if found is None or found.judged is None or found.newest is None:
        return {}
    places = found.newest
    return found.judged.metrics(newest.cases.outcome[places], ends_day=newest.ends_day[places])
