"""What a history teaches, told: the verdict, each action, the evidence and its limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from tenure.decide.effects.estimator.folds import fold_of, out_of_fold
from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.history import History, logged
from tenure.decide.effects.selection import FOLDS, Learned, Verdict
from tenure.decide.offpolicy.ranking import difference_at, gain_at, rate, within_folds
from tenure.decide.offpolicy.rules import Estimate, certain, ips, snips
from tenure.kernel.failures import Sentence

SHARES: Final = (0.1, 0.3, 0.5, 0.7)

_VERDICTS: Final = {
    Verdict.PERSONAL: Sentence(
        zh="为每位客户选择对其最好的动作：在未见过的客户上，预测的差异确实存在。",
        en="Choose for each customer: on customers not learned from, the predicted differences "
        "are really there.",
    ),
    Verdict.SINGLE: Sentence(
        zh="对所有人使用“{arm}”：它有效，但没有证据表明因人而异更好。",
        en="Give “{arm}” to everybody: it works, and choosing for each customer is not shown to "
        "be better.",
    ),
    Verdict.NOTHING: Sentence(
        zh="什么都不做：没有证据表明任何动作值得它的成本。",
        en="Do nothing: no action is shown to be worth its cost.",
    ),
}
NOT_BETTER: Final = Sentence(
    zh="个性化尚未被证明优于最好的单一动作（“{arm}”）：差 {value}，区间 {low} 到 {high}。",
    en="Personalisation not shown to be better than the best single action (“{arm}”): "
    "difference {value}, interval {low} to {high}.",
)
BETTER: Final = Sentence(
    zh="个性化优于最好的单一动作（“{arm}”）：每位客户多 {value}，区间 {low} 到 {high}。",
    en="Personalisation is better than the best single action (“{arm}”) by {value} per customer, "
    "interval {low} to {high}.",
)
_DOUBT: Final = Sentence(
    zh="写下的概率与事实不符：“{column}”能看出谁得到“{arm}”（z = {z}）。"
    "以下数字可能有偏，请勿据此行动。",
    en="The written probabilities are not those that chose: “{column}” tells who got “{arm}” "
    "(z = {z}). The figures below may be biased; do not act on them.",
)
_EVEN: Final = Sentence(
    zh="没有概率列：假定分组与客户无关，概率取各组占比。",
    en="No column of probabilities: arms are taken to be drawn regardless of the customer, each "
    "with its share.",
)
_THIN: Final = Sentence(
    zh="这个策略只与 {rows} 行（有效 {effective} 行）过去的选择一致；区间因此很宽。",
    en="Only {rows} past choices ({effective} in effect) agree with this policy; the interval is "
    "as wide as that.",
)
_THIN_ROWS: Final = 400


def report(
    history: History, *, learned: Learned, assumed_even: bool = False, seed: int = 0
) -> dict[str, Any]:
    """Everything as plain values, sentences in both languages.

    Args:
        seed: the one with which `learned` was made.
    """
    return {
        "rows": len(history),
        "features": list(history.names),
        "verdict": str(learned.verdict),
        "sentences": [
            {"zh": one.zh, "en": one.en}
            for one in sentences(history, learned, assumed_even=assumed_even)
        ],
        "arms": _arms(history, learned),
        "estimator": learned.learner.name,
        "candidates": [
            {"name": one.name, "gain": asdict(one.gain), "ahead": asdict(one.ahead)}
            for one in learned.candidates
        ],
        "personal": _policy(learned),
        "single": {"arm": history.arms[learned.single_arm], **asdict(learned.gains.single)},
        "beyond_single": asdict(learned.gains.beyond_single),
        "is_personal_better": learned.is_personal_better,
        "calibration": {
            "slope": asdict(learned.calibration.slope),
            "varying": asdict(learned.calibration.varying),
        },
        "overlap": asdict(learned.overlap),
        "doubts": [asdict(one) for one in learned.doubts],
        "rankings": _rankings(history, learned, seed=seed),
    }


def sentences(history: History, learned: Learned, *, assumed_even: bool) -> list[Sentence]:
    """What the reader is told, doubts first."""
    said = []
    if learned.doubts:
        worst = learned.doubts[0]
        said.append(_DOUBT.fill(column=worst.column, arm=worst.arm, z=f"{worst.z:.1f}"))
    single = history.arms[learned.single_arm]
    verdict = _VERDICTS[learned.verdict]
    said.append(verdict.fill(arm=single) if verdict.slots else verdict)
    beyond = learned.gains.beyond_single
    told = BETTER if learned.is_personal_better else NOT_BETTER
    said.append(
        told.fill(
            arm=single,
            value=f"{beyond.value:+.4g}",
            low=f"{beyond.low:+.4g}",
            high=f"{beyond.high:+.4g}",
        )
    )
    if learned.overlap.effective_rows < _THIN_ROWS:
        rests = learned.overlap
        said.append(_THIN.fill(rows=rests.matching_rows, effective=f"{rests.effective_rows:.0f}"))
    if assumed_even:
        said.append(_EVEN)
    return said


def _arms(history: History, learned: Learned) -> list[dict[str, Any]]:
    return [
        {
            "arm": name,
            "rows": int(history.per_arm[place]),
            "outcome": float(history.outcome[history.action == place].mean()),
            "gain": asdict(learned.by_arm[place]),
            "chosen_for": float((learned.choice == place).mean()),
        }
        for place, name in enumerate(history.arms)
    ]


def _policy(learned: Learned) -> dict[str, Any]:
    """The value of choosing for each customer by each method; the first is the one to believe.

    All are of the customers who came after those that were learned from.
    """
    later = learned.later
    past = logged(later.history, later.stakes)
    policy = certain(learned.judged.choice, arms=len(later.history.arms))
    return {
        "gain": asdict(learned.gains.personal),
        "value_by_ips": asdict(ips(past, policy)),
        "value_by_snips": asdict(snips(past, policy)),
    }


def _rankings(history: History, learned: Learned, *, seed: int) -> list[dict[str, Any]]:
    """For each arm, whether the predicted effect puts first those who are changed most."""
    fold = fold_of(len(history), folds=FOLDS, seed=seed)
    base = out_of_fold(SharedEffect(), history, fold=fold)[:, 0]
    risk = within_folds(-base, fold)
    found = []
    for place in range(1, len(history.arms)):
        effect = learned.gamma[:, place] - learned.gamma[:, 0]
        score = within_folds(learned.predicted[:, place] - learned.predicted[:, 0], fold)
        found.append(
            {
                "arm": history.arms[place],
                "rate_z": rate(score, effect).qini.z,
                "autoc_z": rate(score, effect).autoc.z,
                "risk_rate_z": rate(risk, effect).qini.z,
                "at": [_at(score, risk, effect=effect, share=share) for share in SHARES],
            }
        )
    return found


def _at(score: Any, risk: Any, *, effect: Any, share: float) -> dict[str, Any]:
    even: Estimate = gain_at(np.zeros(len(effect)), effect, share=share)
    return {
        "share": share,
        "by_effect": asdict(gain_at(score, effect, share=share)),
        "by_risk": asdict(gain_at(risk, effect, share=share)),
        "at_random": asdict(even),
        "beyond_risk": asdict(difference_at(score, risk, effect=effect, share=share)),
    }
