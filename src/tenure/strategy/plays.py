"""Plays: what a tag, an event or an alarm starts, whatever the date (TAG-02, PRD-03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL
from tenure.strategy.journeys import Journey, OnFailure, Step, ToDoKind
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import ALWAYS, NEVER, Rule


class Alarm(StrEnum):
    """What starts a play where no person is told of it: a fall of health, a risk that rose."""

    HEALTH = "health"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Play:
    """One step that a tag, event or alarm starts, once for each term, for `valid_days` from then.

    It is for terms of its segment with at most `within_days` left. With the channel `phone` it is
    a call; a `todo` opens work for a person beside the message. `applies` is the rule of the
    segment; a play that was stored before plays named one has none.
    """

    id: str
    name: Sentence
    tag: str
    within_days: int
    step: Step
    segment: str = ""
    applies: Rule = ALWAYS
    event: str = ""  # the name of the event that starts it, where no tag does
    alarm: Alarm | None = None
    goal: Rule = NEVER  # the exit criterion: whom it is true of needs the play no more

    @property
    def journey(self) -> Journey:
        """The play as a journey of a single step, which is how it is planned and sent."""
        return Journey(
            id=self.id,
            name=self.name,
            applies=self.applies,
            steps=(self.step,),
            segment=self.segment,
            goal=self.goal,
        )


_ONE_START = Sentence(
    zh="用 tag、event 或 alarm 写明由什么触发，只选其一",
    en="say what starts it: one of tag, event or alarm",
)
_NO_WAY = Sentence(zh="没有渠道；请至少写一个", en="there is no channel; give at least one")


def read(reader: Reader) -> Mapping[str, Play]:
    """Read plays.toml."""
    return {(play := _play(one)).id: play for one in reader.each("play", unique="id")}


def _play(reader: Reader) -> Play:
    channels = tuple(Channel(one) for one in reader.names("channels", list(Channel)))
    if not channels:
        reader.refuse("channels", _NO_WAY)
    if sum(map(reader.has, ("tag", "event", "alarm"))) != 1:
        reader.refuse("tag", _ONE_START)
    name, valid_days = reader.sentence("name"), reader.whole("valid_days", least=1, most=90)
    return Play(
        id=reader.name("id"),
        name=name,
        tag=reader.name("tag", ""),
        event=reader.text("event", ""),
        alarm=reader.choice("alarm", Alarm) if reader.has("alarm") else None,
        within_days=reader.whole("within_days", 365, least=1, most=730),
        segment=reader.name("segment", ""),
        goal=rule_at(reader, "goal", features=ALL) if reader.has("goal") else NEVER,
        step=Step(
            id="play",
            name=name,
            days_before=0,
            valid_days=valid_days,
            message=reader.name("message"),
            message_class=reader.choice("class", MessageClass),
            channels=channels,
            decides=False,
            todo=reader.choice("todo", ToDoKind) if reader.has("todo") else None,
            todo_when=ALWAYS,
            condition=ALWAYS,
            only_if_unrenewed=reader.flag("only_if_unrenewed", True),
            on_failure=reader.choice("on_failure", OnFailure, default=OnFailure.NEXT_STEP),
        ),
    )
