"""Take lines of a batch back for their money: asked for first, done when the money has gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet, Sum

from tenure.kernel.money import Money
from tenure.records.billing.pricing.basket import LineKind
from tenure.records.billing.refunds import actions as refunds
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import HOLDS, RefundEffect, RefundReason
from tenure.records.journal.actions import append
from tenure.records.rows import update_rows
from tenure.records.strategies.queries import business_day, one_reading
from tenure.records.subscriptions.actions import (
    WentBack,
    ask_to_cancel,
    credit_term,
    undo_renewal,
)
from tenure.records.subscriptions.batches.actions.giving import Bought
from tenure.records.subscriptions.batches.actions.moving import Move, about, locked, move_lines
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.queries import lines_of
from tenure.records.subscriptions.batches.refusals import Moved
from tenure.records.subscriptions.batches.rules import LineVerb
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Term, TermLine
from tenure.records.subscriptions.quoting.queries import quote_refund

SOME: Final = 200
_RETURNED: Final = ("settled_at", "refund_id", "back_minor")


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
    found = line.filter(back_minor=None).first()
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

    What each line gets back is written down here, with the refund. The terms of the first lines
    follow in the same transaction, those of a long list in handfuls (`return_some`).
    """
    asked = BatchLine.objects.filter(refund=refund)
    is_own = asked.exists()
    found = asked.filter(state=LineState.GIVEN) if is_own else _of_the_whole(refund)
    batch_id = found.values_list("batch_id", flat=True).first()
    if batch_id is None:
        return 0
    locked(batch_id)
    _finish_earlier(batch_id, refund, at=at, by=by)
    lines = list(found.filter(back_minor=None).select_related("added"))
    given = [one for one in lines if one.state == LineState.GIVEN]
    shares = zip(given, _shares(given, refund), strict=True)
    rows = [(refund.pk, amount.amount_minor, one.pk) for one, amount in shares]
    update_rows(BatchLine, rows, columns=("refund_id", "back_minor"))
    others = [_given_up(one, refund, at=at) for one in lines if one.state != LineState.GIVEN]
    move_lines(others, also=("settled_at", "refund_id"))
    return_some(refund.pk, on=on, at=at, by=by)
    return len(lines)


def return_some(
    refund_id: int, *, at: datetime, by: str, on: date | None = None, most: int = SOME
) -> int:
    """Let the terms of the next lines follow their money, in one transaction; how many are left.

    Killed in between, these lines have followed or none of them has, and the next ones go on.
    """
    with transaction.atomic(), one_reading():
        waiting = BatchLine.objects.filter(refund_id=refund_id, back_minor__isnull=False)
        batch_id = waiting.values_list("batch_id", flat=True).first()
        if batch_id is None:
            return 0
        batch, refund = locked(batch_id), Refund.objects.get(pk=refund_id)
        went_on = on or refund.refunded_on or business_day(at)
        lines = list(waiting.select_related("added").order_by("place")[:most])
        going = _Going(batch, refund, went_on, at, by)
        move_lines([_returned(one, going) for one in lines if going.ends], also=_RETURNED)
        if not going.ends:
            for one in lines:
                _credited(one, going)
            done = BatchLine.objects.filter(pk__in=[one.pk for one in lines])
            done.update(refund=None, back_minor=None)
        return waiting.count()


def go_on_returning(*, at: datetime, by: str) -> int:
    """Finish the long lists whose money has gone already; how many refunds they were of."""
    waiting = BatchLine.objects.filter(back_minor__isnull=False)
    refunds_of = list(waiting.order_by("refund_id").values_list("refund_id", flat=True).distinct())
    for one in refunds_of:
        if one is not None:
            while return_some(one, at=at, by=by):
                pass
    return len(refunds_of)


@dataclass(frozen=True, slots=True)
class _Going:
    """A refund whose lines follow it, their batch locked."""

    batch: Batch
    refund: Refund
    on: date
    at: datetime
    by: str

    @property
    def ends(self) -> bool:
        """Whether what was bought ends with its money."""
        return self.refund.effect != RefundEffect.NONE


def _finish_earlier(batch_id: int, refund: Refund, *, at: datetime, by: str) -> None:
    """What an earlier refund left to do is done before shares are counted anew."""
    earlier = BatchLine.objects.filter(batch_id=batch_id, back_minor__isnull=False)
    for one in earlier.exclude(refund=refund).values_list("refund_id", flat=True).distinct():
        while one is not None and return_some(one, at=at, by=by):
            pass


def _credited(line: BatchLine, going: _Going) -> Term:
    assert line.added is not None, "a line that was given has its term"
    amount = Money(line.back_minor or 0, going.refund.currency)
    if amount.amount_minor > 0:
        key = f"refund:{going.refund.number}:{line.place}"
        went = WentBack(line.added.pk, amount, going.on, key)
        credit_term(went, at=going.at, by=going.by)
    return line.added


def _returned(line: BatchLine, going: _Going) -> Move:
    """A line whose term is credited and over."""
    added = _credited(line, going)
    _end(added, going.refund.effect, on=going.on, at=going.at, by=going.by)
    told = {"row": line.place, "refund": going.refund.number}
    fact = about(going.batch, "batch.line_returned", on=going.on, **told)
    append(fact, at=going.at, by=going.by)
    changes = {"settled_at": going.at, "refund_id": going.refund.pk, "back_minor": None}
    return Move(line, LineVerb.RETURN, changes)


def _of_the_whole(refund: Refund) -> QuerySet[BatchLine]:
    """What of a batch a refund of its payment is about: all whose money is not gone by itself."""
    states = [LineState.GIVEN]
    if refund.effect != RefundEffect.NONE:
        states += [LineState.ORDERED, LineState.STUCK]
    paid = BatchLine.objects.filter(
        batch__order_id=refund.payment.pays_order,
        batch__state__in=(BatchState.PLACED, BatchState.DONE),
        state__in=states,
    )
    return paid.exclude(refund__state__in=HOLDS).order_by("place")


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
