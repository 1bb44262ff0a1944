"""What was used, by meter and month."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Sum

from tenure.kernel.periods import Period, add_months, month_of
from tenure.records.subscriptions.usage.models import UsageDay


def used(subscription_id: int, period: Period) -> Mapping[str, int]:
    """Meter → units used on the days of a period."""
    days = UsageDay.objects.filter(
        subscription_id=subscription_id, on__gte=period.starts_on, on__lt=period.ends_on
    )
    sums = days.values("meter").annotate(total=Sum("units")).order_by("meter")
    return {row["meter"]: row["total"] for row in sums}


def full_months(subscription_id: int, *, before: date, most: int = 6) -> list[Period]:
    """The last calendar months that are over and have use, the oldest first."""
    here = month_of(before).starts_on
    months = [month_of(add_months(here, -back)) for back in range(most, 0, -1)]
    first = UsageDay.objects.filter(subscription_id=subscription_id).order_by("on").first()
    return [one for one in months if first is not None and one.starts_on >= first.on.replace(day=1)]
