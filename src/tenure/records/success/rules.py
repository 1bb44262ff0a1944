"""What follows from an attempt to reach somebody: done, or tried again, and when (R-C-034)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.records.success.states import Outcome, ToDoState
from tenure.strategy.journeys import ToDoKind

MOST_ATTEMPTS = 3
WITHIN_DAYS = 7
_TRIED_AGAIN = (Outcome.CALL_BACK, Outcome.NO_ANSWER)


class ToDoVerb(StrEnum):
    """What may happen to a to-do."""

    TRY_AGAIN = "be tried again"
    FINISH = "finish"
    DROP = "be dropped"
    HAND_OVER = "be handed over"
    TAKE_BACK = "have its last attempt taken back"


TODO = Lifecycle(
    {
        (ToDoState.OPEN, ToDoVerb.TRY_AGAIN): ToDoState.OPEN,
        (ToDoState.OPEN, ToDoVerb.HAND_OVER): ToDoState.OPEN,
        (ToDoState.OPEN, ToDoVerb.FINISH): ToDoState.DONE,
        (ToDoState.OPEN, ToDoVerb.DROP): ToDoState.DROPPED,
        (ToDoState.OPEN, ToDoVerb.TAKE_BACK): ToDoState.OPEN,
        (ToDoState.DONE, ToDoVerb.TAKE_BACK): ToDoState.OPEN,
    },
    name="to-do",
    start=ToDoState.OPEN,
)


# So long whoever noted an attempt may take it back (R-U-036).
UNDO_FOR = timedelta(minutes=2)
# What a customer said, and what was released by it, is never undone by a press.
_UNDONE = (Outcome.REACHED, Outcome.CALL_BACK, Outcome.NO_ANSWER)


class NotTakenBack(Refusal):
    """An attempt that stays as it was noted."""

    code = "attempt_stays"
    said = Sentence(
        zh="这次结果不能撤回：只有本人刚刚（2 分钟内）记录的“联系上、约定回电、未接通”可以撤回；"
        "客户说的话与已经兑现的事不撤回。",
        en="This attempt stays as it was noted: only one's own, within two minutes, and only "
        "reached, called back later or no answer are taken back; what a customer said, and what "
        "was handed over, is not.",
    )


@dataclass(frozen=True, slots=True)
class Noted:
    """The last attempt of a to-do as it was noted: what, of which kind of work, when, by whom."""

    outcome: str
    kind: str
    at: datetime
    by: str


def check_take_back(noted: Noted | None, *, at: datetime, by: str) -> None:
    """Refuse to take an attempt back that is somebody else's, old, or had effects.

    Raises:
        NotTakenBack
    """
    if noted is None or noted.by != by or not noted.at <= at <= noted.at + UNDO_FOR:
        raise NotTakenBack()
    if noted.kind == ToDoKind.FULFIL or noted.outcome not in _UNDONE:
        raise NotTakenBack()


class HandedToNobody(Refusal):
    """A hand-over without a person or a department."""

    code = "handed_to_nobody"
    said = Sentence(
        zh="没有转交：请写明转给谁，或选一个部门，并留一句说明。",
        en="Nothing was handed over: name a person or a department, and say in a sentence why.",
    )


class DueInThePast(Refusal):
    """Work that would be due before today."""

    code = "todo_due_in_the_past"
    said = Sentence(
        zh="到期日 {due_on} 早于今天 {on}；请选择今天或以后的日期。",
        en="{due_on} is before today, {on}; choose today or later.",
    )


@dataclass(frozen=True, slots=True)
class HandOver:
    """To whom one to-do goes, until when, and why."""

    on: date
    owner_name: str = ""
    department: str = ""
    due_on: date | None = None
    why: str = ""


def check_hand_over(asked: HandOver) -> None:
    """Refuse a hand-over to nobody, without a reason, or into the past.

    Raises:
        HandedToNobody
        DueInThePast
    """
    if not (asked.owner_name.strip() or asked.department) or not asked.why.strip():
        raise HandedToNobody()
    if asked.due_on is not None and asked.due_on < asked.on:
        raise DueInThePast(due_on=asked.due_on, on=asked.on)


class CallBackInThePast(Refusal):
    """A promised call on a day that has passed."""

    code = "call_back_in_the_past"
    said = Sentence(
        zh="约定的回电日 {call_back_on} 早于今天 {on}；请选择今天或以后的日期。",
        en="The promised call on {call_back_on} is before today, {on}; choose today or later.",
    )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to reach somebody, on a day of the business."""

    outcome: Outcome
    on: date
    call_back_on: date | None = None


@dataclass(frozen=True, slots=True)
class AfterAttempt:
    """How it goes on; `due_on` is None where nothing more is to be done."""

    verb: ToDoVerb
    due_on: date | None


def after_attempt(attempt: Attempt, *, attempts: int, first_tried_on: date | None) -> AfterAttempt:
    """Whether somebody is tried again, and when: at most 3 attempts within 7 days (R-C-034).

    A call that was promised for a day keeps that day; without an answer the next try is two days
    later. Either way the last try lies within a week of the first.

    Args:
        attempts: how often it was tried before this attempt.
        first_tried_on: the day of the first of them, None where this is the first.
    Raises:
        CallBackInThePast
    """
    if attempt.call_back_on is not None and attempt.call_back_on < attempt.on:
        raise CallBackInThePast(call_back_on=attempt.call_back_on, on=attempt.on)
    due_on = attempt.call_back_on or attempt.on + timedelta(days=2)
    last_on = (first_tried_on or attempt.on) + timedelta(days=WITHIN_DAYS)
    again = attempt.outcome in _TRIED_AGAIN and attempts + 1 < MOST_ATTEMPTS and due_on <= last_on
    if again:
        return AfterAttempt(ToDoVerb.TRY_AGAIN, due_on)
    return AfterAttempt(ToDoVerb.FINISH, None)
