"""Take lines of a batch back for their money: asked for first, done when the money has gone."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from tenure.kernel.money import Money
from tenure.records.billing.pricing.basket import LineKind
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
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term, TermLine
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
    """What a line has coming: never more than is left of what it cost."""
    assert line.added is not None, "a line that was given has its term"
    left = Money(_left([line])[0], currency)
    if line.added.starts_on > on:
        return left
    return min(quote_refund(line.added.pk, on=on).to_credit, left)


def _left(lines: Sequence[BatchLine]) -> list[int]:
    """What is left of the money of each line, in minor units, after what went back of it."""
    credits = TermLine.objects.filter(
        term_id__in=[one.added_id for one in lines], kind=LineKind.CREDIT, closes=None
    )
    gone = dict(credits.values_list("term_id").annotate(Sum("amount_minor")).order_by())
    return [max(one.amount_minor + gone.get(one.added_id, 0), 0) for one in lines]


@transaction.atomic
def return_lines(refund: Refund, *, on: date, at: datetime, by: str) -> int:
    """The money of lines has gone: each is credited and, by the refund's effect, ends. How many.

    A refund that lines asked for is about these; any other is about the whole batch, each line by
    its share. A term that ends before its first day counts as never renewed, and the one before it
    goes on. Of a batch that ends, what was not given yet never is. Told again, nothing changes.
    """
    asked = BatchLine.objects.filter(refund=refund).select_related("added")
    is_own = asked.exists()
    lines = list(asked.filter(state=LineState.GIVEN)) if is_own else _of_the_whole(refund)
    if not lines:
        return 0
    batch = locked(lines[0].batch_id)
    given = [one for one in lines if one.state == LineState.GIVEN]
    went = _shares(given, refund)
    moves = [_given_up(one, refund, at=at) for one in lines if one.state != LineState.GIVEN]
    for line, amount in zip(given, went, strict=True):
        assert line.added is not None, "a line that was given has its term"
        if amount.amount_minor > 0:
            key = f"refund:{refund.number}:{line.place}"
            credit_term(WentBack(line.added.pk, amount, on, key), at=at, by=by)
        if refund.effect != RefundEffect.NONE:
            _end(line.added, refund.effect, on=on, at=at, by=by)
            moves.append(Move(line, LineVerb.RETURN, {"settled_at": at, "refund_id": refund.pk}))
            fact = about(batch, "batch.line_returned", on=on, row=line.place, refund=refund.number)
            append(fact, at=at, by=by)
    move_lines(moves, also=("settled_at", "refund_id"))
    return len(moves)


def _of_the_whole(refund: Refund) -> list[BatchLine]:
    """What of a batch a refund of its payment is about: all whose money is not gone by itself."""
    states = [LineState.GIVEN]
    if refund.effect != RefundEffect.NONE:
        states += [LineState.ORDERED, LineState.STUCK]
    paid = BatchLine.objects.filter(
        batch__order_id=refund.payment.pays_order,
        batch__state__in=(BatchState.PLACED, BatchState.DONE),
        state__in=states,
    )
    return list(paid.exclude(refund__state__in=HOLDS).select_related("added").order_by("place"))


def _shares(given: Sequence[BatchLine], refund: Refund) -> list[Money]:
    """What of the money each line had been paid with; they add up to all of it."""
    if not given:
        return []
    weights = _left(given)
    amount = Money(refund.amount_minor, refund.currency)
    return amount.allocate(weights if any(weights) else [1] * len(weights))


def _given_up(line: BatchLine, refund: Refund, *, at: datetime) -> Move:
    """A line that was not given has nothing to end: its money is gone, so it never will be."""
    return Move(line, LineVerb.FAIL, {"settled_at": at, "refund_id": refund.pk})


def _end(added: Term, effect: str, *, on: date, at: datetime, by: str) -> None:
    if effect == RefundEffect.REVERSE or added.starts_on > on:
        undo_renewal(added.pk, on=on, at=at, by=by)
    else:
        ask_to_cancel(added.pk, on=on, at=at, by=by, is_at_once=True)
