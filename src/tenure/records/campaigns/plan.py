"""The parts of a plan: staged goals and tasks with what they wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Self

from tenure.kernel.failures import Sentence
from tenure.records.campaigns.refusals import BadCampaign

# The share of renewals among those of the audience whose term is over, beside every metric.
AUDIENCE_RENEWAL: Final = "audience_renewal"
# The margin that a campaign brings for each unit spent on it, against its control group.
RETURN: Final = "return"
MOST_GOALS: Final = 12
MOST_TASKS: Final = 40


class Stage(StrEnum):
    """When a goal is to be reached: quickly, later, and what remains (CMP-02)."""

    SHORT = "short"
    MID = "mid"
    LONG = "long"


class TaskKind(StrEnum):
    """What sort of work a task is."""

    PREPARE = "prepare"
    REACH = "reach"  # offers go out while one of these is open
    MEET = "meet"
    ASSESS = "assess"


_NO_CHANGE = Sentence(
    zh="目标“{metric}”与基线相同（{target}），请填写要达到的值",
    en="the goal “{metric}” is the baseline ({target}); say what is to be reached",
)
_TASK_DAYS = Sentence(
    zh="任务“{task}”在 {ends_on} 结束，早于 {starts_on} 开始",
    en="the task “{task}” ends on {ends_on}, before it begins on {starts_on}",
)
_UNKNOWN_TASK = Sentence(
    zh="任务“{task}”等待的“{other}”不存在", en="“{task}” waits for “{other}”, which is not there"
)
_CIRCLE = Sentence(zh="任务“{task}”在等待自己：{circle}", en="“{task}” waits for itself: {circle}")
_TOO_EARLY = Sentence(
    zh="任务“{task}”从 {starts_on} 开始，但它等待的“{other}”到 {ends_on} 才结束",
    en="“{task}” begins on {starts_on}, and “{other}”, for which it waits, ends on {ends_on} only",
)
_TOO_MANY = Sentence(zh="最多 {most} 项", en="there can be at most {most}")


@dataclass(frozen=True, slots=True)
class Goal:
    """One number that is to move, from where to where, until when, and who answers for it.

    Values are as the metric counts them: a share is 0.85. `baseline` is None where nobody knew.
    """

    metric: str
    stage: Stage
    baseline: Decimal | None
    target: Decimal
    due_on: date
    owner: str

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "metric": self.metric,
            "stage": str(self.stage),
            "baseline": None if self.baseline is None else str(self.baseline),
            "target": str(self.target),
            "due_on": self.due_on.isoformat(),
            "owner": self.owner,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `as_json` stored."""
        baseline = stored["baseline"]
        return cls(
            metric=stored["metric"],
            stage=Stage(stored["stage"]),
            baseline=None if baseline is None else Decimal(baseline),
            target=Decimal(stored["target"]),
            due_on=date.fromisoformat(stored["due_on"]),
            owner=stored["owner"],
        )

    def done_share(self, now: Decimal | None) -> Decimal | None:
        """How much of the way from the baseline to the target is gone, 0 or less if none."""
        if now is None or self.baseline is None or self.target == self.baseline:
            return None
        return (now - self.baseline) / (self.target - self.baseline)


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work with its days, both counted, and the tasks that must be done before."""

    id: int
    name: str
    owner: str
    kind: TaskKind
    starts_on: date
    ends_on: date
    after: tuple[int, ...] = ()
    done_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "id": self.id,
            "name": self.name,
            "owner": self.owner,
            "kind": str(self.kind),
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "after": list(self.after),
            "done_on": None if self.done_on is None else self.done_on.isoformat(),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Read back what `as_json` stored."""
        done = stored.get("done_on")
        return cls(
            id=stored["id"],
            name=stored["name"],
            owner=stored["owner"],
            kind=TaskKind(stored["kind"]),
            starts_on=date.fromisoformat(stored["starts_on"]),
            ends_on=date.fromisoformat(stored["ends_on"]),
            after=tuple(stored["after"]),
            done_on=None if done is None else date.fromisoformat(done),
        )

    def is_open(self, on: date) -> bool:
        """Whether it may be worked on, as far as its own days go."""
        return self.starts_on <= on <= self.ends_on and self.done_on is None

    def finished(self, on: date) -> Task:
        """The same task, done on a day."""
        return replace(self, done_on=on)


def check_goals(goals: Sequence[Goal]) -> None:
    """Refuse goals that ask for nothing.

    Raises:
        BadCampaign.
    """
    if len(goals) > MOST_GOALS:
        raise BadCampaign(why=_TOO_MANY.fill(most=MOST_GOALS))
    for one in goals:
        if one.baseline == one.target:
            raise BadCampaign(why=_NO_CHANGE.fill(metric=one.metric, target=one.target))


def check_tasks(tasks: Sequence[Task]) -> None:
    """Refuse a timeline that nobody could follow: circles, and work before what it waits for.

    Raises:
        BadCampaign.
    """
    if len(tasks) > MOST_TASKS:
        raise BadCampaign(why=_TOO_MANY.fill(most=MOST_TASKS))
    by_id = {one.id: one for one in tasks}
    for task in tasks:
        if task.ends_on < task.starts_on:
            raise BadCampaign(
                why=_TASK_DAYS.fill(task=task.name, starts_on=task.starts_on, ends_on=task.ends_on)
            )
        for other in task.after:
            _check_wait(task, by_id.get(other), number=other)
        circle = _circle(task, by_id)
        if circle:
            names = " → ".join(by_id[one].name for one in circle)
            raise BadCampaign(why=_CIRCLE.fill(task=task.name, circle=names))


def _check_wait(task: Task, other: Task | None, *, number: int) -> None:
    if other is None:
        raise BadCampaign(why=_UNKNOWN_TASK.fill(task=task.name, other=number))
    if other.id != task.id and task.starts_on <= other.ends_on:
        raise BadCampaign(
            why=_TOO_EARLY.fill(
                task=task.name,
                starts_on=task.starts_on,
                other=other.name,
                ends_on=other.ends_on,
            )
        )


def _circle(task: Task, by_id: Mapping[int, Task]) -> list[int]:
    """The way from a task back to itself; empty where there is none."""
    paths = [[task.id]]
    seen: set[int] = set()
    while paths:
        path = paths.pop()
        for other in by_id[path[-1]].after:
            if other == task.id:
                return [*path, other]
            if other in by_id and other not in seen:
                seen.add(other)
                paths.append([*path, other])
    return []


def waiting_for(task: Task, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that are not done and that a task waits for."""
    return [one for one in tasks if one.id in task.after and one.done_on is None]


def reaches_on(tasks: Sequence[Task], on: date) -> bool:
    """Whether offers may go out on a day: a task that reaches people is open and waits for none."""
    return any(
        one.kind is TaskKind.REACH and one.is_open(on) and not waiting_for(one, tasks)
        for one in tasks
    )
