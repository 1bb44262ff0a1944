"""Take one line of a batch back for its money: asked for first, done when the money has gone."""

from datetime import date, datetime

from django.db import transaction

from tenure.kernel.money import Money
from tenure.records.billing.refunds import actions as refunds
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import HOLDS, RefundEffect, RefundReason
from tenure.records.journal.actions import append
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.actions import (
    WentBack,
    ask_to_cancel,
    credit_term,
    undo_renewal,
)
from tenure.records.subscriptions.batches.actions.giving import Bought
from tenure.records.subscriptions.batches.actions.moving import Move, about, locked, move_lines
from tenure.records.subscriptions.batches.models import BatchLine
from tenure.records.subscriptions.batches.queries import lines_of
from tenure.records.subscriptions.batches.refusals import Moved
from tenure.records.subscriptions.batches.rules import LineVerb
from tenure.records.subscriptions.batches.states import LineState
from tenure.records.subscriptions.quoting.queries import quote_refund


@transaction.atomic
def ask_back(bought: Bought, place: int, *, at: datetime, by: str) -> Refund:
    """Ask for the money of a line that was given; asked again while it is on its way, the same one.

    Before the first day of its term all of it goes back, later what is left of it by the day. A
    second person agrees where the amount asks for it (R-Y-013), and the term ends when the money
    has gone.

    Raises:
        Moved: this row gave nothing.
        NotRunning: its term is over.
    """
    batch = locked(bought.batch_id)
    line = lines_of(batch, LineState.GIVEN).select_related("refund", "added").filter(place=place)
    found = line.first()
    if found is None:
        raise Moved(batch=batch.public_id, state=batch.state)
    if found.refund is not None and found.refund.state in HOLDS:
        return found.refund
    key = f"batch:{batch.public_id}:{place}:back:"
    times = Refund.objects.filter(once_key__startswith=key).count()
    new = NewRefund(
        bought.payment.pk,
        RefundReason.CUSTOMER_REQUEST,
        once_key=f"{key}{times}",
        amount=_owed(found, batch.currency, on=business_day(at)),
        effect=RefundEffect.END,
        note=f"{batch.public_id} {found.contract}",
    )
    refund = refunds.request(new, at=at, by=by)
    BatchLine.objects.filter(pk=found.pk).update(refund=refund)
    return refund


def _owed(line: BatchLine, currency: str, *, on: date) -> Money:
    assert line.added is not None, "a line that was given has its term"
    if line.added.starts_on > on:
        return Money(line.amount_minor, currency)
    return quote_refund(line.added.pk, on=on).to_credit


@transaction.atomic
def return_lines(refund: Refund, *, on: date, at: datetime, by: str) -> int:
    """The money of a line has gone: its term ends; told again, nothing changes. How many lines.

    Before its first day the renewal counts as never made, and the term before it goes on.
    """
    lines = list(
        BatchLine.objects.filter(refund=refund, state=LineState.GIVEN).select_related("added")
    )
    amount = Money(refund.amount_minor, refund.currency)
    for line in lines:
        assert line.added is not None, "a line that was given has its term"
        batch = locked(line.batch_id)
        went = WentBack(line.added.pk, amount, on, f"refund:{refund.number}")
        credit_term(went, at=at, by=by)
        if line.added.starts_on > on:
            undo_renewal(line.added.pk, on=on, at=at, by=by)
        else:
            ask_to_cancel(line.added.pk, on=on, at=at, by=by, is_at_once=True)
        move_lines([Move(line, LineVerb.RETURN, {"settled_at": at})], also=("settled_at",))
        fact = about(batch, "batch.line_returned", on=on, row=line.place, refund=refund.number)
        append(fact, at=at, by=by)
    return len(lines)
