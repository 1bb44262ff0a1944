"""Ask for a refund, decide about it, and move it on: the only writers of refunds."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction

from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.queries import refundable
from tenure.records.billing.refunds.rules import (
    APPROVED,
    MOST_REFUNDS,
    REFUND,
    REJECTED,
    NewRefund,
    RefundDecided,
    RefundVerb,
    SecondPersonNeeded,
    TooManyRefunds,
    check_amount,
    needs_second_person,
)
from tenure.records.billing.refunds.states import RefundState
from tenure.records.billing.rules import number_on
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day, current

_KINDS = {
    RefundState.PROCESSING: "refund.sent",
    RefundState.SUCCEEDED: "refund.succeeded",
    RefundState.FAILED: "refund.failed",
    RefundState.ABNORMAL: "refund.stranded",
    RefundState.REJECTED: "refund.rejected",
}


@transaction.atomic
def request(new: NewRefund, *, at: datetime, by: str) -> Refund:
    """Ask for money to go back; asked again under the same key, the refund that is there.

    Raises:
        NotRefundable: there is nothing to give back.
        RefundTooLarge: more than is left, counting what is on its way.
        TooManyRefunds: the payment was refunded in too many parts.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=new.payment_id)
    known = Refund.objects.filter(once_key=new.once_key).first()
    if known is not None:
        return known
    left = refundable(payment)
    amount = left if new.amount is None else new.amount
    check_amount(amount, left=left)
    if Refund.objects.filter(payment=payment).count() >= MOST_REFUNDS:
        raise TooManyRefunds(payment=payment.number or payment.external_id, most=MOST_REFUNDS)
    refund = Refund.objects.create(
        number=number_on(business_day(at), initial="F", entropy=secrets.token_bytes),
        once_key=new.once_key,
        account_id=payment.account_id,
        payment=payment,
        amount_minor=amount.amount_minor,
        currency=amount.currency,
        reason=new.reason,
        effect=new.effect,
        note=new.note,
        state=REFUND.start,
        requested_at=at,
        requested_by=by,
        needs_second=_needs_second(amount, new=new, at=at),
    )
    append(_about(refund, "refund.requested", at=at), at=at, by=by)
    return refund


def _needs_second(amount: Money, *, new: NewRefund, at: datetime) -> bool:
    limit = current().at(business_day(at)).guardrails.refund_second_person_above
    return needs_second_person(amount, reason=new.reason, limit=limit)


@transaction.atomic
def approve(refund_id: int, *, at: datetime, by: str) -> Refund:
    """A second person agrees; agreeing again changes nothing.

    Raises:
        SecondPersonNeeded: it is the person who asked.
        RefundDecided: somebody else decided before.
    """
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
    if refund.approved_by == by:
        return refund
    _check_undecided(refund)
    if refund.requested_by == by:
        raise SecondPersonNeeded(refund=refund.number)
    refund.approved_by, refund.decided_at = by, at
    refund.save(update_fields=["approved_by", "decided_at"])
    append(_about(refund, "refund.approved", at=at), at=at, by=by)
    return refund


@transaction.atomic
def reject(refund_id: int, *, note: str, at: datetime, by: str) -> Refund:
    """A person says no; the amount can be asked for again.

    Raises:
        RefundDecided: somebody else decided before.
    """
    refund = Refund.objects.select_for_update(no_key=True).get(pk=refund_id)
    if refund.rejected_by == by:
        return refund
    _check_undecided(refund)
    return move_refund(
        refund, RefundVerb.REJECT, at=at, by=by, rejected_by=by, decided_at=at, note=note
    )


def _check_undecided(refund: Refund) -> None:
    if refund.approved_by or refund.rejected_by or refund.state != RefundState.REQUESTED:
        raise RefundDecided(
            refund=refund.number,
            who=refund.approved_by or refund.rejected_by or refund.requested_by,
            what=REJECTED if refund.rejected_by else APPROVED,
            state=refund.state,
        )


def move_refund(
    refund: Refund, verb: RefundVerb, *, at: datetime, by: str, **changes: Any
) -> Refund:
    """Move a refund, whose row is locked; the journal hears of it.

    Raises:
        IllegalMove: the refund is not where this can happen.
    """
    refund.state = REFUND.after(RefundState(refund.state), verb)
    for name, value in changes.items():
        setattr(refund, name, value)
    refund.save(update_fields=["state", *changes])
    append(_about(refund, _KINDS[RefundState(refund.state)], at=at), at=at, by=by)
    return refund


def _about(refund: Refund, kind: str, *, at: datetime) -> Fact:
    return Fact(
        kind,
        on=business_day(at),
        account_id=refund.account_id,
        term_id=refund.payment.term_id,
        content={
            "refund": refund.number,
            "payment": refund.payment_id,
            "amount_minor": refund.amount_minor,
            "currency": refund.currency,
            "reason": str(refund.reason),
            "effect": str(refund.effect),
        },
        once_key=f"{kind}:{refund.number}",
    )
