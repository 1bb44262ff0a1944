"""How good an estimator is on rows that it has not seen: folds, or later times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.periods import date_of
from tenure.understand.churn.estimator.calibration import (
    Calibration,
    linked,
    logistic_line,
    logit,
    sigmoid,
)
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.estimator.fitting import Learner, added_up
from tenure.understand.churn.estimator.profit import expected_maximum_profit, maximum_profit
from tenure.understand.churn.estimator.quality import quality
from tenure.understand.outcomes.outcome import LEAST_OF_EACH, LEAST_ROWS
from tenure.understand.outcomes.refusals import HeldTogether
from tenure.understand.outcomes.rows import Moments, Wholes

FOLDS: Final = 5
SEEDS: Final = (0, 1)
_LEAST_PARTS: Final = 2
MOST_PERIODS: Final = 6
# Observed over expected further from 1 than this, twice, rings.
OFF_BY: Final = 0.15
_TABLE_ROWS: Final = 10
# A slope outside these bounds is put right by two numbers, learned from the other folds.
_SLOPE: Final = (0.9, 1.1)
_NONE: Final = Calibration("none", np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class Part:
    """What is fitted on, and what it is judged on; `name` where it is a time."""

    fit: NDArray[np.intp]
    test: NDArray[np.intp]
    name: str = ""


def folds_of(outcome: Floats, *, groups: Wholes | None, seed: int) -> list[Part]:
    """Five parts with equal shares of leavers; rows that belong together stay together.

    Raises:
        HeldTogether: so many rows belong together that fewer than two parts hold either outcome.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    chosen: Any = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds = chosen(FOLDS, shuffle=True, random_state=seed)
    parts = [Part(fit, test) for fit, test in folds.split(outcome, outcome, groups)]
    usable = [one for one in parts if _has_both(outcome[one.fit]) and _has_both(outcome[one.test])]
    if len(usable) < _LEAST_PARTS:
        assert groups is not None, "equal shares hold either outcome"
        largest = int(np.unique(groups, return_counts=True)[1].max())
        raise HeldTogether(rows=len(outcome), largest=largest, need=FOLDS)
    return usable


def _has_both(outcome: Floats) -> bool:
    return bool(outcome.min() != outcome.max())


def later_parts(outcome: Floats, moments: Moments) -> list[Part]:
    """Rolling origin: everything before a month is learned from, the month is the test.

    Months where dates make at least three of them, else parts of equal size in order. Parts with
    too few rows of either outcome go with the next one.
    """
    period, names = _periods(moments)
    parts: list[Part] = []
    begin = 0
    for end in range(len(names)):
        fit, test = period < begin, (period >= begin) & (period <= end)
        if not _is_enough(outcome[fit], least=LEAST_OF_EACH):
            begin = end + 1
            continue
        if _is_enough(outcome[test], least=LEAST_OF_EACH // 4):
            parts.append(Part(np.flatnonzero(fit), np.flatnonzero(test), names[end]))
            begin = end + 1
    return parts[-MOST_PERIODS:]


def _is_enough(outcome: Floats, *, least: int) -> bool:
    left = int(outcome.sum())
    rows = len(outcome) >= LEAST_ROWS * least // LEAST_OF_EACH
    return rows and min(left, len(outcome) - left) >= least


def _periods(moments: Moments) -> tuple[Wholes, list[str]]:
    if moments.day is not None:
        months = moments.day.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]")
        known, period = np.unique(months, return_inverse=True)
        if len(known) >= 3:
            return period, [str(one) for one in known]
    edges = np.unique(np.quantile(moments.order, np.arange(1, MOST_PERIODS) / MOST_PERIODS))
    period = np.searchsorted(edges, moments.order, side="right")
    ends = [*edges.tolist(), float(moments.order.max())]
    told = [str(date_of(int(one))) if moments.day is not None else f"{one:g}" for one in ends]
    return period, [f"≤ {one}" for one in told]


@dataclass(frozen=True)
class Judged:
    """One kind of estimator on rows it had not seen.

    `probability` is NaN where a row was never in a test; `parts` holds the figures of each test.
    """

    kind: str
    learner: Learner
    probability: Floats
    figures: Mapping[str, float]
    parts: Sequence[Mapping[str, Any]]
    calibration: Calibration


def judged(
    kind: str, learner: Learner, *, cases: Cases, rounds: Sequence[Sequence[Part]]
) -> Judged:
    """Fit on every part's rows and judge on its test.

    Args:
        rounds: each holds parts whose tests do not touch; figures are means over all parts.
    """
    every: list[Mapping[str, Any]] = []
    shown, lines = np.full(len(cases.outcome), np.nan), []
    for number, parts in enumerate(rounds):
        raw = np.full(len(cases.outcome), np.nan)
        for part in parts:
            fitted = learner.fit(cases.of(part.fit))
            output, _ = added_up(fitted, cases.rows[part.test])
            raw[part.test] = linked(output, fitted.link)
        told = ~np.isnan(raw)
        lines.append(logistic_line(raw[told], cases.outcome[told]))
        probability = _straightened(raw, cases.outcome, parts=parts, slope=lines[-1][1])
        if number == 0:
            shown = probability
        every += [_figures(part, probability, cases.outcome) for part in parts]
    slope = float(np.mean([line[1] for line in lines]))
    names = [name for name, value in every[0].items() if isinstance(value, float)]
    figures = {name: float(np.mean([one[name] for one in every])) for name in names}
    figures |= {"auc_sd": float(np.std([one["auc"] for one in every]))}
    calibration = _NONE
    if not _SLOPE[0] <= slope <= _SLOPE[1] and slope > 0:
        calibration = Calibration("platt", np.zeros(0), np.array(lines[0]))
    return Judged(kind, learner, shown, figures, every, calibration)


def _straightened(raw: Floats, outcome: Floats, *, parts: Sequence[Part], slope: float) -> Floats:
    """Probabilities of each part by the line of the other parts, where the slope is off."""
    if _SLOPE[0] <= slope <= _SLOPE[1] or slope <= 0:
        return np.clip(raw, 1e-6, 1 - 1e-6)
    result = raw.copy()
    for part in parts:
        # Of times only the earlier ones are known by then.
        others = [one for one in parts if one is not part and one.name <= part.name]
        rows = np.concatenate([one.test for one in others]) if others else part.test[:0]
        if not _is_enough(outcome[rows], least=LEAST_OF_EACH):
            continue
        intercept, own = logistic_line(raw[rows], outcome[rows])
        result[part.test] = sigmoid(intercept + max(own, 0.0) * logit(raw[part.test]))
    return np.clip(result, 1e-6, 1 - 1e-6)


def _figures(part: Part, probability: Floats, outcome: Floats) -> dict[str, Any]:
    told, happened = probability[part.test], outcome[part.test]
    figures = dict(quality(told, happened))
    figures["empc"] = expected_maximum_profit(told, happened)
    figures["mpc"] = maximum_profit(told, happened)
    return {"part": part.name, **figures} if part.name else figures


def calibration_table(probability: Floats, outcome: Floats) -> list[dict[str, float]]:
    """Ten groups of equal size by probability: what was expected and what happened."""
    told = ~np.isnan(probability)
    expected, happened = probability[told], outcome[told]
    order = np.argsort(expected, kind="stable")
    return [
        {
            "rows": len(rows),
            "from": float(expected[rows].min()),
            "to": float(expected[rows].max()),
            "expected": float(expected[rows].mean()),
            "observed": float(happened[rows].mean()),
        }
        for rows in np.array_split(order, min(_TABLE_ROWS, len(order)))
    ]


def rings(parts: Sequence[Mapping[str, Any]]) -> bool:
    """Whether observed over expected was off by more than 15 % in at least two times."""
    off = [part for part in parts if abs(part["observed_expected"] - 1) > OFF_BY]
    return len(off) >= 2
