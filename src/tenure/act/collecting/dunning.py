"""What follows from a decline: another try, a word to the customer, and an end (STD-07)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.collecting.declines import Declined, classify
from tenure.act.collecting.leave import Leave
from tenure.act.collecting.letters import Subject, reachable, write
from tenure.act.collecting.rules import (
    Story,
    charge_instant,
    end_of,
    is_below_ceiling,
    is_told,
    next_try_on,
)
from tenure.decide.obligations.queries import binding_of
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.billing.deductions.actions import Answer, Moment, move, note_answer, set_aside
from tenure.records.billing.deductions.models import Deduction, DeductionAttempt
from tenure.records.billing.deductions.rules import DeductionVerb
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.billing.mandates.queries import standing_mandate
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions.unpaid import end_unpaid
from tenure.records.subscriptions.queries import following
from tenure.records.subscriptions.states import TermState
from tenure.strategy.collecting import EndAction
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.sections import Strategy

# A card's tries are counted this far back; no network looks further.
LOOK_BACK: Final = timedelta(days=60)
_LAST = Sentence(
    zh="自动扣款最后一次仍未成功（{code}）；请联系客户更换付款方式或手动续费。",
    en="The last automatic payment was declined ({code}); help the customer to pay another way.",
)


@dataclass(frozen=True, slots=True)
class _Next:
    """What follows from a decline: the day of the next try, or none."""

    on: date | None
    declined: Declined


def take_decline(deduction: Deduction, code: str, *, leave: Leave, moment: Moment) -> Deduction:
    """Plan what follows from a decline. The caller is in a transaction and holds the deduction."""
    strategy = current().at(moment.on)
    dunning = strategy.collecting.dunning
    follows = _next(deduction, code, leave=leave, strategy=strategy, on=moment.on)
    answer = Answer("declined", code, str(follows.declined.kind))
    note_answer(deduction, answer, moment=moment)
    told = {"code": code, "class": str(follows.declined.kind)}
    if follows.on is not None:
        next_at = charge_instant(
            follows.on, strategy.collecting.charge_at, zone=strategy.business.zone
        )
        move(
            deduction, DeductionVerb.DECLINE, moment=moment,
            told={**told, "next_on": follows.on.isoformat()}, next_at=next_at,
            decline_code=code[:60],
        )  # fmt: skip
    else:
        _give_up(deduction, code, leave=leave, strategy=strategy, moment=moment)
    is_last = follows.on is None
    if is_told(dunning, deduction.attempts, is_last=is_last):
        _tell(deduction, code, is_last=is_last, strategy=strategy, moment=moment)
    return deduction


def _next(deduction: Deduction, code: str, *, leave: Leave, strategy: Strategy, on: date) -> _Next:
    declined = classify(code)
    assert deduction.first_tried_at is not None, "a decline follows a try"
    zone = strategy.business.zone
    story = Story(today(zone, deduction.first_tried_at), deduction.attempts, on)
    next_on = next_try_on(
        strategy.collecting.dunning,
        story,
        declined=declined,
        retries=leave.binding.retries_automatically,
    )
    if next_on is None or not _is_allowed(leave, strategy=strategy, on=next_on):
        return _Next(None, declined)
    return _Next(next_on, declined)


def _is_allowed(leave: Leave, *, strategy: Strategy, on: date) -> bool:
    """Whether the card's network allows one more try on that day (R-Y-047)."""
    mandate, zone = leave.mandate, strategy.business.zone
    if not mandate.network or not mandate.instrument:
        return True
    since = charge_instant(on - LOOK_BACK, strategy.collecting.charge_at, zone=zone)
    tries = DeductionAttempt.objects.filter(instrument=mandate.instrument, tried_at__gte=since)
    days = [today(zone, one) for one in tries.values_list("tried_at", flat=True)]
    return is_below_ceiling(strategy.collecting.ceilings, mandate.network, tries=days, on=on)


def _give_up(
    deduction: Deduction, code: str, *, leave: Leave, strategy: Strategy, moment: Moment
) -> None:
    """Not tried again; the end action waits until the schedule would have ended."""
    dunning, zone = strategy.collecting.dunning, strategy.business.zone
    assert deduction.first_tried_at is not None, "a decline follows a try"
    first_on = today(zone, deduction.first_tried_at)
    last_on = max(moment.on, first_on + timedelta(days=dunning.days[-1]))
    end = end_of(
        dunning.action_for(leave.term.plan_version.plan.code),
        last_try_on=last_on,
        due_on=deduction.due_on,
        arrears=leave.binding.arrears,
    )
    move(
        deduction, DeductionVerb.GIVE_UP, moment=moment,
        told={"code": code, "end_action": str(end.action), "end_action_on": end.on.isoformat()},
        decline_code=code[:60], reason="declined", end_action=end.action, end_action_on=end.on,
    )  # fmt: skip


def _tell(
    deduction: Deduction, code: str, *, is_last: bool, strategy: Strategy, moment: Moment
) -> None:
    """Tell the customer on every channel there is, and the last time by a person as well."""
    dunning = strategy.collecting.dunning
    name = dunning.final_message if is_last else dunning.message
    template = strategy.messages.get(name)
    if template is not None:
        _, ways = reachable(deduction.account_id, dunning.channels)
        step = "declined_last" if is_last else f"declined_{deduction.attempts}"
        last_on = moment.on + timedelta(days=2)
        subject = Subject(deduction.account_id, deduction.term_id, step, last_on)
        write(subject, template, ways=ways, strategy=strategy, at=moment.at)
    if is_last:
        wanted = Wanted(
            ToDoKind.CALL,
            account_id=deduction.account_id,
            term_id=deduction.term_id,
            once_key=f"declined:{deduction.term_id}",
            why=_LAST.fill(code=code),
        )
        open_todos([wanted], desk=Desk(strategy, moment.on, moment.at, moment.by))


def end_unpaid_deductions(*, at: datetime, by: str = "loop") -> int:
    """Do the end action of every deduction that failed and whose day for it has come; how many."""
    on = today(current().business.zone, at)
    due = Deduction.objects.filter(
        state=DeductionState.FAILED, end_acted_at=None, end_action_on__lte=on
    )
    moment = Moment(on, at, by)
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    return sum(_end(one, moment=moment) for one in ids)


_STILL_UNPAID = (TermState.RUNNING, TermState.GRACE)
# The term lapses when its grace is over; what the customer can use ends by a calendar of its own,
# and for telecom customers later (R-A-019).
_STILL_SERVED = (*_STILL_UNPAID, TermState.LAPSED)


@transaction.atomic
def _end(deduction_id: int, *, moment: Moment) -> bool:
    deduction = (
        Deduction.objects.select_for_update(of=("self",))
        .select_related("term")
        .get(pk=deduction_id)
    )
    if deduction.end_acted_at is not None or deduction.state != DeductionState.FAILED:
        return False
    action, term = EndAction(deduction.end_action), deduction.term
    is_unpaid = term.state in _STILL_UNPAID
    was_served = term.state in _STILL_SERVED and following(term) is None
    if is_unpaid and action is EndAction.CANCEL:
        end_unpaid(deduction.term_id, on=moment.on, at=moment.at, by=moment.by)
    if was_served and action is EndAction.CANCEL:
        _enter(deduction, "service.terminated", moment=moment)
    if was_served and action is EndAction.SUSPEND:
        _enter(deduction, "service.suspended", moment=moment)
    set_aside(deduction.pk, moment=moment, kind="deduction.ended", end_acted_at=moment.at)
    return is_unpaid or was_served


def terminate_suspended(*, at: datetime, by: str = "loop") -> int:
    """End the service of whoever was suspended for as long as the law wants; how many (R-A-019).

    Whoever renewed meanwhile is served by the new term, and nothing ends.
    """
    moment = Moment(today(current().business.zone, at), at, by)
    ended = Entry.objects.filter(kind="service.terminated").values("term_id")
    suspended = Entry.objects.filter(kind="service.suspended", on__lte=moment.on).values("term_id")
    waiting = (
        Deduction.objects.filter(
            end_action=EndAction.SUSPEND, end_acted_at__isnull=False, term_id__in=suspended
        )
        .exclude(term_id__in=ended)
        .select_related("term")
    )
    count = 0
    for deduction in waiting.order_by("pk"):
        arrears = binding_of(deduction.subscription_id, on=moment.on).arrears
        if arrears is None or deduction.end_action_on is None:
            continue
        ends_on = deduction.end_action_on + timedelta(days=arrears.terminate_after_suspended_days)
        if ends_on <= moment.on and following(deduction.term) is None:
            with transaction.atomic():
                _enter(deduction, "service.terminated", moment=moment)
            count += 1
    return count


def _enter(deduction: Deduction, kind: str, *, moment: Moment) -> None:
    fact = Fact(
        kind,
        on=moment.on,
        account_id=deduction.account_id,
        term_id=deduction.term_id,
        content={"why": "unpaid", "stamps": deduction.stamps},
        once_key=f"{kind}:{deduction.term_id}",
    )
    append(fact, at=moment.at, by=moment.by)


def try_new_mandates(*, at: datetime, by: str = "loop") -> int:
    """A customer who gave another way to pay is charged by it at once; how many were taken up."""
    strategy = current()
    moment = Moment(today(strategy.business.zone, at), at, by)
    failed = Deduction.objects.filter(
        state__in=[DeductionState.RETRYING, DeductionState.FAILED],
        end_acted_at=None,
        term__state__in=_STILL_UNPAID,
    )
    taken = 0
    for deduction in failed.order_by("pk"):
        mandate = standing_mandate(deduction.subscription_id)
        if mandate is None or mandate.pk == deduction.mandate_id:
            continue
        binding = binding_of(deduction.subscription_id, on=moment.on, method=mandate.method)
        set_aside(
            deduction.pk, moment=moment, kind="deduction.mandate_changed", mandate_id=mandate.pk,
            next_at=at, stamps=binding.stamps, opens_on=None, closes_on=None,
        )  # fmt: skip
        taken += 1
    return taken
