"""The report of a lesson as plain values, ready for JSON and for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from tenure.kernel.failures import Sentence
from tenure.observe.uploads.whole import Sheet
from tenure.understand.churn.estimator.storing import digest
from tenure.understand.outcomes.columns import KIND_NAMES as COLUMN_KINDS
from tenure.understand.outcomes.judging import calibration_table, rings
from tenure.understand.outcomes.leaks import TOO_GOOD, TOO_GOOD_TO_BE_TRUE, Leak
from tenure.understand.outcomes.learning import KIND_NAMES, Lesson
from tenure.understand.outcomes.reasons import drivers
from tenure.understand.outcomes.wish import Wish

FIGURES: Final = (
    "auc", "average_precision", "brier", "log_loss", "ece", "calibration_slope",
    "calibration_intercept", "observed_expected", "lift_10", "empc", "mpc",
)  # fmt: skip
_BETTER = Sentence(
    zh="比猜测更好：AUC {auc}（95% 区间 {low}–{high}，打乱检验 p = {p}，n = {rows}）",
    en="Better than chance: AUC {auc} (95 % interval {low}–{high}, permutation p = {p}, "
    "n = {rows})",
)
_NOT_BETTER = Sentence(
    zh="不比猜测更好：AUC {auc}（95% 区间 {low}–{high}，打乱检验 p = {p}，n = {rows}）。"
    "这一列结果与其余列没有可用的关系，因此不给出分数",
    en="Not better than chance: AUC {auc} (95 % interval {low}–{high}, permutation p = {p}, "
    "n = {rows}). The outcome carries no signal in these columns, so no score is offered",
)
_ORDER_ONLY = Sentence(
    zh="排序比猜测好（AUC {auc}，95% 区间 {low}–{high}，n = {rows}），但概率不比平均比例更准："
    "离开的比例随时间变了。因此不给出分数；请用更近的、比例与现在相同的数据训练",
    en="The order is better than chance (AUC {auc}, 95 % interval {low}–{high}, n = {rows}), the "
    "probabilities are no better than everybody's average: the share that leaves has moved. So no "
    "score is offered; fit on newer rows, in which it is what it is now",
)
_ONCE = Sentence(
    zh="{count} 行与前面的行完全相同（偶然只会有约 {chance} 行）：每组只保留一行",
    en="{count} rows repeat an earlier row exactly (chance would bring about {chance}): each was "
    "kept once",
)
_TOGETHER = Sentence(
    zh="{count} 行与前面的行完全相同，像是取值相同的不同客户（偶然约 {chance} 行）："
    "全部保留，但同组的行总在同一折",
    en="{count} rows repeat an earlier row, as different customers with equal values would "
    "(chance brings about {chance}): all were kept, equal rows always in the same fold",
)
_NO_REPEATS = Sentence(zh="没有重复的行", en="No row repeats another")
_SCREENED = Sentence(
    zh="这张表很宽（{places} 个取值位）：每次训练只用它自己看得到的行，从中选出最能区分结果的 "
    "{kept} 个；检验用的行从不参与选择。{beyond} 个取值位与结果的关系超过碰巧能有的程度"
    "（相关 {luck}，n = {rows}）",
    en="The table is wide ({places} places): every fit chose the {kept} that tell most, from the "
    "rows that it may see alone; rows of a test never take part in choosing. {beyond} of them "
    "follow the outcome further than the luckiest of so many would (correlation {luck}, "
    "n = {rows})",
)
_WEAKER = Sentence(
    zh="{told}；要看出更弱的关系（相关 0.1）约需 {need} 行",
    en="{told}; weaker ones (correlation 0.1) take about {need} rows to be seen",
)
_RINGS = Sentence(
    zh="观察÷预期至少两次偏离 15% 以上：校准在漂移，请重新训练或查明原因",
    en="Observed over expected was off by more than 15 % at least twice: calibration drifts; fit "
    "again or find out why",
)


def summary(lesson: Lesson, *, sheet: Sheet, wish: Wish) -> dict[str, Any]:
    """Everything that the report says."""
    drawn, champion = lesson.drawn, lesson.champion
    return {
        "file": sheet.path,
        "made_on": wish.today.isoformat(),
        "encoding": sheet.encoding,
        "outcome": {
            "column": wish.outcome,
            "left_when": drawn.outcome.value,
            "read_as": both(drawn.outcome.read_as),
            "share": float(drawn.outcome.left.mean()),
        },
        "rows": {
            "read": drawn.read_rows,
            "used": drawn.sheet.rows,
            "without_outcome": drawn.unknown_rows,
            "of_another_width": sheet.skipped,
            "twice": sheet.twice,
            "left": int(drawn.outcome.left.sum()),
        },
        "duplicates": _duplicates(lesson),
        "columns": _columns(lesson, sheet),
        "leaks": [
            {"column": leak.column, "refused": leak.refused, "why": both(leak.why)}
            for leak in (*drawn.leaks, *_too_good(lesson))
        ],
        "validation": _validation(lesson),
        "better_than_chance": lesson.chance.is_better,
        "chance": _chance(lesson),
        "champion": _judged(lesson, 0),
        "challengers": [_judged(lesson, at) for at in range(1, len(lesson.judged))],
        "calibration": calibration_table(champion.probability, lesson.cases.outcome),
        "drivers": drivers(lesson.fitted[0], lesson.encoding, rows=lesson.cases.rows),
        "base_rate": {
            "table": float(drawn.outcome.left.mean()),
            "true": wish.base_rate,
            "shift": lesson.shift,
        },
        "hashes": {"file": sheet.digest, "rows": digest(lesson.cases)},
    }


def _too_good(lesson: Lesson) -> list[Leak]:
    """The column that moves most, to be looked at where the figures are too good to be true."""
    auc = lesson.champion.figures["auc"]
    if auc < TOO_GOOD:
        return []
    moved = drivers(lesson.fitted[0], lesson.encoding, rows=lesson.cases.rows)
    why = TOO_GOOD_TO_BE_TRUE.fill(auc=f"{auc:.3f}")
    return [Leak(moved[0]["column"], why, refused=False)]


def both(sentence: Sentence) -> dict[str, str]:
    """A sentence in either language."""
    return {"zh": sentence.zh, "en": sentence.en}


def verdict(lesson: Lesson) -> Sentence:
    """Whether a score may be given, in one sentence."""
    chance, champion = lesson.chance, lesson.champion
    told = _BETTER if chance.is_better else _ORDER_ONLY if chance.has_order else _NOT_BETTER
    # Of all judged rows together, as the interval is; the figures are means of the parts.
    auc = champion.figures["auc"] if chance.area is None else chance.area
    return told.fill(
        auc=f"{auc:.3f}",
        low=f"{chance.low:.3f}",
        high=f"{chance.high:.3f}",
        p=f"{chance.p_value:.3f}",
        rows=len(lesson.cases.outcome),
    )


def _chance(lesson: Lesson) -> dict[str, Any]:
    return {
        "p_value": lesson.chance.p_value,
        "auc_low": lesson.chance.low,
        "auc_high": lesson.chance.high,
        "log_loss_gain": lesson.chance.gain,
        "shuffled_auc": lesson.shuffled_auc,
        "says": both(verdict(lesson)),
    }


def _duplicates(lesson: Lesson) -> dict[str, Any]:
    repeats = lesson.drawn.repeats
    said = _NO_REPEATS
    if repeats.count:
        said = _ONCE if repeats.dropped else _TOGETHER
        said = said.fill(count=repeats.count, chance=f"{repeats.by_chance:.3g}")
    return {
        "rows": repeats.count,
        "dropped": repeats.dropped,
        "by_chance": repeats.by_chance,
        "says": both(said),
    }


def _columns(lesson: Lesson, sheet: Sheet) -> list[dict[str, Any]]:
    """Each column of the file: what it was taken for, and why it is left out where it is."""
    of_rows = {one.name: one for one in lesson.drawn.columns}
    found = []
    for name in sheet.columns:
        column = of_rows[name]
        why = lesson.drawn.left_out.get(column.name)
        found.append(
            {
                "column": column.name,
                "kind": str(column.kind),
                "kind_name": both(COLUMN_KINDS[column.kind]),
                "filled": float(column.known.mean()),
                "values": column.levels,
                "used": why is None,
                "why": None if why is None else both(why),
            }
        )
    return found


def _validation(lesson: Lesson) -> dict[str, Any]:
    parts = [dict(one) for one in lesson.champion.parts]
    by_time = lesson.is_by_time
    return {
        "kind": "out_of_time" if by_time else "folds",
        "parts": len(parts),
        "times": parts if by_time else [],
        "alarm": both(_RINGS) if by_time and rings(parts) else None,
        "screened": _screened(lesson),
    }


def _screened(lesson: Lesson) -> dict[str, str] | None:
    if not lesson.screened_to:
        return None
    found = lesson.standing
    assert found is not None, "what is screened was looked at"
    told = _SCREENED.fill(
        places=found.places,
        kept=lesson.screened_to,
        beyond=found.beyond,
        luck=f"{found.luck:.2f}",
        rows=found.rows,
    )
    if found.rows < found.need:
        told = _WEAKER.fill(told=told, need=found.need)
    return both(told)


def _judged(lesson: Lesson, at: int) -> dict[str, Any]:
    one, fitted = lesson.judged[at], lesson.fitted[at]
    told = ~np.isnan(one.probability)
    return {
        "kind": one.kind,
        "name": both(KIND_NAMES[one.kind]),
        "figures": {name: one.figures[name] for name in FIGURES},
        "auc_sd": one.figures["auc_sd"],
        "judged_on": int(told.sum()),
        "calibration": fitted.calibration.shape,
    }


def plain(report: Mapping[str, Any]) -> dict[str, Any]:
    """The same with figures of six decimals, so that two runs can be compared by eye."""
    return {name: _rounded(value) for name, value in report.items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(f"{float(value):.6g}")
    if isinstance(value, Mapping):
        return {name: _rounded(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
