"""What follows when money went back, all in the transaction that says so (R-Y-014)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenure.kernel.money import Money
from tenure.records.billing.actions import Step, move_payment
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.models import Booking
from tenure.records.billing.ledger.rules import balance_returned, refunded
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.actions import mark_reversed
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import Purpose
from tenure.records.billing.refunds.actions import move_refund
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import RefundVerb, movement_of
from tenure.records.billing.refunds.states import RefundEffect
from tenure.records.billing.rules import PaymentVerb
from tenure.records.billing.states import Origin, PaymentState
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.actions import (
    WentBack,
    ask_to_cancel,
    credit_term,
    undo_renewal,
)
from tenure.records.subscriptions.batches.actions import return_lines
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import balance_used


@dataclass(frozen=True, slots=True)
class Back:
    """A refund that went through, its payment and its order, all locked.

    A payment that a file told has no order, and stands in no books of ours.
    """

    refund: Refund
    payment: Payment
    order: Order | None
    on: date
    at: datetime
    by: str
    origin: Origin

    @property
    def purpose(self) -> str:
        """What was sold: what a file told is a term's own payment."""
        return self.order.purpose if self.order is not None else Purpose.RENEWAL

    @property
    def amount(self) -> Money:
        """What went back."""
        return Money(self.refund.amount_minor, self.refund.currency)

    def fact(self, kind: str, **content: Any) -> Fact:
        """An entry about this refund, once of its kind."""
        return Fact(
            kind,
            on=self.on,
            account_id=self.refund.account_id,
            term_id=self.payment.term_id,
            content={
                "refund": self.refund.number,
                "payment": self.payment.pk,
                "amount_minor": self.refund.amount_minor,
                "currency": self.refund.currency,
                **content,
            },
            once_key=f"{kind}:{self.refund.number}",
        )


def follow(back: Back) -> None:
    """Close the refund, move its payment, book it, and take back what was sold."""
    refund, at, by = back.refund, back.at, back.by
    was_owed = _was_owed(back.payment)
    move_refund(
        refund,
        RefundVerb.SUCCEED,
        at=at,
        by=by,
        finished_at=at,
        refunded_on=back.on,
        next_query_at=None,
    )
    _move_payment(back)
    if back.order is None:
        _take_back(back)
        return
    event = Event(
        f"refund:{refund.number}",
        "refund",
        on=back.on,
        account_id=refund.account_id,
        order_id=back.order.pk,
        payment_id=back.payment.pk,
        refund_id=refund.pk,
    )
    lines = refunded(back.amount, provider=back.payment.source, was_owed=was_owed)
    book(event, lines, at=at, by=by)
    if not was_owed:
        _take_back(back)


def _was_owed(payment: Payment) -> bool:
    """Whether the money had been nobody's: no sale was booked for it, or the sale was undone."""
    keys = [f"sale:{payment.number}", f"unsold:{payment.number}", f"claimed:{payment.number}"]
    booked = set(Booking.objects.filter(once_key__in=keys).values_list("kind", flat=True))
    return not booked & {"sale", "claimed"} or "unsold" in booked


def _move_payment(back: Back) -> None:
    payment = back.payment
    step = Step(
        back.origin, on=back.on, at=back.at, by=back.by, told={"refund": back.refund.number}
    )
    if payment.state == PaymentState.DISPUTED_AMOUNT:
        move_payment(payment, PaymentVerb.REFUND, step=step)
        return
    gone = payment.refunded_minor + back.refund.amount_minor
    is_all = gone == payment.amount_minor
    verb = PaymentVerb.REFUND if is_all else PaymentVerb.REFUND_PART
    move_payment(payment, verb, step=step, refunded_minor=gone)


def _take_back(back: Back) -> None:
    """The papers, the points, the offer and the term follow the money."""
    at, by = back.at, back.by
    if back.order is not None:
        append(back.fact("invoice.red_letter_due", order=back.order.public_id), at=at, by=by)
    append(back.fact("points.reversal_due"), at=at, by=by)
    _credit(back)
    lines = back.order.bill.get("lines", []) if back.order is not None else []
    discounts = sorted({one["id"] for line in lines for one in line.get("taken", [])})
    if discounts and back.refund.effect != RefundEffect.NONE:
        append(back.fact("offer.clawed_back", discounts=discounts), at=at, by=by)
    if back.purpose == Purpose.BATCH:
        _take_lines_back(back)
    term = _term(back)
    if term is None:
        return
    sold_on, ends = back.payment.paid_on, back.refund.effect != RefundEffect.NONE
    movement = movement_of(
        sold_on=sold_on,
        refunded_on=back.on,
        is_whole=back.payment.state == PaymentState.REFUNDED,
        ends=ends,
    )
    monthly = Money(term.price_minor, term.currency).allocate([1] * term.cycle_months)[0]
    append(
        back.fact("mrr.moved", movement=str(movement), mrr_minor=monthly.amount_minor),
        at=at,
        by=by,
    )
    if ends:
        _end(back, term)


def _take_lines_back(back: Back) -> None:
    """The lines of a batch follow its money; all undone, their contracts can be bought anew."""
    return_lines(back.refund, on=back.on, at=back.at, by=back.by)
    is_over = back.payment.state == PaymentState.REFUNDED
    if is_over and back.order is not None and back.refund.effect == RefundEffect.REVERSE:
        mark_reversed(back.order.pk, at=back.at, by=back.by)


def _credit(back: Back) -> None:
    """What went back is no revenue of the term that it had been paid for (R-M-027)."""
    term_id = back.payment.term_id
    if term_id is None or back.purpose in (Purpose.BATCH, Purpose.OTHER):
        return
    went = WentBack(term_id, back.amount, back.on, f"refund:{back.refund.number}")
    credit_term(went, at=back.at, by=back.by)


def _term(back: Back) -> Term | None:
    if back.purpose not in (Purpose.RENEWAL, Purpose.GROUP) or back.payment.term_id is None:
        return None
    return Term.objects.filter(pk=back.payment.term_id).first()


def _end(back: Back, term: Term) -> None:
    if back.refund.effect == RefundEffect.REVERSE:
        used = balance_used(term)
        undone = undo_renewal(term.pk, on=back.on, at=back.at, by=back.by)
        if back.order is not None:
            _book_balance(back, back.order, used - balance_used(undone))
            mark_reversed(back.order.pk, at=back.at, by=back.by)
        return
    ask_to_cancel(term.pk, on=back.on, at=back.at, by=back.by, is_at_once=True)


def _book_balance(back: Back, order: Order, returned: Money) -> None:
    event = Event(
        f"balance_returned:{back.refund.number}",
        "balance_returned",
        on=back.on,
        account_id=back.refund.account_id,
        order_id=order.pk,
        refund_id=back.refund.pk,
    )
    book(event, balance_returned(returned), at=back.at, by=back.by)
