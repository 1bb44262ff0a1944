"""Take what is due, at most once a try: leave is asked for again under the lock each time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from tenure.act.collecting.dunning import take_decline
from tenure.act.collecting.leave import Leave, Refused, leave_for
from tenure.act.collecting.notices import hold_if_disproved
from tenure.act.collecting.rules import charge_instant, next_opening
from tenure.act.collecting.till import (
    Heard,
    charge,
    hear,
    is_paying_by_hand,
    number_of,
    open_charge,
)
from tenure.act.payments.provider import NotNow
from tenure.act.payments.registry import NoSuchProvider
from tenure.kernel.clock import today
from tenure.records.billing.deductions import queries
from tenure.records.billing.deductions.actions import (
    Answer,
    Moment,
    begin_attempt,
    move,
    note_answer,
    set_aside,
)
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.rules import DeductionVerb
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.rules import AlreadyPaid
from tenure.records.strategies.queries import current

_log = structlog.get_logger("tenure.collecting")
LOOKS_AGAIN: Final = timedelta(minutes=10)
# A customer who is paying by hand right now is left alone.
LEFT_ALONE: Final = timedelta(hours=2)
_READY = (DeductionState.NOTIFIED, DeductionState.RETRYING, DeductionState.FAILED)


def charge_due(*, at: datetime, by: str = "loop") -> int:
    """Take every deduction whose moment has come, and follow those without an answer; how many."""
    moment = Moment(today(current().business.zone, at), at, by)
    return sum(_step(one, moment=moment) for one in queries.due(at=at))


def _step(deduction_id: int, *, moment: Moment) -> bool:
    state = Deduction.objects.values_list("state", flat=True).get(pk=deduction_id)
    if state == DeductionState.CHARGING:
        return _listen(deduction_id, moment=moment)
    return _take(deduction_id, moment=moment)


@dataclass(frozen=True, slots=True)
class _Opened:
    deduction: Deduction
    leave: Leave
    payment: Payment


def _take(deduction_id: int, *, moment: Moment) -> bool:
    """One try: stored first, then asked for, then believed."""
    opened = _open(deduction_id, moment=moment)
    if opened is None:
        return False
    try:
        heard = charge(
            opened.payment, opened.deduction, mandate=opened.leave.mandate, moment=moment
        )
    except (NotNow, NoSuchProvider) as refusal:
        _log.warning("not_taken", deduction=deduction_id, told=str(refusal))
        heard = Heard(is_declined=True, code="outside_window")
    _hear(deduction_id, heard, moment=moment)
    return True


@transaction.atomic
def _open(deduction_id: int, *, moment: Moment) -> _Opened | None:
    """The order and the numbered payment of one try, or None where nothing may be taken now."""
    deduction = _locked(deduction_id)
    if deduction.state not in _READY or deduction.next_at is None or deduction.next_at > moment.at:
        return None
    leave = leave_for(deduction, on=moment.on)
    if isinstance(leave, Refused):
        _without_leave(deduction, leave, moment=moment)
        return None
    is_first = deduction.state == DeductionState.NOTIFIED
    if is_first and hold_if_disproved(deduction, moment=moment):
        return None
    later = _later(deduction, moment=moment)
    if later is not None:
        set_aside(deduction.pk, moment=moment, kind="deduction.put_off", next_at=later)
        return None
    try:
        payment = open_charge(deduction, leave, moment=moment)
    except AlreadyPaid:
        _without_leave(deduction, Refused.RENEWED, moment=moment)
        return None
    assert payment.number is not None, "stored before the provider hears of it"
    deduction.stamps = leave.binding.stamps
    instrument = leave.mandate.instrument
    begin_attempt(deduction, number=payment.number, instrument=instrument, moment=moment)
    return _Opened(deduction, leave, payment)


def _locked(deduction_id: int) -> Deduction:
    rows = Deduction.objects.select_for_update(of=("self",))
    return rows.select_related("account", "mandate", "term__plan_version__plan").get(
        pk=deduction_id
    )


def _without_leave(deduction: Deduction, why: Refused, *, moment: Moment) -> None:
    """Nothing is taken: it waits where that can change, and stops where it cannot."""
    if why in (Refused.SUSPENDED, Refused.CANCELLING) and moment.on < deduction.due_on:
        later = moment.at + timedelta(days=1)
        set_aside(deduction.pk, moment=moment, kind="deduction.put_off", next_at=later)
        return
    is_recovered = why is Refused.RENEWED and deduction.attempts > 0
    verb = DeductionVerb.COLLECT if is_recovered else DeductionVerb.STOP
    reason = "paid_by_hand" if is_recovered else str(why)
    if deduction.state == DeductionState.FAILED and not is_recovered:
        set_aside(deduction.pk, moment=moment, kind="deduction.put_off", next_at=None)
        return
    move(deduction, verb, moment=moment, reason=reason)


def _later(deduction: Deduction, *, moment: Moment) -> datetime | None:
    """A later moment at which to take it: the customer is paying, or the provider is closed."""
    if is_paying_by_hand(deduction.term_id):
        return moment.at + LEFT_ALONE
    strategy = current().at(moment.on)
    rule = strategy.collecting.announcements.get(deduction.mandate.provider)
    if rule is None:
        return None
    opening = next_opening(rule, moment.at)
    if opening > moment.at:
        return opening
    if deduction.opens_on is not None and moment.on < deduction.opens_on:
        zone = strategy.business.zone
        return charge_instant(deduction.opens_on, strategy.collecting.charge_at, zone=zone)
    is_over = deduction.closes_on is None or moment.on >= deduction.closes_on
    # It waits for its announcement, which sets the moment anew.
    return moment.at + LOOKS_AGAIN if is_over else None


def _listen(deduction_id: int, *, moment: Moment) -> bool:
    deduction = Deduction.objects.get(pk=deduction_id)
    heard = hear(number_of(deduction), moment=moment)
    return _hear(deduction_id, heard, moment=moment)


@transaction.atomic
def _hear(deduction_id: int, heard: Heard, *, moment: Moment) -> bool:
    """Move a deduction by what is known of its payment; without an answer it is looked at again."""
    deduction = _locked(deduction_id)
    if deduction.state != DeductionState.CHARGING:
        return False
    if heard.is_paid:
        note_answer(deduction, Answer("collected"), moment=moment)
        move(deduction, DeductionVerb.COLLECT, moment=moment, reason="", decline_code="")
        return True
    if not heard.is_declined:
        later = moment.at + LOOKS_AGAIN
        set_aside(deduction.pk, moment=moment, kind="deduction.waits_for_answer", next_at=later)
        return False
    leave = leave_for(deduction, on=moment.on)
    if isinstance(leave, Refused):
        note_answer(deduction, Answer("declined", heard.code), moment=moment)
        move(deduction, DeductionVerb.STOP, moment=moment, reason=str(leave))
        return True
    take_decline(deduction, heard.code, leave=leave, moment=moment)
    return True
