"""Journeys: what is said, when, by the clock of a term, of a customer, or of the calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.festivals import FESTIVALS
from tenure.strategy.features import ALL, OBSERVED
from tenure.strategy.forks import Fork, fork_of, read_forks
from tenure.strategy.messages import Channel, MessageClass
from tenure.strategy.reading import UNKNOWN, Reader, nearest
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import ALWAYS, NEVER, AllOf, Rule, written
from tenure.strategy.starts import NO_START, Start, check_again, read_start

# Written at the top of journeys.toml: changes in the console need a second person.
SECOND_PERSON: Final = "second_person"


class ToDoKind(StrEnum):
    """Work that a step opens for a person."""

    CALL = "call"
    OPTIONS = "options"
    HEALTH = "health"
    QUESTION = "question"
    FULFIL = "fulfil"
    REVIEW = "review"  # a customer wants a person to look at what a program chose


class OnFailure(StrEnum):
    """The failure edge: what follows when no channel could deliver a step."""

    NEXT_STEP = "next_step"
    CALL = "call"


_BEFORE = Sentence(zh="{name}前 {days} 天", en="{days} days before {name}")


class Clock(StrEnum):
    """What the days of a journey's steps are counted from.

    Before the end of a term; after the customer's start, or the term's; after an end without
    renewal; before a festival, each year; after a tag was entered or an event arrived.
    """

    END = "end"
    START = "start"
    TERM = "term"
    LAPSE = "lapse"
    FESTIVAL = "festival"
    ENTRY = "entry"

    @property
    def counts_up(self) -> bool:
        """Whether steps say `days_after`."""
        return self in (Clock.START, Clock.TERM, Clock.LAPSE, Clock.ENTRY)


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a journey.

    It is due from `days_before` down to `days_before − valid_days` (exclusive), so an outage
    shorter than `valid_days` loses nothing. A `todo` is opened where `todo_when` holds. Where it
    `decides`, the chosen offer's own message is sent, or this one when the offer has none; the
    choice `nothing` sends nothing. Days after an event are days before it below zero. A step that
    `follows` another is for those whom that one reached, and who did not react where
    `unless_reacted` says so.
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
    festival: str = ""
    follows: str = ""
    unless_reacted: bool = False
    fork: str = ""
    branch: str = ""
    webhook: str = ""

    @property
    def clock_text(self) -> str:
        """T−30 thirty days before what is counted from, T+30 thirty days after it."""
        return f"T−{self.days_before}" if self.days_before >= 0 else f"T+{-self.days_before}"

    @property
    def when(self) -> Sentence:
        """When it stands, as people read it."""
        if not self.festival:
            return Sentence(zh=self.clock_text, en=self.clock_text)
        name = FESTIVALS[self.festival]
        return _BEFORE.fill(days=self.days_before, name=name) if self.days_before else name

    def is_due(self, days_left: int) -> bool:
        """Whether the step may be planned with this many days left."""
        return self.days_before - self.valid_days < days_left <= self.days_before

    def excludes(self, other: Step) -> bool:
        """Whether nobody can meet both: they stand on different branches of one fork."""
        return bool(self.fork) and self.fork == other.fork and self.branch != other.branch


@dataclass(frozen=True, slots=True)
class Journey:
    """Steps in the order of time, for the terms that `applies` holds for.

    `segment` names whom it is for; once the strategy is built, `applies` holds its rule, too. Whom
    `goal` is true of has what the journey is for, and hears no more of it.
    """

    id: str
    name: Sentence
    applies: Rule
    steps: tuple[Step, ...]
    segment: str = ""
    clock: Clock = Clock.END
    goal: Rule = NEVER
    forks: tuple[Fork, ...] = ()
    start: Start = NO_START  # what lets a term in where days are counted from that

    @property
    def version(self) -> str:
        """First 16 hex digits of a digest of everything that the journey says."""
        said = "|".join([self.id, written(self.applies), *map(_step_text, self.steps)])
        if self.clock is not Clock.END or self.goal != NEVER:
            said += f"|{self.clock}|{written(self.goal)}"
        if self.forks:
            said += "|" + "|".join(fork.text for fork in self.forks)
        if self.start != NO_START:
            said += f"|{self.start.text}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def step(self, step_id: str) -> Step:
        """The step of an id; a festival's year, or the day of an entry, stands behind an @."""
        plain = step_id.partition("@")[0]
        return next(step for step in self.steps if step.id == plain)

    def lot_of(self, step: Step) -> Fork | None:
        """The lot that decides who meets a step; None where there is none."""
        found = next((fork for fork in self.forks if fork.id == step.fork), None)
        return found if found is not None and found.is_by_lot else None

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
    added = (step.festival, step.follows, step.unless_reacted)
    told = (step.branch, step.webhook)
    said = [*parts, *added] if any(added) else [*parts]
    return ";".join(map(str, [*said, *told] if any(told) else said))


_ORDER = Sentence(
    zh="步骤应按时间先后排列：{days} 不能排在 {before} 之后",
    en="steps stand in the order of time: {days} cannot follow {before}",
)
_OVERLAP = Sentence(
    zh="{before} 的补发期与 {days} 重叠；请把 valid_days 减到 {most} 或更少",
    en="the catch-up window of {before} reaches {days}; lower its valid_days to {most}",
)
_LOOP = Sentence(
    zh="“{step}”只能接在更早的步骤之后；接在自己或后面的步骤上会不等待地循环",
    en="“{step}” may only follow an earlier step: following itself or a later one is a loop "
    "without a wait",
)
_NO_WAIT = Sentence(
    zh="“{step}”与它所接的“{before}”在同一天；请至少隔一天",
    en="“{step}” stands on the same day as “{before}”, which it follows; leave a day at least",
)
_NOTHING_FOLLOWED = Sentence(
    zh="写了 unless_reacted 就要用 follows 写明接在哪一步之后",
    en="unless_reacted needs follows: say which step it looks at",
)
_DECIDES = Sentence(
    zh="只有按到期日计时（clock = end）的步骤能做决策",
    en="only steps before the end of a term (clock = end) may decide",
)
_LOT_DECIDES = Sentence(
    zh="随机分支上的步骤不能做决策；请用 offers.toml 的随机探索来比较优惠",
    en="a step on a branch drawn by lot cannot decide; offers are compared by exploring",
)
_NOT_MET = Sentence(
    zh="“{step}”与它所接的“{before}”在不同分支上，没有人会走到",
    en="“{step}” follows “{before}”, which stands on another branch: nobody would get there",
)
_NO_REACTION = Sentence(
    zh="“{before}”只通知其他系统，没有送达与回应可等",
    en="“{before}” only tells other programs; there is no arrival or reaction to wait for",
)
_NO_STEPS = Sentence(zh="没有任何步骤", en="there is no step")
_NO_WAY = Sentence(zh="没有渠道；请至少写一个", en="there is no channel; give at least one")


def read(reader: Reader) -> Mapping[str, Journey]:
    """Read journeys.toml."""
    reader.flag(SECOND_PERSON, False)
    return {(journey := _journey(one)).id: journey for one in reader.each("journey", unique="id")}


def _journey(reader: Reader) -> Journey:
    clock, forks = reader.choice("clock", Clock, default=Clock.END), read_forks(reader)
    steps: list[Step] = []
    for one in reader.each("step", unique="id"):
        step = _on_branch(one, _step(one, clock), forks=forks)
        _check_follows(one, step, before=steps)
        if clock is not Clock.FESTIVAL:
            _check_order(one, steps, after=step)
        steps.append(step)
    if not steps:
        reader.refuse("step", _NO_STEPS)
    start = read_start(reader) if clock is Clock.ENTRY else NO_START
    check_again(reader, start, over_after=max(one.valid_days - one.days_before for one in steps))
    return Journey(
        id=reader.name("id"),
        name=reader.sentence("name"),
        applies=rule_at(reader, "applies", features=OBSERVED, optional=True),
        steps=tuple(steps),
        segment=reader.name("segment", ""),
        clock=clock,
        start=start,
        goal=rule_at(reader, "goal", features=ALL) if reader.has("goal") else NEVER,
        forks=forks,
    )


def _on_branch(reader: Reader, step: Step, *, forks: tuple[Fork, ...]) -> Step:
    """The step where it stands; what a branch by rules asks is a part of its condition."""
    fork = fork_of(reader, forks)
    if fork is None:
        return step
    if fork.is_by_lot and step.decides:
        reader.refuse("decides", _LOT_DECIDES)
    branch = fork.branch(reader.name("branch"))
    asked = [one for one in (branch.rule, step.condition) if one != ALWAYS]
    condition = asked[0] if len(asked) == 1 else AllOf(tuple(asked))
    return replace(step, fork=fork.id, branch=branch.id, condition=condition)


def _check_follows(reader: Reader, step: Step, *, before: Sequence[Step]) -> None:
    """A step waits for an earlier one, so nobody goes round in a circle."""
    if step.unless_reacted and not step.follows:
        reader.refuse("unless_reacted", _NOTHING_FOLLOWED)
    if not step.follows:
        return
    earlier = {one.id: one for one in before}
    if step.follows not in earlier:
        reader.refuse("follows", _LOOP.fill(step=step.id))
    if earlier[step.follows].webhook:
        reader.refuse("follows", _NO_REACTION.fill(before=step.follows))
    if earlier[step.follows].excludes(step):
        reader.refuse("follows", _NOT_MET.fill(step=step.id, before=step.follows))
    if earlier[step.follows].days_before == step.days_before and not step.festival:
        reader.refuse("follows", _NO_WAIT.fill(step=step.id, before=step.follows))


def _check_order(reader: Reader, earlier: Sequence[Step], *, after: Step) -> None:
    """Steps stand in the order of time; only those whom nobody meets both may overlap."""
    for before in earlier:
        apart, most = before.excludes(after), before.days_before - after.days_before
        if most < 0 or (most == 0 and not apart):
            problem = _ORDER.fill(days=after.clock_text, before=before.clock_text)
            reader.refuse(_key_of(after), problem)
        if before.valid_days > most and not apart:
            problem = _OVERLAP.fill(before=before.clock_text, days=after.clock_text, most=most)
            reader.refuse(_key_of(after), problem)


def _key_of(step: Step) -> str:
    return "days_after" if step.days_before < 0 else "days_before"


def _step(reader: Reader, clock: Clock) -> Step:
    webhook = reader.name("webhook", "")
    channels = () if webhook else _channels(reader)
    return Step(
        id=reader.name("id"),
        name=reader.sentence("name"),
        days_before=_place(reader, clock),
        valid_days=reader.whole("valid_days", least=1, most=90),
        message="" if webhook else reader.name("message"),
        message_class=MessageClass.TRANSACTIONAL
        if webhook
        else reader.choice("class", MessageClass),
        channels=channels,
        decides=not webhook and _decides(reader, clock),
        todo=reader.choice("todo", ToDoKind) if reader.has("todo") else None,
        todo_when=rule_at(reader, "todo_when", features=ALL, optional=True),
        condition=rule_at(reader, "when", features=ALL, optional=True),
        only_if_unrenewed=reader.flag("only_if_unrenewed", True),
        on_failure=reader.choice("on_failure", OnFailure),
        festival=_festival(reader) if clock is Clock.FESTIVAL else "",
        follows=reader.name("follows", ""),
        unless_reacted=reader.flag("unless_reacted", False),
        webhook=webhook,
    )


def _channels(reader: Reader) -> tuple[Channel, ...]:
    channels = tuple(Channel(one) for one in reader.names("channels", list(Channel)))
    if not channels:
        reader.refuse("channels", _NO_WAY)
    return channels


def _decides(reader: Reader, clock: Clock) -> bool:
    decides = reader.flag("decides", False)
    if decides and clock is not Clock.END:
        reader.refuse("decides", _DECIDES)
    return decides


def _place(reader: Reader, clock: Clock) -> int:
    """Where a step stands on its clock, as days before; the past of a clock lies below zero."""
    if clock.counts_up:
        return -reader.whole("days_after", most=730)
    if clock is Clock.FESTIVAL:
        return reader.whole("days_before", 0, most=30)
    return reader.whole("days_before", most=730)


def _festival(reader: Reader) -> str:
    name = reader.name("festival")
    if name not in FESTIVALS:
        reader.refuse("festival", UNKNOWN.fill(name=name, nearest=nearest(name, FESTIVALS)))
    return name
