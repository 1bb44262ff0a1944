"""The page of a journey: its steps as a picture, with what each sent, holds and hands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final

from django.utils.translation import gettext

from tenure.act.channels.registry import carried
from tenure.act.journeys.dry_run import Line, Told
from tenure.act.journeys.rules import channels_of
from tenure.act.journeys.standings import JourneyStanding, StepStanding
from tenure.act.messages.reasons import told
from tenure.kernel.failures import Sentence
from tenure.strategy.fields import Fields
from tenure.strategy.forks import Branch, Fork
from tenure.strategy.journeys import Clock, Journey, Step
from tenure.strategy.messages import Channel
from tenure.strategy.rule_sentences import sentence_of
from tenure.strategy.rules import ALWAYS, NEVER
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import wordbook
from tenure.surfaces.console.segment_gets import by_what

COLUMNS: Final = 9  # of the board; the first is the way in, the last the way out
STEPS: Final = COLUMNS - 2
_LABEL, _COLUMN, _ROW, _HEAD = 96, 120, 76, 32
_BOX = 110
_ONCE: Final = Sentence(zh="{start}进入，只进入一次", en="enters {start}, once")
_AGAIN: Final = Sentence(
    zh="{start}进入，{days} 天后可再次进入", en="enters {start}, and anew after {days} days"
)
ICONS: Final = {
    Channel.EMAIL: "message",
    Channel.SMS: "device-mobile",
    Channel.PUSH: "bell",
    Channel.PHONE: "phone",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One node of the picture."""

    name: str
    icon: str
    figure: int
    small: str
    column: int
    lane: int
    tone: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """One row of the picture: at most seven steps between the way in and the way out."""

    axis: Sequence[str]
    boxes: Sequence[Box]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in words, with its counts."""

    step: Step
    when: str
    rule: Sentence | None
    todo_rule: Sentence | None
    message: Sentence
    channels: str
    failure: str
    standing: StepStanding
    held: Sequence[tuple[Sentence, int]]
    branch: Sentence | None = None


@dataclass(frozen=True, slots=True)
class BranchLine:
    """One branch of a fork: whom it takes, and of a lot how many it was to take and took."""

    fork: Sentence
    name: Sentence
    rule: Sentence | None
    share: float | None
    terms: int | None
    of_terms: float | None
    sent: int


@dataclass(frozen=True)
class JourneyPage:
    """What the templates ask for."""

    journey: Journey
    standing: JourneyStanding
    strategy: Strategy

    @property
    def applies(self) -> Sentence:
        return sentence_of(self.journey.applies, names=_fields(self.strategy))

    @property
    def goal(self) -> Sentence | None:
        if self.journey.goal == NEVER:
            return None
        return sentence_of(self.journey.goal, names=_fields(self.strategy))

    @property
    def starts(self) -> Sentence | None:
        """What lets a term in, where a tag or an event does."""
        if self.journey.clock is not Clock.ENTRY:
            return None
        start = self.journey.start
        found = by_what(start.tag, start.event, tags=self.strategy.tags)
        if start.again_after_days:
            return _AGAIN.fill(start=found, days=start.again_after_days)
        return _ONCE.fill(start=found)

    @property
    def ended(self) -> list[tuple[str, int]]:
        return sorted(self.standing.ended.items(), key=lambda one: -one[1])

    @property
    def lines(self) -> list[StepLine]:
        return [self._line(step) for step in self.journey.steps]

    def _line(self, step: Step) -> StepLine:
        names, standing = _fields(self.strategy), self.standing.steps[step.id]
        template = self.strategy.messages.get(step.message)
        usable = [] if template is None else channels_of(step, template, carried=carried())
        return StepLine(
            step=step,
            when=clock_of(step),
            rule=None if step.condition == ALWAYS else sentence_of(step.condition, names=names),
            todo_rule=None
            if step.todo is None or step.todo_when == ALWAYS
            else sentence_of(step.todo_when, names=names),
            message=template.name if template else _plainly(step.message or step.webhook),
            channels=str(wordbook.word(wordbook.CHANNELS, "webhook"))
            if step.webhook
            else _joined([one for one in usable if one in step.channels]),
            branch=_branch_of(self.journey, step),
            failure=failure_of(step),
            standing=standing,
            held=[
                (told(reason, strategy=self.strategy), count)
                for reason, count in standing.held.most_common()
            ],
        )

    @property
    def branches(self) -> list[BranchLine]:
        """Every branch of every fork; what its steps sent is counted beside."""
        return [
            self._branch_line(fork, branch)
            for fork in self.journey.forks
            for branch in fork.branches
        ]

    def _branch_line(self, fork: Fork, branch: Branch) -> BranchLine:
        steps = [one.id for one in self.journey.steps if one.branch == branch.id]
        terms, total = None, 0
        if fork.is_by_lot:
            counted = self.standing.passed[fork.id]
            terms, total = counted.get(branch.id, 0), sum(counted.values())
        names = _fields(self.strategy)
        return BranchLine(
            fork=fork.name,
            name=branch.name,
            rule=None if fork.is_by_lot else sentence_of(branch.rule, names=names),
            share=fork.share(branch) if fork.is_by_lot else None,
            terms=terms,
            of_terms=terms / total if terms is not None and total else None,
            sent=sum(self.standing.steps[one].sent for one in steps),
        )

    @property
    def boards(self) -> list[Board]:
        """The picture, in rows where the steps do not fit into one."""
        rows = list(batched(self.journey.steps, STEPS))
        return [
            self._board(steps, is_first=place == 0, is_last=place == len(rows) - 1)
            for place, steps in enumerate(rows)
        ]

    def _board(self, steps: Sequence[Step], *, is_first: bool, is_last: bool) -> Board:
        boxes, lines, axis = [], [], [""] * COLUMNS
        if is_first:
            boxes.append(self._way_in())
        for column, step in enumerate(steps, start=1):
            axis[column] = clock_of(step)
            boxes += [self._step_box(step, column), self._failure_box(step, column)]
            lines += [_level(column - 1, column, 0), _down(column)]
        if is_last:
            out = self._ways_out(COLUMNS - 1)
            boxes += out
            lines.append(_level(len(steps), COLUMNS - 1, 0))
            lines += [_down(COLUMNS - 1)] * (len(out) > 1)
        return Board(axis, boxes, lines if is_first else lines[1:])

    def _way_in(self) -> Box:
        return Box(
            gettext("Under way"), "login", self.standing.in_flight, _segment(self), 0, 0, "branch"
        )

    def _step_box(self, step: Step, column: int) -> Box:
        one = self.standing.steps[step.id]
        small = gettext("%(waiting)s wait, %(held)s held") % {
            "waiting": wording.figure(one.waiting),
            "held": wording.figure(one.held_back),
        }
        icon = (
            "scale"
            if step.decides
            else ICONS[step.channels[0]]
            if step.channels
            else "access-point"
        )
        tone = "" if step.condition == ALWAYS else "branch"
        name = _branched(self.journey, step)
        return Box(name, icon, one.sent, small, column, 0, tone, step.id)

    def _failure_box(self, step: Step, column: int) -> Box:
        one = self.standing.steps[step.id]
        called = gettext("%(calls)s calls") % {"calls": wording.figure(one.calls)}
        return Box(
            failure_of(step), "arrow-back-up", one.failed, called, column, 1, "wait", step.id
        )

    def _ways_out(self, column: int) -> list[Box]:
        ended = self.standing.ended
        own_goal = self.journey.goal != NEVER
        name = gettext("Goal reached") if own_goal else gettext("Renewed")
        goal = Box(
            name, "circle-check", self.standing.reached, gettext("the goal"), column, 0, "done"
        )
        left = sum(count for state, count in ended.items() if state != "renewed")
        return [
            goal,
            Box(gettext("Not renewed"), "logout", left, gettext("ended"), column, 1, "wait"),
        ]


def _branch_of(journey: Journey, step: Step) -> Sentence | None:
    fork = next((one for one in journey.forks if one.id == step.fork), None)
    return fork.branch(step.branch).name if fork else None


def _plainly(text: str) -> Sentence:
    return Sentence(zh=text, en=text)


def _branched(journey: Journey, step: Step) -> str:
    """The name of a step, before it that of its branch."""
    language = wording.reader_language()
    name = step.name.say(language)
    branch = _branch_of(journey, step)
    return f"{branch.say(language)}: {name}" if branch else name


def _icon(step: Step) -> str:
    return ICONS.get(step.channels[0], "message") if step.channels else "access-point"


def clock_of(step: Step) -> str:
    """T−30: thirty days before what the journey counts from; a festival by its name."""
    return step.when.say(wording.reader_language())


def failure_of(step: Step) -> str:
    """What follows when the first way did not deliver: its other ways, then a call or nothing."""
    others = [str(wordbook.word(wordbook.CHANNELS, one)) for one in step.channels[1:]]
    if step.on_failure == "call":
        others.append(str(wordbook.word(wordbook.CHANNELS, Channel.PHONE)))
    return _then(others) or gettext("Next step")


def _then(words: Sequence[str]) -> str:
    return " → ".join(words)


def _joined(channels: Sequence[Channel]) -> str:
    return _then([str(wordbook.word(wordbook.CHANNELS, one)) for one in channels])


def _fields(strategy: Strategy) -> Fields:
    return Fields({tag.id: tag.name for tag in strategy.tags.values()})


def _segment(page: JourneyPage) -> str:
    segment = page.strategy.segments.get(page.journey.segment)
    return segment.name.say(wording.reader_language()) if segment else gettext("everybody")


def _level(first: int, last: int, lane: int) -> str:
    """A line from the right of one box to the left of another in the same lane."""
    half = (_COLUMN - _BOX) // 2
    left = _LABEL + _COLUMN * (first + 1) - half
    right = _LABEL + _COLUMN * last + half
    return f"M{left} {_middle(lane)}H{right}"


def _down(column: int) -> str:
    """A line from a box to the one below it."""
    middle = _LABEL + _COLUMN * column + _COLUMN // 2
    return f"M{middle} {_middle(0) + 26}V{_middle(1) - 26}"


def _middle(lane: int) -> int:
    return _HEAD + _ROW * lane + _ROW // 2


def step_names(strategy: Strategy) -> Mapping[tuple[str, str], Sentence]:
    """How people call each step of each journey, in their order."""
    return {
        (journey.id, step.id): step.name
        for journey in strategy.journeys.values()
        for step in journey.steps
    }


def name_of(one: Line | Told, names: Mapping[tuple[str, str], Sentence]) -> Sentence | str:
    """How people call the step of a line; what was said in one year names the year behind an @."""
    return names.get((one.journey, one.step.partition("@")[0]), one.step)
