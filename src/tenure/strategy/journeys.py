"""Journeys: what is said, when, relative to the end of a term."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL, OBSERVED
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import Rule, written


class ToDoKind(StrEnum):
    """Work that a step opens for a person."""

    CALL = "call"
    OPTIONS = "options"
    HEALTH = "health"


class OnFailure(StrEnum):
    """The failure edge: what follows when no channel could deliver a step."""

    NEXT_STEP = "next_step"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a journey.

    It is due from `days_before` down to `days_before − valid_days` (exclusive), so an outage
    shorter than `valid_days` loses nothing. A `todo` is opened where `todo_when` holds. Where it
    `decides`, the chosen offer's own message is sent, or this one when the offer has none; the
    choice `nothing` sends nothing.
    """

    id: str
    name: Sentence
    days_before: int
    valid_days: int
    message: str
    message_class: MessageClass
    channels: tuple[Channel, ...]
    decides: bool
    todo: ToDoKind | None
    todo_when: Rule
    condition: Rule
    only_if_unrenewed: bool
    on_failure: OnFailure

    def is_due(self, days_left: int) -> bool:
        """Whether the step may be planned with this many days left."""
        return self.days_before - self.valid_days < days_left <= self.days_before


@dataclass(frozen=True, slots=True)
class Journey:
    """Steps in the order of time, for the terms that `applies` holds for.

    `segment` names whom it is for; once the strategy is built, `applies` holds its rule, too.
    """

    id: str
    name: Sentence
    applies: Rule
    steps: tuple[Step, ...]
    segment: str = ""

    @property
    def version(self) -> str:
        """First 16 hex digits of a digest of everything that the journey says."""
        said = "|".join([self.id, written(self.applies), *map(_step_text, self.steps)])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def step(self, step_id: str) -> Step:
        """The step of an id."""
        return next(step for step in self.steps if step.id == step_id)

    def due(self, days_left: int) -> tuple[Step, ...]:
        """The steps that may be planned with this many days left."""
        return tuple(step for step in self.steps if step.is_due(days_left))


def _step_text(step: Step) -> str:
    parts = (
        step.id,
        step.days_before,
        step.valid_days,
        step.message,
        step.message_class,
        ",".join(step.channels),
        step.decides,
        step.todo,
        written(step.todo_when),
        written(step.condition),
        step.only_if_unrenewed,
        step.on_failure,
    )
    return ";".join(map(str, parts))


_ORDER = Sentence(
    zh="步骤应按时间先后排列：T−{days} 不能排在 T−{before} 之后",
    en="steps stand in the order of time: T−{days} cannot follow T−{before}",
)
_OVERLAP = Sentence(
    zh="T−{before} 的补发期与 T−{days} 重叠；请把 valid_days 减到 {most} 或更少",
    en="the catch-up window of T−{before} reaches T−{days}; lower its valid_days to {most}",
)
_NO_STEPS = Sentence(zh="没有任何步骤", en="there is no step")
_NO_WAY = Sentence(zh="没有渠道；请至少写一个", en="there is no channel; give at least one")


def read(reader: Reader) -> Mapping[str, Journey]:
    """Read journeys.toml."""
    return {(journey := _journey(one)).id: journey for one in reader.each("journey", unique="id")}


def _journey(reader: Reader) -> Journey:
    steps: list[Step] = []
    for one in reader.each("step", unique="id"):
        step = _step(one)
        if steps:
            _check_order(one, steps[-1], after=step)
        steps.append(step)
    if not steps:
        reader.refuse("step", _NO_STEPS)
    return Journey(
        id=reader.name("id"),
        name=reader.sentence("name"),
        applies=rule_at(reader, "applies", features=OBSERVED, optional=True),
        steps=tuple(steps),
        segment=reader.name("segment", ""),
    )


def _check_order(reader: Reader, before: Step, *, after: Step) -> None:
    if after.days_before >= before.days_before:
        problem = _ORDER.fill(days=after.days_before, before=before.days_before)
        reader.refuse("days_before", problem)
    most = before.days_before - after.days_before
    if before.valid_days > most:
        problem = _OVERLAP.fill(before=before.days_before, days=after.days_before, most=most)
        reader.refuse("days_before", problem)


def _step(reader: Reader) -> Step:
    channels = tuple(Channel(one) for one in reader.names("channels", list(Channel)))
    if not channels:
        reader.refuse("channels", _NO_WAY)
    return Step(
        id=reader.name("id"),
        name=reader.sentence("name"),
        days_before=reader.whole("days_before", most=730),
        valid_days=reader.whole("valid_days", least=1, most=90),
        message=reader.name("message"),
        message_class=reader.choice("class", MessageClass),
        channels=channels,
        decides=reader.flag("decides", False),
        todo=reader.choice("todo", ToDoKind) if reader.has("todo") else None,
        todo_when=rule_at(reader, "todo_when", features=ALL, optional=True),
        condition=rule_at(reader, "when", features=ALL, optional=True),
        only_if_unrenewed=reader.flag("only_if_unrenewed", True),
        on_failure=reader.choice("on_failure", OnFailure),
    )
