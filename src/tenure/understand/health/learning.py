"""From past scores and what came of them to weights, odds and a back-test, or to a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.health import ScoreSet
from tenure.understand.churn.estimator.calibration import Calibration
from tenure.understand.churn.estimator.chance import chance_of
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.estimator.quality import roc_auc
from tenure.understand.churn.rules import Wholes
from tenure.understand.health.estimator import (
    Band,
    benefit_curve,
    deciles,
    displayed,
    learned_weights,
    odds_of,
    tens,
    weighted,
)

LEAST_TERMS: Final = 200
LEAST_OF_EACH: Final = 30
# The latest of the ends judge what was learned from the others.
TEST_SHARE: Final = 0.3
LINES: Final = tuple(range(40, 100, 5))


class TooFewRenewals(Refusal):
    """Too few terms have come to their end since they were scored."""

    code = "too_few_renewals"
    said = Sentence(
        zh="已评分且已有结果的合约期有 {terms} 个，其中未续 {lapsed} 个；学习权重至少需要 {need} "
        "个，两种结果各 {each} 个。在此之前沿用手写权重。",
        en="{terms} terms were scored and have ended, {lapsed} of them without a renewal; to learn "
        "weights {need} are needed, and {each} of either outcome. Until then the written weights "
        "stand.",
    )


class ScoreLikeChance(Refusal):
    """Weights that later terms could have contradicted by luck alone."""

    code = "health_not_better_than_chance"
    said = Sentence(
        zh="学到的权重不比猜测更好：在之后到期的 {terms} 个合约期上 AUC {auc}（95% 区间 "
        "{low}–{high}）。沿用手写权重。",
        en="The learned weights are not better than chance: on {terms} terms that ended later "
        "their AUC was {auc} (95 % interval {low}–{high}). The written weights stand.",
    )


class NothingGained(Refusal):
    """Learned weights that order later terms worse than the written ones."""

    code = "health_nothing_gained"
    said = Sentence(
        zh="学到的权重（AUC {learned}）没有比手写权重（AUC {expert}）更好，共比较 {terms} 个之后"
        "到期的合约期。沿用手写权重。",
        en="The learned weights (AUC {learned}) order {terms} terms that ended later no better "
        "than the written ones (AUC {expert}). The written weights stand.",
    )


@dataclass(frozen=True)
class Scored:
    """Past terms that were scored before their end and are decided by now, one row each."""

    parts: Floats  # a column per part, NaN where it is not known
    renewed: Floats
    ends_day: Wholes
    looks: int

    @property
    def known(self) -> Scored:
        """Those of whom something was known."""
        told = ~np.isnan(self.parts).all(axis=1)
        return Scored(self.parts[told], self.renewed[told], self.ends_day[told], self.looks)


@dataclass(frozen=True)
class Studied:
    """What a study found; `weights` is empty where the written ones stand, and `why` says it."""

    n: int
    renewed: int
    weights: dict[str, float]
    odds: Calibration
    figures: dict[str, Any]
    why: Refusal | None


def studied(past: Scored, one: ScoreSet) -> Studied:
    """Judge the written weights on every past term, and learned ones on those that ended later."""
    cases = past.known
    expert = np.array([float(part.weight) for part in one.components])
    written = weighted(cases.parts, expert)
    figures: dict[str, Any] = {"looks": past.looks}
    learned: Floats | None = None
    why: Refusal | None = None
    try:
        figures |= _compared(cases, expert)
        learned = learned_weights(cases.parts, cases.renewed, expert=expert)
    except (TooFewRenewals, ScoreLikeChance, NothingGained) as refusal:
        why = refusal
    score = written if learned is None else weighted(cases.parts, learned)
    odds = odds_of(score, cases.renewed)
    return Studied(
        n=len(cases.renewed),
        renewed=int(cases.renewed.sum()),
        weights={} if learned is None else _named(one, learned),
        odds=odds,
        figures=figures | _back_test(written, cases.renewed),
        why=why,
    )


def _named(one: ScoreSet, weights: Floats) -> dict[str, float]:
    pairs = zip(one.components, weights.tolist(), strict=True)
    return {part.id: round(weight, 4) for part, weight in pairs}


def _compared(cases: Scored, expert: Floats) -> dict[str, Any]:
    """How learned and written weights order the terms that ended later.

    Raises:
        TooFewRenewals, ScoreLikeChance, NothingGained: the written weights stand.
    """
    _enough(cases.renewed, least=LEAST_TERMS, each=LEAST_OF_EACH)
    cut = np.quantile(cases.ends_day, 1 - TEST_SHARE, method="lower")
    fit, test = cases.ends_day <= cut, cases.ends_day > cut
    for part in (fit, test):
        _enough(cases.renewed[part], least=LEAST_TERMS // 5, each=LEAST_OF_EACH // 5)
    weights = learned_weights(cases.parts[fit], cases.renewed[fit], expert=expert)
    odds = odds_of(weighted(cases.parts[fit], weights), cases.renewed[fit])
    later = cases.renewed[test]
    told = displayed(weighted(cases.parts[test], weights), odds)
    chance = chance_of(np.clip(told / 100.0, 1e-6, 1 - 1e-6), later)
    auc, before = roc_auc(told, later), roc_auc(weighted(cases.parts[test], expert), later)
    figures = {
        "auc_learned": round(auc, 4),
        "auc_expert": round(before, 4),
        "auc_interval": [round(chance.low, 4), round(chance.high, 4)],
        "judged_on": len(later),
        "learned_tenths": [_row(band) for band in deciles(told, later)],
        "bands": [_row(band) for band in tens(told, later)] if odds.shape != "none" else [],
        "curve": _curve(told, later) if odds.shape != "none" else [],
    }
    if chance.low <= 0.5:
        raise ScoreLikeChance(
            terms=len(later),
            auc=f"{auc:.3f}",
            low=f"{chance.low:.3f}",
            high=f"{chance.high:.3f}",
        )
    if auc < before:
        raise NothingGained(learned=f"{auc:.3f}", expert=f"{before:.3f}", terms=len(later))
    return figures


def _enough(renewed: Floats, *, least: int, each: int) -> None:
    lapsed = int(len(renewed) - renewed.sum())
    if len(renewed) < least or min(lapsed, len(renewed) - lapsed) < each:
        raise TooFewRenewals(
            terms=len(renewed), lapsed=lapsed, need=LEAST_TERMS, each=LEAST_OF_EACH
        )


def _back_test(score: Floats, renewed: Floats) -> dict[str, Any]:
    """What became of each tenth by the written weights; the area where both outcomes happened."""
    found: dict[str, Any] = {"tenths": [_row(band) for band in deciles(score, renewed)]}
    if 0 < renewed.sum() < len(renewed):
        found["auc"] = round(roc_auc(score, renewed), 4)
    return found


def _row(band: Band) -> dict[str, float]:
    low, high = band.interval
    return {
        "low": round(band.low, 1),
        "high": round(band.high, 1),
        "n": band.n,
        "renewed": band.renewed,
        "mean": round(band.mean, 2),
        "share": round(band.share, 4),
        "least": round(low, 4),
        "most": round(high, 4),
    }


def _curve(score: Floats, renewed: Floats) -> list[dict[str, float | bool]]:
    """The benefit of acting below each line; only lines that are worth it are offered (H3)."""
    return [
        {
            "line": one.line,
            "below": round(one.below, 4),
            "net": round(one.net, 4),
            "treat_all": round(one.treat_all, 4),
            "is_offered": one.is_worth_it,
        }
        for one in benefit_curve(score, renewed, lines=np.array(LINES, dtype=np.float64))
    ]
