"""What a readout says, as sentences in both languages and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import numpy as np

from tenure.kernel.failures import Sentence
from tenure.prove.experiments.analysis import Compared, Measured, Readout
from tenure.prove.experiments.contrast import By
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.strata import Strata
from tenure.prove.statistics.groups import ALPHA, Difference, Group
from tenure.prove.statistics.sample_ratio import SRM_ALARM, SampleRatio
from tenure.prove.telling.measures import Kind, Measure
from tenure.prove.telling.statements import Statement, told_guard, told_p
from tenure.prove.telling.verdicts import Verdict

_RATIO: Final = {
    SampleRatio.FINE: Sentence(
        zh="样本比例正常：{counts}，p {p}。", en="The arms have their promised sizes: {counts}, "
        "p {p}."
    ),
    SampleRatio.AMBER: Sentence(
        zh="注意，样本比例可疑：{counts}，p {p}。先查清分组与丢失，再相信下面的结果。",
        en="Warning, the sample ratio is suspicious: {counts}, p {p}. Look into assignment and "
        "losses before you believe what follows.",
    ),
    SampleRatio.ALARM: Sentence(
        zh="样本比例异常：{counts}，p {p}。下面的结果不可用；请先查清分组与数据。",
        en="The sample ratio is wrong: {counts}, p {p}. Nothing below can be used; find out why "
        "first.",
    ),
}  # fmt: skip
_LOCKED: Final = Sentence(
    zh="计划读数日之前：只显示随时可看的区间，固定期限的检验尚未解锁。",
    en="Before the planned day: only intervals that hold at any look are shown; the fixed-horizon "
    "test is locked.",
)
_BEFORE: Final = Sentence(
    zh="实验前就有差异：“{column}”在“{arm}”组与对照组不同（p {p}）。",
    en="The arms differed before it began: “{column}” of “{arm}” and the control (p {p}).",
)
_WITHOUT_ARM: Final = Sentence(
    zh="注意，{count} 行没有写分组，未计入；请查明原因。",
    en="Warning, {count} rows hold no arm and are left out; find out why.",
)
_LOSS: Final = Sentence(
    zh="  有结果的：{known}。",
    en="  The outcome is known of: {known}.",
)
_UNEVEN_LOSS: Final = Sentence(
    zh="  注意，各组缺失结果的比例差得不像随机（p {p}）：剩下的单位可能已不可比，先查明为何缺失。",
    en="  Warning, the arms lose outcomes more unevenly than chance would (p {p}): who is left may "
    "not be alike. Find out why they are missing.",
)
_HEAD: Final = Sentence(zh="{metric}：", en="{metric}:")
_COUNTED: Final = Sentence(
    zh="  平均留下的天数，计到第 {horizon} 天；每个单位按跟踪到的时间计入（Kaplan-Meier）。",
    en="  The mean days that a unit stays, counted up to {horizon}; each counts as far as it was "
    "followed (Kaplan-Meier).",
)
_ARM: Final = Sentence(zh="  {arm}：{mean}（n = {n}）", en="  {arm}: {mean} (n = {n})")
_PAST: Final = Sentence(
    zh="  利用实验前的数据，方差降到 {left}。",
    en="  What was known before leaves {left} of the variance.",
)
_BY_STRATA: Final = Sentence(
    zh="  按分层加权之后，方差为原来的 {left}。",
    en="  Weighed within strata; {left} of the variance is left.",
)
_BY_BOTH: Final = Sentence(
    zh="  利用实验前的数据并按分层加权之后，方差为原来的 {left}。",
    en="  What was known before and strata leave {left} of the variance.",
)
_STRATA: Final = Sentence(
    zh="分层：“{columns}”，共 {count} 层；各组在每一层内比较，再按各层的人数加权。"
    "这一列须在分组之前就已写定。",
    en="Strata: {columns}, {count} in all; arms are compared within each and weighed by how many "
    "are in it. What they say must have been known before the lot.",
)
_MISSING: Final = Sentence(
    zh="  {units} 个单位没有“{column}”的值，自成一层。",
    en="  Nothing is known of “{column}” for {units} units; they are a level of their own.",
)
_UNEVEN_STRATA: Final = Sentence(
    zh="注意，各组在分层里的比例差得不像随机（p {p}）：这一列是否在分组之后才写？"
    "若是，请不要按它分层。",
    en="Warning, the arms fall among the strata more unevenly than a lot would leave them (p {p}): "
    "was the column written after the lot? Then do not use it.",
)
_PART: Final = Sentence(
    zh="  {segment} = {level}（{units} 个）：“{arm}” {effect}（{low} 至 {high}），校正后 p {p}。",
    en="  {segment} = {level} ({units}): “{arm}” {effect} ({low} to {high}), adjusted p {p}.",
)
_LEFT: Final = {(By.PAST,): _PAST, (By.STRATA,): _BY_STRATA, (By.PAST, By.STRATA): _BY_BOTH}
_PARTS: Final = Sentence(
    zh="按人群（探索性，已做多重比较校正）：",
    en="By segment (exploratory, adjusted for being many):",
)
_NO_PART: Final = Sentence(
    zh="  校正之后没有任何人群单独显示出差别：不要据此细分。",
    en="  After adjusting no segment shows a difference of its own: do not split by them.",
)
_HONEST: Final = Sentence(
    zh="在一半客户上发现、在另一半上估计：{segment} = {level}（{units} 个）：“{arm}” {effect}"
    "（{low} 至 {high}），与其他人的差别校正后 p {p}。",
    en="Found on one half, estimated on the other: {segment} = {level} ({units}): “{arm}” {effect} "
    "({low} to {high}); different from the others with adjusted p {p}.",
)
_NO_HONEST: Final = Sentence(
    zh="另一半客户没有证实任何人群与其他人不同：不要据此细分。",
    en="The other half of the customers confirms no segment as different: do not split by them.",
)
_REGISTERED: Final = Sentence(
    zh="事先登记：主要指标“{metric}”，对照“{control}”，显著性水平 {alpha}，护栏：{guards}；"
    "计划读数日 {planned}，结果成熟需 {days} 天。",
    en="Registered beforehand: primary metric “{metric}”, control “{control}”, level {alpha}, "
    "guardrails: {guards}; planned for {planned}, outcomes ripen for {days} days.",
)
_RIPE: Final = Sentence(
    zh="结果的成熟度：截至 {on}，登记的全部结果已经成熟；“{metric}”有结果的占 {share}。",
    en="Maturity: on {on} all outcomes that were registered are ripe; “{metric}” is known of "
    "{share}.",
)
_UNRIPE: Final = Sentence(
    zh="结果的成熟度：截至 {on} 尚未成熟，最早 {readable} 可读；“{metric}”有结果的占 {share}。",
    en="Maturity: on {on} outcomes are not ripe yet, the first day to read them is {readable}; "
    "“{metric}” is known of {share}.",
)
_NO_PLAN: Final = Sentence(
    zh="结果的成熟度：没有登记读数日，无法判断 {on} 时结果是否已成熟；“{metric}”"
    "有结果的占 {share}。",
    en="Maturity: no day was registered, so nobody can say whether outcomes are ripe on {on}; "
    "“{metric}” is known of {share}.",
)
_NOTHING_SET: Final = Sentence(zh="无", en="none")
_NO_DAY: Final = Sentence(zh="未登记", en="no day")


def sentences(readout: Readout, *, guardrails: dict[str, float]) -> Iterator[Sentence]:
    """The readout for a person, the sample ratio before any result."""
    ratio = readout.ratio
    counts = ", ".join(f"{arm} {count:,}" for arm, count in ratio.counts.items())
    yield _RATIO[ratio.level].fill(counts=counts, p=told_p(ratio.p_value))
    if readout.without_arm:
        yield _WITHOUT_ARM.fill(count=f"{readout.without_arm:,}")
    if readout.is_locked:
        yield _LOCKED
    for one in readout.before:
        if one.p_value < ALPHA / max(len(readout.before), 1):
            yield _BEFORE.fill(column=one.column, arm=one.arm, p=told_p(one.p_value))
    if readout.strata is not None:
        yield from _of_strata(readout.strata)
    for measured in readout.metrics:
        yield from _of_metric(measured, control=readout.control, guardrails=guardrails)
    if readout.parts:
        yield _PARTS
        measure = Measure(Kind(readout.metrics[0].kind))
        for part in readout.parts:
            yield _PART.fill(
                segment=part.segment, level=part.level, units=f"{part.units:,}", arm=part.arm,
                p=told_p(part.adjusted_p), **measure.bounds(part.effect),
            )  # fmt: skip
        if all(part.adjusted_p >= ALPHA for part in readout.parts):
            yield _NO_PART
        yield from _honest(readout, measure)


def _of_strata(strata: Strata) -> Iterator[Sentence]:
    """By what the arms are compared, who has no value there, and whether it can be believed."""
    yield _STRATA.fill(columns=strata.columns, count=len(strata.names))
    for column, units in strata.missing.items():
        if units:
            yield _MISSING.fill(column=column, units=f"{units:,}")
    if strata.p_value < SRM_ALARM:
        yield _UNEVEN_STRATA.fill(p=told_p(strata.p_value))


def _honest(readout: Readout, measure: Measure) -> Iterator[Sentence]:
    """The segments that one half found, as the other half sees them."""
    shown = False
    for arm, parts in readout.honest.items():
        for one in parts:
            shown |= one.is_shown()
            yield _HONEST.fill(
                segment=one.segment, level=one.level, units=f"{one.customers:,}", arm=arm,
                p=told_p(one.adjusted_p), **measure.bounds(one.effect),
            )  # fmt: skip
    if not shown:
        yield _NO_HONEST


def registered(readout: Readout, plan: Plan, *, on: date) -> Iterator[Sentence]:
    """What was settled before anybody looked, and how ripe the outcomes are on a day."""
    metric = readout.metrics[0]
    guards = ", ".join(f"{name} ≥ −{margin:g}" for name, margin in plan.guardrails.items())
    yield _REGISTERED.fill(
        metric=metric.metric,
        control=readout.control,
        alpha=f"{plan.alpha:g}",
        guards=guards or _NOTHING_SET,
        planned=plan.planned_on or _NO_DAY,
        days=plan.ripening_days,
    )
    known = sum(group.accounts for group in metric.arms.values())
    share = f"{known / max(sum(readout.ratio.counts.values()), 1):.0%}"
    if plan.readable_on is None:
        yield _NO_PLAN.fill(on=on, metric=metric.metric, share=share)
    elif on < plan.readable_on:
        yield _UNRIPE.fill(on=on, readable=plan.readable_on, metric=metric.metric, share=share)
    else:
        yield _RIPE.fill(on=on, metric=metric.metric, share=share)


def _of_metric(
    measured: Measured, *, control: str, guardrails: dict[str, float]
) -> Iterator[Sentence]:
    measure = Measure(Kind(measured.kind))
    yield _HEAD.fill(metric=measured.metric)
    if measured.horizon is not None:
        yield _COUNTED.fill(horizon=f"{measured.horizon:g}")
    for arm, group in measured.arms.items():
        yield _ARM.fill(arm=arm, mean=measure.value(group.mean), n=f"{group.accounts:,}")
    if measured.loss is not None:
        known = [f"{arm} {share:.0%}" for arm, share in measured.loss.known.items()]
        yield _LOSS.fill(known=known)
        if measured.loss.p_value < SRM_ALARM:
            yield _UNEVEN_LOSS.fill(p=told_p(measured.loss.p_value))
    if measured.variance_left is not None:
        yield _LEFT[measured.adjusted_by].fill(left=f"{measured.variance_left:.0%}")
    for pair in measured.compared:
        yield _indented(_statement(pair, measure, control=control).told(name=pair.arm))
        if pair.guarding is not None:
            margin = measure.value(guardrails[measured.metric])
            yield _indented(told_guard(pair.guarding, arm=pair.arm, margin=margin))


def _statement(pair: Compared, measure: Measure, *, control: str) -> Statement:
    """A comparison of a table: above, below or neither, or while it is locked its interval only."""
    shown = pair.fixed or pair.shown
    verdict = Verdict.LOCKED
    if pair.fixed is not None and pair.adjusted_p is not None:
        verdict = Verdict.HELPS if shown.effect > 0 else Verdict.HARMS
        verdict = verdict if pair.adjusted_p < ALPHA else Verdict.NO_DIFFERENCE
    return Statement(
        verdict=verdict, diff=shown.effect, low=shown.low, high=shown.high, has=0, needs=None,
        least_effect=0.0, srm_p=1.0, measure=measure, p_value=pair.adjusted_p,
        relative=pair.relative.effect if pair.relative else None, control=control,
    )  # fmt: skip


def _indented(said: Sentence) -> Sentence:
    return Sentence(zh=f"  {said.zh}", en=f"  {said.en}")


def as_values(readout: Readout) -> dict[str, Any]:
    """The readout as plain values, shares and metrics unrounded."""
    ratio = readout.ratio
    return {
        "rows": readout.rows,
        "without_arm": readout.without_arm,
        "control": readout.control,
        "sample_ratio": {
            "counts": dict(ratio.counts),
            "expected": dict(ratio.weights),
            "p": ratio.p_value,
            "level": ratio.level.value,
        },
        "locked": readout.is_locked,
        "before": [
            {"column": one.column, "arm": one.arm, "p": one.p_value} for one in readout.before
        ],
        "strata": _strata(readout.strata) if readout.strata else None,
        "metrics": [_metric(one) for one in readout.metrics],
        "segments": [
            {
                "segment": one.segment, "level": one.level, "arm": one.arm, "units": one.units,
                **_numbers(one.effect), "adjusted_p": one.adjusted_p,
            }
            for one in readout.parts
        ],
        "honest_segments": [
            {
                "arm": arm, "segment": one.segment, "level": one.level, "units": one.customers,
                **_numbers(one.effect), "beyond_others": _numbers(one.beyond),
                "adjusted_p": one.adjusted_p,
            }
            for arm, parts in readout.honest.items()
            for one in parts
        ],
    }  # fmt: skip


def _strata(strata: Strata) -> dict[str, Any]:
    sizes = np.bincount(strata.places, minlength=len(strata.names)).tolist()
    return {
        "columns": list(strata.columns),
        "count": len(strata.names),
        "missing": dict(strata.missing),
        "units": {name.en: size for name, size in zip(strata.names, sizes, strict=True)},
        "p": strata.p_value,
    }


def _metric(one: Measured) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "kind": one.kind,
        "adjusted_by": list(one.adjusted_by),
        "variance_left": one.variance_left,
        "horizon": one.horizon,
        "known": dict(one.loss.known) if one.loss else None,
        "loss_p": one.loss.p_value if one.loss else None,
        "arms": {arm: _group(group) for arm, group in one.arms.items()},
        "compared": [
            {
                "arm": pair.arm,
                "always_valid": _numbers(pair.shown),
                "fixed": _numbers(pair.fixed) if pair.fixed else None,
                "p": pair.p_value,
                "adjusted_p": pair.adjusted_p,
                "relative": _numbers(pair.relative) if pair.relative else None,
                "chance_to_do_better": pair.wins,
                "guardrail_holds": pair.held,
                "guardrail": pair.guarding.state.value if pair.guarding else None,
                "guardrail_needs": pair.guarding.needs if pair.guarding else None,
            }
            for pair in one.compared
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    return {"n": group.accounts, "mean": group.mean, "total": group.total}


def _numbers(one: Difference) -> dict[str, float]:
    return {
        "effect": one.effect, "standard_error": one.deviation, "low": one.low, "high": one.high,
    }  # fmt: skip
