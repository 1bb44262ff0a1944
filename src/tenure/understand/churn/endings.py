"""How a term that is not renewed would end: the customer says so, a payment fails, nobody renews.

The three compete: a term ends in one way. Each has an estimator of its own, one against the rest,
calibrated; their probabilities are brought to the sum that the champion gives for any end, so that
renewing and the three ends always add up to one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tenure.kernel.failures import Sentence
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import Floats, Matrix
from tenure.understand.churn.estimator.fitting import Fitted, fitted, leaking_columns
from tenure.understand.churn.estimator.linear import Logistic
from tenure.understand.churn.estimator.storing import load, store
from tenure.understand.churn.history import History
from tenure.understand.churn.rules import LEAST_OF_EACH, Flags, Split, Wholes, by_time

ENDINGS: Final = ("voluntary", "involuntary", "natural")
NAMES: Final = {
    "voluntary": Sentence(zh="主动取消", en="says so"),
    "involuntary": Sentence(zh="扣款失败", en="payment fails"),
    "natural": Sentence(zh="到期未续", en="lets it run out"),
}
# Before any end was seen each kind counts as half a one.
_ASSUMED: Final = 0.5
# So many of a kind among the later terms, or nothing can be judged.
_LEAST_JUDGED: Final = 10


@dataclass(frozen=True)
class Endings:
    """An estimator per kind of end (None: its average), and what is known of them.

    `average`: how frequent each kind is, of all or of those who end; only the proportions count.
    """

    names: tuple[str, ...]
    estimators: tuple[Fitted | None, ...]
    average: Floats
    metrics: dict[str, Any]

    def shares(self, rows: Matrix) -> Floats:
        """Of those who do not renew, the share of each kind of end: rows × 3, each row sums to 1.

        Args:
            rows: one column per name of `names`.
        """
        found = np.tile(self.average, (len(rows), 1))
        for place, one in enumerate(self.estimators):
            if one is not None:
                columns = [self.names.index(name) for name in one.names]
                found[:, place] = one.predict(np.ascontiguousarray(rows[:, columns]))
        shares: Floats = found / found.sum(axis=1, keepdims=True)
        return shares


def average_shares(ending: Wholes) -> Floats:
    """The share of each kind among the ends; `ending` is 0 where a term was renewed."""
    counts = np.array([(ending == place).sum() for place in (1, 2, 3)], dtype=np.float64)
    shares: Floats = (counts + _ASSUMED) / (counts.sum() + 3 * _ASSUMED)
    return shares


def averages_only(ending: Wholes) -> Endings:
    """What stands in where too little is decided to learn how terms end."""
    average = average_shares(ending)
    return Endings((), (None, None, None), average, _counted(ending, average))


def endings(history: History, *, cases: Cases, split: Split) -> Endings:
    """Learn how terms end; the averages stay where later ends are not told better by it.

    Args:
        cases: those of the history without the columns that leak.
        split: the earlier cases to learn from, and the later ones that judge.
    """
    if not len(history.ending):
        return averages_only(np.zeros(0, dtype=np.int64))
    ending = history.ending
    judged = _learned(cases, ending, fit=split.fit, calibrate=split.calibrate)
    test = split.test & (ending > 0)
    figures = _judged(judged, cases, ending=ending, test=test)
    if not figures["is_learned"]:
        average = average_shares(ending)
        known = _counted(ending, average) | figures
        return Endings(cases.names, (None, None, None), average, known)
    fit, calibrate = by_time(history.ends_day, among=np.ones(len(ending), dtype=np.bool_))
    final = _learned(cases, ending, fit=fit, calibrate=calibrate)
    metrics = _counted(ending, final.average) | figures
    return Endings(cases.names, final.estimators, final.average, metrics)


def _learned(cases: Cases, ending: Wholes, *, fit: Flags, calibrate: Flags) -> Endings:
    """One estimator against the rest for each kind of which enough was seen."""
    found: list[Fitted | None] = []
    base = np.array([(ending[fit] == place).mean() for place in (1, 2, 3)])
    for place in (1, 2, 3):
        own = Cases(cases.names, cases.rows, (ending == place).astype(np.float64))
        seen = own.outcome[fit].sum() >= LEAST_OF_EACH and own.outcome[calibrate].sum() > 0
        fair = own.without(leaking_columns(own.of(fit))) if seen else own
        later = fair.of(calibrate)
        one = fitted(Logistic(), fair.of(fit), later=later, is_searched=True) if seen else None
        found.append(one)
    return Endings(cases.names, tuple(found), np.maximum(base, 1e-6), {})


def _judged(one: Endings, cases: Cases, *, ending: Wholes, test: Flags) -> dict[str, Any]:
    """The log loss of the kind of end among later ends, against that of the earlier averages."""
    counts = [int((ending[test] == place).sum()) for place in (1, 2, 3)]
    if sum(count >= _LEAST_JUDGED for count in counts) < 2:
        return {"is_learned": False, "judged_on": sum(counts)}
    came = ending[test] - 1
    told = one.shares(cases.rows[test])[np.arange(len(came)), came]
    usual = (one.average / one.average.sum())[came]
    losses = [float(-np.log(np.maximum(some, 1e-12)).mean()) for some in (told, usual)]
    return {
        "is_learned": losses[0] < losses[1],
        "judged_on": sum(counts),
        "log_loss": round(losses[0], 6),
        "log_loss_of_averages": round(losses[1], 6),
    }


def _counted(ending: Wholes, rates: Floats) -> dict[str, Any]:
    return {
        "counts": {name: int((ending == place + 1).sum()) for place, name in enumerate(ENDINGS)},
        "rates": [float(f"{rate:.9g}") for rate in rates],
        "is_learned": False,
    }


def store_endings(one: Endings, path: Path) -> None:
    """Write each estimator beside the champion's file."""
    for name, estimator in zip(ENDINGS, one.estimators, strict=True):
        if estimator is not None:
            store(estimator, beside(path, name))


def load_endings(path: Path | None, metrics: dict[str, Any]) -> Endings | None:
    """What was stored beside a champion; None for one that was fitted before ends had kinds."""
    known = metrics.get("endings")
    if known is None:
        return None
    found = [
        load(beside(path, name)) if path and beside(path, name).exists() else None
        for name in ENDINGS
    ]
    names = tuple(dict.fromkeys(name for one in found if one for name in one.names))
    return Endings(names, tuple(found), np.array(known["rates"]), known)


def beside(path: Path, name: str) -> Path:
    """Where something that belongs to an estimator is stored."""
    return path.with_name(f"{path.stem}-{name}{path.suffix}")
