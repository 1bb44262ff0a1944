"""What may be learned from, how it is split in time, and what stands in when it is too little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Refusal, Sentence

type Wholes = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]

EVERY_DAYS: Final = 45
MOST_DAYS: Final = 16
# Fewer of either outcome say nothing about what goes with it.
LEAST_OF_EACH: Final = 50
# The share of past terms, the latest by their end, that calibrates and does not fit.
CALIBRATION_SHARE: Final = 0.2
# Until outcomes are seen a lapse is assumed as likely as this, worth so many seen terms.
ASSUMED_LAPSE: Final = 0.2
ASSUMED_TERMS: Final = 20
WARN_FROM_BAND: Final = 3


class TooFewOutcomes(Refusal):
    """Too few past terms are decided to learn from."""

    code = "too_few_outcomes"
    said = Sentence(
        zh="可用来学习或检验的合约期有 {terms} 个，其中未续 {lapsed} 次；至少需要 {need} 个合约期，"
        "且两种结果各 {each} 次。在此之前按套餐的平均未续率估计。",
        en="There are {terms} decided terms to learn from or be judged on, with {lapsed} lapses; "
        "at least {need} terms are needed, and {each} of either outcome. Until then the average "
        "of each plan is used.",
    )


class NotBetterThanChance(Refusal):
    """An estimator that later terms could have contradicted by luck alone."""

    code = "risk_not_better_than_chance"
    said = Sentence(
        zh="风险模型不比猜测更好：在之后到期的 {terms} 次判断上 AUC {auc}"
        "（95% 区间 {low}–{high}）。在此之前按套餐的平均未续率估计。",
        en="The risk estimator is not better than chance: on {terms} later cases its AUC was "
        "{auc} (95 % interval {low}–{high}). Until it is, the average of each plan is used.",
    )


def decision_days(first_day: int, last_day: int) -> list[int]:
    """The past days whose features are learned from: every 45 days back from the last, 16 at most.

    Args:
        first_day: the first day whose features are complete.
        last_day: the last day on which some outcome is known by now.
    Returns:
        Days since 1970, oldest first.
    """
    days = range(last_day, first_day - 1, -EVERY_DAYS)
    return sorted(days[:MOST_DAYS])


@dataclass(frozen=True)
class Split:
    """Three groups of past cases, no term in two of them, each later than the one before."""

    fit: Flags
    calibrate: Flags
    test: Flags


def out_of_time(
    ends_day: Wholes, *, validation_days: int, most_lead: int, grace_days: int
) -> Split:
    """Split past cases as if it were some time ago, by the end of their terms.

    The test are the terms that ended in the last `validation_days`. Whatever is learned from had
    its outcome before the first decision of the test, so a gap of lead and grace lies between.

    Args:
        ends_day: of each case, days since 1970.
        most_lead: the longest time between a decision and the end.
    """
    begins = int(ends_day.max(initial=0)) - validation_days + 1
    learned = ends_day + grace_days < begins - most_lead
    fit, calibrate = by_time(ends_day, among=learned)
    return Split(fit=fit, calibrate=calibrate, test=ends_day >= begins)


def by_time(ends_day: Wholes, *, among: Flags) -> tuple[Flags, Flags]:
    """The earlier cases to fit on, and the latest fifth of them to calibrate on."""
    if not among.any():
        return among, among
    cut = np.quantile(ends_day[among], 1 - CALIBRATION_SHARE, method="lower")
    return among & (ends_day <= cut), among & (ends_day > cut)


def enough(
    outcome: Floats, *, terms: int, least_terms: int, least_of_each: int = LEAST_OF_EACH
) -> None:
    """Refuse to learn from too little.

    Args:
        outcome: of each case, or of each term, 1 where it lapsed.
        terms: how many different terms they come from.
    Raises:
        TooFewOutcomes: with what there is and what is needed.
    """
    lapsed = int(outcome.sum())
    if terms < least_terms or min(lapsed, len(outcome) - lapsed) < least_of_each:
        raise TooFewOutcomes(terms=terms, lapsed=lapsed, need=least_terms, each=least_of_each)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many terms fell due, and how many of them lapsed."""

    due: int
    lapsed: int


def base_rate(seen: Seen, *, assumed: float = ASSUMED_LAPSE) -> float:
    """The share that lapsed, drawn towards an assumption worth 20 terms while little was seen."""
    return (seen.lapsed + assumed * ASSUMED_TERMS) / (seen.due + ASSUMED_TERMS)


def sold_as(plan_code: str, cycle_months: int) -> str:
    """What an average is kept by: a plan and how many months are paid at a time."""
    return f"{plan_code}/{cycle_months}"


def base_rates(by_plan: Mapping[str, Seen]) -> tuple[float, dict[str, float]]:
    """The rate of the whole business, and of each plan and cycle drawn towards it."""
    every = Seen(
        sum(seen.due for seen in by_plan.values()), sum(seen.lapsed for seen in by_plan.values())
    )
    overall = base_rate(every)
    return overall, {plan: base_rate(seen, assumed=overall) for plan, seen in by_plan.items()}


def bands(probability: Floats, edges: Sequence[float]) -> Wholes:
    """The band of each probability: 1 below the first edge, each edge belongs to the band above."""
    return np.searchsorted(np.asarray(edges, dtype=np.float64), probability, side="right") + 1


def risen(band: Wholes, before: Wholes) -> Flags:
    """Who rose to high or above: was below it, or (a band of 0) was not seen before."""
    return (band >= WARN_FROM_BAND) & (before < WARN_FROM_BAND)
