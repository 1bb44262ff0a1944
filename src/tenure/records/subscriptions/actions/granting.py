"""Give something on top for a while: a trial, a present (R-Y-068)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from tenure.kernel.periods import Period
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import ContractPeriod, PeriodKind, Subscription
from tenure.records.subscriptions.rules import check_periods

GIVING: Final = (PeriodKind.TRIAL, PeriodKind.PROMO, PeriodKind.OFFER)


@dataclass(frozen=True, slots=True)
class Grant:
    """Entitlements for some days: `gives` are rows of code, name (zh, en), quantity and unit."""

    subscription_id: int
    kind: PeriodKind
    period: Period
    gives: Sequence[Mapping[str, Any]]
    reason: str = ""


@transaction.atomic
def grant(wanted: Grant, *, at: datetime, by: str) -> ContractPeriod:
    """Hold a trial or a present for a subscription; from the same day again, nothing changes.

    Raises:
        PeriodsOverlap: something of the kind, or a pause, holds on some of these days.
    """
    assert wanted.kind in GIVING, "only these give something"
    subscription = Subscription.objects.select_for_update().get(pk=wanted.subscription_id)
    periods = ContractPeriod.objects.filter(subscription=subscription)
    there = periods.filter(kind=wanted.kind, starts_on=wanted.period.starts_on).first()
    if there is not None:
        return there
    busy = periods.filter(kind__in=[wanted.kind, PeriodKind.PAUSE])
    check_periods(wanted.period, (Period(one.starts_on, one.ends_on) for one in busy))
    held = ContractPeriod.objects.create(
        account_id=subscription.account_id,
        subscription=subscription,
        kind=wanted.kind,
        starts_on=wanted.period.starts_on,
        ends_on=wanted.period.ends_on,
        content={"gives": [dict(one) for one in wanted.gives], "reason": wanted.reason},
        recorded_at=at,
    )
    fact = Fact(
        "subscription.granted",
        on=wanted.period.starts_on,
        account_id=subscription.account_id,
        content={"subscription": subscription.pk, "kind": str(wanted.kind),
                 "until": str(wanted.period.ends_on), "reason": wanted.reason},
        once_key=f"granted:{held.pk}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    return held
