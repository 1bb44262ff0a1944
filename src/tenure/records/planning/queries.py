"""Read what numbers are held against."""

from datetime import date
from fractions import Fraction

from django.db.models import Sum

from tenure.records.planning.models import Spending, Yardstick, YardstickKind


def targets(*, on: date) -> dict[str, Fraction]:
    """Metric → the newest target of the whole business on a day."""
    rows = Yardstick.objects.filter(kind=YardstickKind.TARGET, slice_by="", said_on__lte=on)
    return {row.metric: Fraction(row.value) for row in rows.order_by("said_on", "pk")}


def benchmarks(*, on: date) -> list[Yardstick]:
    """What others reach, the newest first."""
    rows = Yardstick.objects.filter(kind=YardstickKind.BENCHMARK, said_on__lte=on)
    return list(rows.order_by("-said_on", "metric"))


def spent_by_channel(*, since: date, until: date, currency: str) -> dict[str, int]:
    """Channel → minor units spent in the months from `since` until `until`, both counted."""
    rows = Spending.objects.filter(month__gte=since, month__lte=until, currency=currency)
    totals = rows.values("channel").annotate(total=Sum("amount_minor"))
    return {row["channel"]: row["total"] for row in totals}
