"""The background of a plan, filled in from live data: each finding with the day it was true."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from tenure.kernel.failures import Sentence
from tenure.records.planning.queries import benchmarks
from tenure.strategy.sections import Strategy
from tenure.understand.metrics.queries import gaps, headline, share_of
from tenure.understand.voice.causes import causes, root_causes
from tenure.understand.voice.taxonomy import Taxonomy

_MOST: Final = 3
_YEAR: Final = timedelta(days=365)
_QUARTER: Final = timedelta(days=90)

_RATE = Sentence(
    zh="续费率现为 {value}（{num} / {den}，截至 {day}）",
    en="the renewal rate is {value} ({num} of {den}, as of {day})",
)
_NO_RATE = Sentence(
    zh="还没有可用的续费率；夜间计算后会有",
    en="no renewal rate is known yet; the nightly run fills it",
)
_GAP = Sentence(
    zh="“{metric}”同行为 {theirs}（{source}）：{gap}",
    en="others reach {theirs} in “{metric}” ({source}): {gap}",
)
_NO_GAP = Sentence(
    zh="还没有录入行业基准，无法比较差距；在指标页录入",
    en="no benchmark was entered, so there is no gap; enter one with the metrics",
)
_CAUSE = Sentence(
    zh="过去一年流失原因第 {place}：{name}，{count} 个周期",
    en="cause number {place} of the losses of a year: {name}, {count} terms",
)
_NO_CAUSE = Sentence(
    zh="过去一年没有登记流失原因", en="nobody's reason for leaving was noted in the last year"
)
_PAIN = Sentence(
    zh="近 90 天投诉根因：{name}，{count} 件",
    en="the root of {count} complaints of the last 90 days: {name}",
)


def background_of(strategy: Strategy, *, as_of: date) -> list[dict[str, Any]]:
    """What is known today about why a campaign is needed (CMP-01): rate, gap, causes, pains."""
    return [
        {"zh": one.zh, "en": one.en, "as_of": as_of.isoformat()}
        for one in _findings(strategy, as_of=as_of)
    ]


def _findings(strategy: Strategy, *, as_of: date) -> Iterator[Sentence]:
    rate = headline(as_of=as_of).get("renewal_rate")
    value = None if rate is None else rate.value
    share = share_of(value)
    if value is None or share is None:
        yield _NO_RATE
    else:
        yield _RATE.fill(value=f"{share:.1%}", num=value.num, den=value.den, day=value.as_of)
    found = gaps(benchmarks(on=as_of), as_of=as_of)
    for one in found[:_MOST]:
        theirs = f"{float(one.row.value):.1%}" if one.metric.unit == "share" else one.row.value
        yield _GAP.fill(metric=one.metric.name, theirs=theirs, source=one.row.source, gap=one.said)
    if not found:
        yield _NO_GAP
    yield from _causes(strategy, as_of=as_of)


def _causes(strategy: Strategy, *, as_of: date) -> Iterator[Sentence]:
    tomorrow = as_of + timedelta(days=1)
    lost = causes(
        since=tomorrow - _YEAR,
        until=tomorrow,
        currency=strategy.business.currency,
        taxonomy=Taxonomy(strategy.topics),
    )
    for place, one in enumerate(lost[:_MOST], start=1):
        yield _CAUSE.fill(place=place, name=_name(one.reason, strategy), count=one.terms)
    if not lost:
        yield _NO_CAUSE
    for reason, count in root_causes(since=tomorrow - _QUARTER)[:_MOST]:
        yield _PAIN.fill(name=_name(reason, strategy), count=count)


def _name(reason: str, strategy: Strategy) -> Sentence:
    known = strategy.reasons.get(reason)
    return Sentence(zh=reason, en=reason) if known is None else known.name
