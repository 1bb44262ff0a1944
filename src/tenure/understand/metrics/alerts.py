"""Look for changes that are not noise, once a night, and say which slice is behind each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from tenure.kernel.periods import day_number
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.models import MetricAlert, MetricValue
from tenure.understand.metrics.rules.alerting import (
    WINDOW_DAYS,
    Change,
    Part,
    Point,
    change_of,
    driver_of,
)

LOOKS_BACK_DAYS: Final = 240
_VALUES: Final = ("as_of", "num", "den", "rows")
COLUMNS: Final = (
    *("metric", "as_of", "before", "now", "z"),
    *("driver_by", "driver_value", "driver_before", "driver_now"),
)


@transaction.atomic
def watch(metrics: Mapping[str, Metric], *, as_of: date, at: datetime) -> int:
    """Note each metric of the day whose change is not noise; at most one a window and metric.

    Returns:
        How many were new.
    """
    daily = [one.id for one in metrics.values() if one.grain == "day"]
    since = as_of - timedelta(days=LOOKS_BACK_DAYS)
    rows = MetricValue.objects.filter(
        metric__in=daily, slice_by="", as_of__gt=since, as_of__lte=as_of
    )
    series: dict[str, list[Point]] = defaultdict(list)
    for id_, *values in rows.order_by("as_of").values_list("metric", *_VALUES):
        series[id_] += _points(*values)
    told = MetricAlert.objects.filter(
        as_of__gt=as_of - timedelta(days=WINDOW_DAYS), as_of__lt=as_of
    )
    known = set(told.values_list("metric", flat=True))
    added = 0
    for id_ in daily:
        change = change_of(series[id_], is_share=metrics[id_].unit == "share")
        if change is not None and series[id_][-1].day == day_number(as_of) and id_ not in known:
            added += _note(id_, change, as_of=as_of, at=at)
    return added


def _note(metric: str, change: Change, *, as_of: date, at: datetime) -> int:
    driver = driver_of(_parts(metric, as_of=as_of), falls=change.now < change.before)
    where = (driver.slice_by, driver.slice_value) if driver else ("", "")
    values = (driver.before.value, driver.now.value) if driver else (None, None)
    z = max(-99.0, min(99.0, change.z))
    row = (metric, as_of, change.before, change.now, z, *where, *values)
    added = insert_rows(MetricAlert, [row], columns=COLUMNS)
    if added:
        content = {
            "metric": metric,
            "before": change.before,
            "now": change.now,
            "driver": ":".join(where) if driver else "",
        }
        key = f"metric.alerted:{metric}:{as_of.isoformat()}"
        append(Fact("metric.alerted", on=as_of, content=content, once_key=key), at=at, by="loop")
    return added


def _parts(metric: str, *, as_of: date) -> Sequence[Part]:
    days = (as_of - timedelta(days=WINDOW_DAYS), as_of)
    rows = MetricValue.objects.filter(metric=metric, as_of__in=days).exclude(slice_by="")
    found: dict[tuple[str, str], dict[date, Point]] = defaultdict(dict)
    for by, value, *values in rows.values_list("slice_by", "slice_value", *_VALUES):
        for point in _points(*values):
            found[by, value][values[0]] = point
    return [
        Part(by, value, both[days[1]], both[days[0]])
        for (by, value), both in found.items()
        if len(both) == len(days)
    ]


def _points(as_of: date, num: int | None, den: int | None, rows: int) -> list[Point]:
    if not den or num is None:
        return []
    return [Point(day_number(as_of), num / den, rows)]
