"""What a readout says, as sentences in both languages and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from tenure.kernel.failures import Sentence
from tenure.prove.experiments.analysis import Compared, Measured, Readout
from tenure.prove.experiments.plan import Plan
from tenure.prove.statistics.groups import ALPHA, Difference, Group
from tenure.prove.statistics.guards import Guarded, Guarding
from tenure.prove.statistics.sample_ratio import SampleRatio

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
_HEAD: Final = Sentence(zh="{metric}：", en="{metric}:")
_ARM: Final = Sentence(zh="  {arm}：{mean}（n = {n}）", en="  {arm}: {mean} (n = {n})")
_MORE: Final = Sentence(
    zh="  “{arm}”高于“{control}”：{effect}（{low} 至 {high}），{relative}p {p}。",
    en="  “{arm}” is above “{control}”: {effect} ({low} to {high}), {relative}p {p}.",
)
_LESS: Final = Sentence(
    zh="  “{arm}”低于“{control}”：{effect}（{low} 至 {high}），{relative}p {p}。",
    en="  “{arm}” is below “{control}”: {effect} ({low} to {high}), {relative}p {p}.",
)
_SAME: Final = Sentence(
    zh="  “{arm}”与“{control}”没有看出差别：{effect}（{low} 至 {high}），p {p}。",
    en="  No difference shows between “{arm}” and “{control}”: {effect} ({low} to {high}), p {p}.",
)
_ANY_DAY: Final = Sentence(
    zh="  随时可看：{effect}（{low} 至 {high}）。", en="  At any look: {effect} ({low} to {high})."
)
_HELD: Final = Sentence(
    zh="  护栏守住：排除了超过 {margin} 的损害。",
    en="  The guardrail holds: a harm above {margin} is ruled out.",
)
_BROKEN: Final = Sentence(
    zh="  护栏没有守住：不能排除超过 {margin} 的损害。",
    en="  The guardrail does not hold: a harm above {margin} is not ruled out.",
)
_UNSEEN: Final = Sentence(
    zh="  护栏还不能判断：太少。没有任何变化可看，至少需要 {needs} 个“{arm}”才能排除超过 {margin} "
    "的损害。",
    en="  The guardrail cannot be judged yet: too few. Nothing varied, and it takes {needs} of "
    "“{arm}” to rule out a harm above {margin}.",
)
_LEVEL: Final = Sentence(
    zh="  护栏不能判断：没有任何两个数值不同。",
    en="  The guardrail cannot be judged: no value differs from another.",
)
_PAST: Final = Sentence(
    zh="  利用实验前的数据，方差降到 {left}。",
    en="  What was known before leaves {left} of the variance.",
)
_PART: Final = Sentence(
    zh="  {segment} = {level}（{units} 个）：“{arm}” {effect}（{low} 至 {high}），校正后 p {p}。",
    en="  {segment} = {level} ({units}): “{arm}” {effect} ({low} to {high}), adjusted p {p}.",
)
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
_NOTHING_SET: Final = Sentence(zh="无", en="none")
_NO_DAY: Final = Sentence(zh="未登记", en="no day")
_RELATIVE: Final = Sentence(zh="相对 {share}，", en="{share} of it, ")


def sentences(readout: Readout, *, guardrails: dict[str, float]) -> Iterator[Sentence]:
    """The readout for a person, the sample ratio before any result."""
    ratio = readout.ratio
    counts = ", ".join(f"{arm} {count:,}" for arm, count in ratio.counts.items())
    yield _RATIO[ratio.level].fill(counts=counts, p=_p(ratio.p_value))
    if readout.is_locked:
        yield _LOCKED
    for one in readout.before:
        if one.p_value < ALPHA / max(len(readout.before), 1):
            yield _BEFORE.fill(column=one.column, arm=one.arm, p=_p(one.p_value))
    for measured in readout.metrics:
        yield from _of_metric(measured, control=readout.control, guardrails=guardrails)
    if readout.parts:
        yield _PARTS
        kind = readout.metrics[0].kind
        for part in readout.parts:
            yield _PART.fill(
                segment=part.segment, level=part.level, units=f"{part.units:,}", arm=part.arm,
                p=_p(part.adjusted_p), **_bounds(part.effect, kind=kind),
            )  # fmt: skip
        if all(part.adjusted_p >= ALPHA for part in readout.parts):
            yield _NO_PART
        yield from _honest(readout, kind=kind)


def _honest(readout: Readout, *, kind: str) -> Iterator[Sentence]:
    """The segments that one half found, as the other half sees them."""
    shown = False
    for arm, parts in readout.honest.items():
        for one in parts:
            shown |= one.is_shown()
            yield _HONEST.fill(
                segment=one.segment, level=one.level, units=f"{one.customers:,}", arm=arm,
                p=_p(one.adjusted_p), **_bounds(one.effect, kind=kind),
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
    if plan.readable_on is not None and on < plan.readable_on:
        yield _UNRIPE.fill(on=on, readable=plan.readable_on, metric=metric.metric, share=share)
    else:
        yield _RIPE.fill(on=on, metric=metric.metric, share=share)


def _of_metric(
    measured: Measured, *, control: str, guardrails: dict[str, float]
) -> Iterator[Sentence]:
    kind = measured.kind
    yield _HEAD.fill(metric=measured.metric)
    for arm, group in measured.arms.items():
        yield _ARM.fill(arm=arm, mean=_value(group.mean, kind=kind), n=f"{group.accounts:,}")
    if measured.variance_left is not None:
        yield _PAST.fill(left=f"{measured.variance_left:.0%}")
    for pair in measured.compared:
        yield _verdict(pair, kind=kind, control=control)
        if pair.guarding is not None:
            margin = _value(guardrails[measured.metric], kind=kind)
            yield _of_guard(pair.guarding, arm=pair.arm, margin=margin)


def _of_guard(guarding: Guarding, *, arm: str, margin: str) -> Sentence:
    if guarding.state is not Guarded.TOO_FEW:
        return (_HELD if guarding.state is Guarded.HELD else _BROKEN).fill(margin=margin)
    if guarding.needs is None:
        return _LEVEL
    return _UNSEEN.fill(needs=f"{guarding.needs:,}", arm=arm, margin=margin)


def _verdict(pair: Compared, *, kind: str, control: str) -> Sentence:
    if pair.fixed is None or pair.adjusted_p is None:
        return _ANY_DAY.fill(**_bounds(pair.shown, kind=kind))
    told = {**_bounds(pair.fixed, kind=kind), "p": _p(pair.adjusted_p)}
    if pair.adjusted_p >= ALPHA:
        return _SAME.fill(arm=pair.arm, control=control, **told)
    nothing = Sentence(zh="", en="")
    share = pair.relative.effect if pair.relative else None
    relative = nothing if share is None else _RELATIVE.fill(share=f"{share:+.1%}")
    said = _MORE if pair.fixed.effect > 0 else _LESS
    return said.fill(arm=pair.arm, control=control, relative=relative, **told)


def _bounds(one: Difference, *, kind: str) -> dict[str, str]:
    names = {"effect": one.effect, "low": one.low, "high": one.high}
    return {name: _change(value, kind=kind) for name, value in names.items()}


def _change(value: float, *, kind: str) -> str:
    """A difference: percentage points for shares, the metric's own unit for the others."""
    return f"{value * 100:+.2f} pp" if kind == "share" else f"{value:+,.4g}"


def _value(value: float, *, kind: str) -> str:
    return f"{value:.2%}" if kind == "share" else f"{value:,.4g}"


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.0001 else "< 0.0001"


def as_values(readout: Readout) -> dict[str, Any]:
    """The readout as plain values, shares and metrics unrounded."""
    ratio = readout.ratio
    return {
        "rows": readout.rows,
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


def _metric(one: Measured) -> dict[str, Any]:
    return {
        "metric": one.metric,
        "kind": one.kind,
        "variance_left": one.variance_left,
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
