"""The only writers of deductions and of their attempts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.records.billing.deductions.models import Deduction, DeductionAttempt
from tenure.records.billing.deductions.rules import DEDUCTION, DeductionVerb
from tenure.records.billing.deductions.states import OPEN, STOPPABLE, DeductionState
from tenure.records.journal.actions import Fact, append, append_many
from tenure.records.rows import insert_rows

_COLUMNS = (
    "account_id", "subscription_id", "term_id", "mandate_id", "due_on", "amount_minor", "currency",
    "state", "reason", "stamps", "windows", "planned_at", "ended_at",
)  # fmt: skip
_KINDS = {
    DeductionVerb.PROVE: "deduction.notified",
    DeductionVerb.HOLD: "deduction.held",
    DeductionVerb.HAND_OVER: "deduction.handed_over",
    DeductionVerb.CHARGE: "deduction.charged",
    DeductionVerb.COLLECT: "deduction.collected",
    DeductionVerb.DECLINE: "deduction.declined",
    DeductionVerb.GIVE_UP: "deduction.failed",
    DeductionVerb.STOP: "deduction.stopped",
}


@dataclass(frozen=True, slots=True)
class NewDeduction:
    """A deduction to be announced, or one that the customer has to pay by hand and why."""

    account_id: int
    subscription_id: int
    term_id: int
    mandate_id: int
    due_on: date
    amount_minor: int
    currency: str
    stamps: tuple[str, ...]
    windows: tuple[dict[str, Any], ...] = ()
    by_hand: str = ""

    def row(self, at: datetime) -> tuple[object, ...]:
        """The values of the columns."""
        chain = (self.account_id, self.subscription_id, self.term_id, self.mandate_id)
        state = DeductionState.MANUAL if self.by_hand else DEDUCTION.start
        money = (self.due_on, self.amount_minor, self.currency, state, self.by_hand)
        rest = (list(self.stamps), list(self.windows), at)
        return (*chain, *money, *rest, at if self.by_hand else None)

    def fact(self, on: date) -> Fact:
        """What the journal says of it."""
        content = {
            "due_on": str(self.due_on),
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "stamps": list(self.stamps),
        }
        if self.by_hand:
            content["reason"] = self.by_hand
        kind = "deduction.handed_over" if self.by_hand else "deduction.planned"
        return Fact(
            kind,
            on=on,
            account_id=self.account_id,
            term_id=self.term_id,
            content=content,
            once_key=f"deduction.planned:{self.term_id}",
        )


@transaction.atomic
def plan_many(planned: Iterable[NewDeduction], *, on: date, at: datetime, by: str) -> int:
    """Plan the deductions that no term has yet; how many were new."""
    noted = list(planned)
    added = insert_rows(Deduction, (one.row(at) for one in noted), columns=_COLUMNS)
    append_many((one.fact(on) for one in noted), at=at, by=by)
    return added


@dataclass(frozen=True, slots=True)
class Moment:
    """The day and the instant of a move, and who makes it."""

    on: date
    at: datetime
    by: str


@transaction.atomic
def move_deduction(
    deduction_id: int,
    verb: DeductionVerb,
    *,
    moment: Moment,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> Deduction:
    """Move a deduction and set what changes with it.

    Raises:
        IllegalMove: it is not where this can happen.
    """
    deduction = Deduction.objects.select_for_update().get(pk=deduction_id)
    return move(deduction, verb, moment=moment, told=told, **changes)


def move(
    deduction: Deduction,
    verb: DeductionVerb,
    *,
    moment: Moment,
    told: dict[str, Any] | None = None,
    **changes: Any,
) -> Deduction:
    """As `move_deduction`, for a row that the caller has locked."""
    deduction.state = DEDUCTION.after(DeductionState(deduction.state), verb)
    is_over = deduction.state not in OPEN
    wanted = {"next_at": None, **changes} if is_over else changes
    for name, value in wanted.items():
        setattr(deduction, name, value)
    deduction.ended_at = moment.at if is_over else None
    deduction.save()
    content: dict[str, Any] = {
        "due_on": str(deduction.due_on),
        "amount_minor": deduction.amount_minor,
        "currency": deduction.currency,
        "attempts": deduction.attempts,
        "stamps": deduction.stamps,
        **(told or {}),
    }
    if deduction.reason:
        content["reason"] = deduction.reason
    fact = Fact(
        _KINDS[verb],
        on=moment.on,
        account_id=deduction.account_id,
        term_id=deduction.term_id,
        content=content,
    )
    append(fact, at=moment.at, by=moment.by)
    return deduction


@transaction.atomic
def set_aside(deduction_id: int, *, moment: Moment, kind: str, **changes: Any) -> Deduction:
    """Note something about a deduction that does not move it: a window, the next moment."""
    deduction = Deduction.objects.select_for_update().get(pk=deduction_id)
    for name, value in changes.items():
        assert name not in ("state", "ended_at"), "only a move changes where it stands"
        setattr(deduction, name, value)
    deduction.save()
    fact = Fact(
        kind,
        on=moment.on,
        account_id=deduction.account_id,
        term_id=deduction.term_id,
        content={name: str(value) for name, value in changes.items()},
    )
    append(fact, at=moment.at, by=moment.by)
    return deduction


@transaction.atomic
def begin_attempt(
    deduction: Deduction, *, number: str, instrument: str, moment: Moment
) -> DeductionAttempt:
    """Store an attempt before the provider hears of it: the deduction is being charged."""
    ordinal = deduction.attempts + 1
    attempt = DeductionAttempt.objects.create(
        deduction=deduction,
        ordinal=ordinal,
        number=number,
        instrument=instrument,
        amount_minor=deduction.amount_minor,
        stamps=deduction.stamps,
        tried_at=moment.at,
    )
    move(
        deduction,
        DeductionVerb.CHARGE,
        moment=moment,
        told={"number": number, "ordinal": ordinal},
        attempts=ordinal,
        first_tried_at=deduction.first_tried_at or moment.at,
        next_at=None,
    )
    return attempt


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt."""

    outcome: str
    code: str = ""
    decline_class: str = ""


@transaction.atomic
def note_answer(deduction: Deduction, answer: Answer, *, moment: Moment) -> DeductionAttempt:
    """Write down what became of the last attempt; the move that follows is the caller's."""
    attempt = DeductionAttempt.objects.select_for_update().get(
        deduction=deduction, ordinal=deduction.attempts
    )
    attempt.outcome = answer.outcome
    attempt.answered_at = moment.at
    attempt.decline_code = answer.code[:60]
    attempt.decline_class = answer.decline_class
    attempt.save()
    fact = Fact(
        "deduction.answered",
        on=moment.on,
        account_id=deduction.account_id,
        term_id=deduction.term_id,
        content={
            "ordinal": attempt.ordinal,
            "number": attempt.number,
            "outcome": answer.outcome,
            "code": answer.code,
            "class": answer.decline_class,
        },
        once_key=f"deduction.answered:{attempt.pk}:{answer.outcome}",
    )
    append(fact, at=moment.at, by=moment.by)
    return attempt


def stop_open(subscription_id: int, *, reason: str, on: date, at: datetime, by: str) -> int:
    """Stop every deduction of a subscription that has not been taken; how many stopped.

    One that is with its provider this very moment is stopped too: should the money come all the
    same, it is found and given back or counted by whoever takes it.
    """
    found = Deduction.objects.select_for_update().filter(
        subscription_id=subscription_id, state__in=STOPPABLE
    )
    moment = Moment(on, at, by)
    stopped = [
        move(one, DeductionVerb.STOP, moment=moment, reason=reason) for one in found.order_by("pk")
    ]
    return len(stopped)
