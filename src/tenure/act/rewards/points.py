"""Points of a payment: as many as what was kept of it earns, however often the journal tells.

Both verbs look at how much of the payment is kept now, so that whichever is told first, and
however often, the lot ends with the same points.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Coalesce

from tenure.act.payments.disputing import gone_of
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.journal.models import Entry
from tenure.records.loyalty.actions import MOST_POINTS, Earned, Moment, earn, reverse
from tenure.records.loyalty.models import PointsLot, PointsMove
from tenure.records.loyalty.rules import refunded_points
from tenure.records.loyalty.states import MoveKind
from tenure.records.sharing.queries import refs_by
from tenure.records.strategies.queries import current

_REF: Final = "payment:"


def earn_points(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """What was bought was given: its payment earns points, once; how many payments did (G21)."""
    strategy, found = current(), 0
    for entry in entries:
        earning = strategy.at(entry.on).loyalty.earning
        if earning is None:
            continue
        payment = Payment.objects.get(pk=entry.content["payment"])
        paid = Money(payment.amount_minor, payment.currency)
        points = min(earning.points_of(paid), MOST_POINTS)
        if not points or gone_of(payment) >= payment.amount_minor:
            continue
        earned = Earned(
            payment.account_id,
            f"{_REF}{payment.number}",
            points,
            earning.expires_on(entry.on),
            payment.amount_minor,
        )
        now = Moment(entry.on, at, by)
        with transaction.atomic():
            earn(earned, now=now)
            keep_to(earned.ref, payment, key="before", now=now)
        found += 1
    return found


def take_points_back(entries: Sequence[Entry], *, at: datetime, by: str = "loop") -> int:
    """Money went back: what it had earned goes with it, in proportion; how many points (G22).

    So does what it earned for who brought the customer, and so it is where a charge-back was lost.
    A payment that earned nothing loses nothing.
    """
    found = 0
    for entry in entries:
        payment = Payment.objects.get(pk=entry.content["payment"])
        now = Moment(entry.on, at, by)
        for ref in (f"{_REF}{payment.number}", *refs_by(payment.pk)):
            found += keep_to(ref, payment, key=str(entry.content["refund"]), now=now)
    return found


@transaction.atomic
def keep_to(ref: str, payment: Payment, *, key: str, now: Moment) -> int:
    """Take back what a lot holds beyond the part of the payment that was kept."""
    lot = PointsLot.objects.filter(ref=ref).first()
    if lot is None:
        return 0
    gone = refunded_points(
        lot.earned, refunded_minor=gone_of(payment), sale_minor=payment.amount_minor
    )
    moves = PointsMove.objects.filter(kind=MoveKind.REVERSE, ref=lot.ref)
    more: int = gone - moves.aggregate(n=Coalesce(Sum("points"), 0))["n"]
    if more <= 0:
        return 0
    reverse(lot.ref, more, key=key, now=now)
    return more
