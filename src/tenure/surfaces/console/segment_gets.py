"""What a segment gets and why, and what starts for it: the plan of one audience (SEG-06)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenure.kernel.failures import Sentence
from tenure.strategy.journeys import Clock, Journey
from tenure.strategy.plays import Alarm, Play
from tenure.strategy.sections import Strategy
from tenure.strategy.segments import Gets
from tenure.strategy.tags import Tag

_BY_TAG = Sentence(zh="进入标签“{tag}”时", en="entering the tag “{tag}”")
_BY_EVENT = Sentence(zh="收到事件“{event}”时", en="when the event “{event}” arrives")
_BY_ALARM = {
    Alarm.HEALTH: Sentence(
        zh="健康分跌破介入线且不由专人跟进时", en="health falls and no person looks after it"
    ),
    Alarm.RISK: Sentence(
        zh="流失风险升高且不由专人跟进时", en="the risk rises and no person is told of it"
    ),
}
_BY_DATE = {
    Clock.END: Sentence(zh="到期前 {days} 天起", en="from {days} days before the end"),
    Clock.START: Sentence(zh="开通后 {days} 天起", en="from {days} days after the start"),
    Clock.TERM: Sentence(zh="周期开始后 {days} 天起", en="from {days} days into the term"),
    Clock.LAPSE: Sentence(zh="到期未续后 {days} 天起", en="from {days} days after a lapse"),
    Clock.FESTIVAL: Sentence(zh="节日当天", en="on festivals"),
}


@dataclass(frozen=True, slots=True)
class Start:
    """One play or journey that names the segment."""

    name: Sentence
    by: Sentence


def start_of(play: Play, *, tags: Mapping[str, Tag]) -> Sentence:
    """What starts a play, in words."""
    if play.alarm is not None:
        return _BY_ALARM[play.alarm]
    return by_what(play.tag, play.event, tags=tags)


def starts_for(name: str, *, strategy: Strategy) -> list[Start]:
    """The journeys and plays of a day that are for a segment, in the order of the strategy."""
    found = [
        Start(one.name, _begins(one, strategy=strategy))
        for one in strategy.journeys.values()
        if one.segment == name
    ]
    return found + [
        Start(one.name, start_of(one, tags=strategy.tags))
        for one in strategy.plays.values()
        if one.segment == name
    ]


def by_what(tag: str, event: str, *, tags: Mapping[str, Tag]) -> Sentence:
    """The tag or the event that starts something, in words."""
    if tag:
        return _BY_TAG.fill(tag=tags[tag].name)
    return _BY_EVENT.fill(event=event)


def _begins(journey: Journey, *, strategy: Strategy) -> Sentence:
    if journey.clock is Clock.ENTRY:
        return by_what(journey.start.tag, journey.start.event, tags=strategy.tags)
    return _BY_DATE[journey.clock].fill(days=abs(journey.steps[0].days_before))


def shown(name: str, *, strategy: Strategy) -> dict[str, object]:
    """What the page of a segment says of its plan."""
    segment = strategy.segments.get(name)
    gets: Gets | None = segment.gets if segment else None
    told: dict[str, object] = {"gets": gets, "starts": starts_for(name, strategy=strategy)}
    if gets is not None:
        told["content"] = strategy.messages[gets.message].name if gets.message else None
        told["incentive"] = strategy.offers[gets.offer].name if gets.offer else None
        told["suggested"] = strategy.catalog.plans[gets.plan].name if gets.plan else None
    return told
