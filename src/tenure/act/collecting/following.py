"""What follows for a deduction when its term went another way (TOP-07, STD-07)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from tenure.kernel.clock import today
from tenure.records.billing.deductions.actions import Moment, move
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.rules import DEDUCTION, DeductionVerb
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.billing.mandates.actions import withdraw
from tenure.records.billing.mandates.queries import with_leave
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import SubscriptionState, TermState

_NOT_YET_TRIED = (
    DeductionState.PLANNED,
    DeductionState.NOTIFIED,
    DeductionState.HELD,
    DeductionState.MANUAL,
)
_TRIED = (DeductionState.RETRYING, DeductionState.FAILED)


def follow_terms(term_ids: Collection[int], *, at: datetime, by: str = "loop") -> int:
    """Settle the deductions of terms that were renewed, cancelled or lapsed; how many moved.

    Renewed by hand before any try it stops; after a declined one the money came back by another
    way. When the agreement is over, the leave to deduct ends with it.
    """
    moment = Moment(today(current().business.zone, at), at, by)
    found = Deduction.objects.filter(term_id__in=term_ids).order_by("pk")
    moved = sum(_follow(one, moment=moment) for one in found.values_list("pk", flat=True))
    ended = Term.objects.filter(pk__in=term_ids, subscription__state=SubscriptionState.ENDED)
    over = dict.fromkeys(ended.order_by("pk").values_list("subscription_id", flat=True))
    # From most of them nothing may be deducted: three questions for all tell who is left.
    left = with_leave(over)
    for subscription in over:
        if subscription in left:
            withdraw(subscription, reason="ended", on=moment.on, at=at, by=by)
    return moved


@transaction.atomic
def _follow(deduction_id: int, *, moment: Moment) -> bool:
    deduction = (
        Deduction.objects.select_for_update(of=("self",))
        .select_related("term")
        .get(pk=deduction_id)
    )
    state, term_state = DeductionState(deduction.state), deduction.term.state
    if term_state == TermState.RENEWED:
        if state in _NOT_YET_TRIED:
            move(deduction, DeductionVerb.STOP, moment=moment, reason="renewed")
            return True
        if state in _TRIED:
            move(deduction, DeductionVerb.COLLECT, moment=moment, reason="paid_by_hand")
            return True
    is_over = term_state in (TermState.CANCELLED, TermState.LAPSED)
    if is_over and DEDUCTION.allows(state, DeductionVerb.STOP):
        move(deduction, DeductionVerb.STOP, moment=moment, reason=term_state)
        return True
    return False
