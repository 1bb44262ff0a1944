"""Points for who brought a newcomer and for the newcomer, once their payment is kept for good."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from tenure.act.payments.disputing import gone_of
from tenure.act.rewards.points import keep_to
from tenure.records.billing.models import Payment
from tenure.records.billing.states import PAID
from tenure.records.journal.actions import Fact, append
from tenure.records.loyalty.actions import Earned, Moment, earn
from tenure.records.sharing.models import ShareJoin
from tenure.records.sharing.queries import refs_of
from tenure.records.strategies.queries import current
from tenure.strategy.loyalty import Referral

REWARDED = "referral.rewarded"


def reward_referrals(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Reward both sides of each newcomer whose payment is past its refund window; how many.

    Once for each newcomer. What went back before is never rewarded; a part that went back takes
    its part of the points along (REF-01).
    """
    referral = current().at(as_of).loyalty.referral
    if referral is None:
        return 0
    kept = Payment.objects.filter(
        account=OuterRef("newcomer"),
        state__in=PAID,
        paid_on__lte=referral.last_paid_on(as_of),
        amount_minor__gt=F("refunded_minor"),
    ).order_by("paid_on", "pk")
    waiting = ShareJoin.objects.filter(rewarded_on__isnull=True)
    due = waiting.annotate(paid=Subquery(kept.values("pk")[:1])).filter(paid__isnull=False)
    now = Moment(as_of, at, by)
    return sum(
        _reward(join, paid, referral=referral, now=now)
        for join, paid in due.order_by("pk").values_list("pk", "paid")
    )


@transaction.atomic
def _reward(join_id: int, payment_id: int, *, referral: Referral, now: Moment) -> int:
    join = ShareJoin.objects.select_for_update().get(pk=join_id)
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    if join.rewarded_on is not None or gone_of(payment) >= payment.amount_minor:
        return 0
    link = join.link
    both = (
        (link.account_id, referral.sharer_points),
        (join.newcomer_id, referral.newcomer_points),
    )
    for ref, (account, points) in zip(refs_of(join.pk), both, strict=True):
        earn(Earned(account, ref, points, referral.expires_on(now.on)), now=now)
        keep_to(ref, payment, key="before", now=now)
        content = {"join": join.pk, "payment": payment.pk, "points": points}
        key = f"{REWARDED}:{ref}"
        fact = Fact(REWARDED, on=now.on, account_id=account, content=content, once_key=key)
        append(fact, at=now.at, by=now.by)
    join.payment, join.rewarded_on = payment, now.on
    join.save(update_fields=["payment", "rewarded_on"])
    return 1
