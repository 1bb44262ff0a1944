"""Read the filled metrics."""

from dataclasses import dataclass
from datetime import date, timedelta

from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.registry import METRICS, Metric

TOO_FEW = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """One metric on one day, with the same metric some days before."""

    metric: Metric
    value: MetricValue | None
    before: MetricValue | None

    @property
    def share(self) -> float | None:
        """The number; hidden where fewer than five rows stand behind it."""
        return share_of(self.value)

    @property
    def change(self) -> float | None:
        """The difference to the earlier day."""
        now, then = share_of(self.value), share_of(self.before)
        return None if now is None or then is None else now - then


def share_of(value: MetricValue | None) -> float | None:
    """The number of a row, or None where it cannot be computed or says too little."""
    if value is None or not value.den or value.num is None or value.rows < TOO_FEW:
        return None
    return float(value.num / value.den)


def headline(*, as_of: date, days_before: int = 7) -> dict[str, Reading]:
    """Every metric of the whole business as of a day: one query."""
    earlier = as_of - timedelta(days=days_before)
    rows = MetricValue.objects.filter(as_of__in=[as_of, earlier], slice_by="")
    found = {(row.metric, row.as_of): row for row in rows}
    return {
        id_: Reading(metric, found.get((id_, as_of)), found.get((id_, earlier)))
        for id_, metric in METRICS.items()
    }


def by_slice(metric: str, *, as_of: date, slice_by: str) -> list[MetricValue]:
    """One metric by one slice as of a day, largest slices first."""
    return list(
        MetricValue.objects.filter(metric=metric, as_of=as_of, slice_by=slice_by).order_by("-rows")
    )


def filled(*, as_of: date) -> list[tuple[Metric, MetricValue]]:
    """Every metric of a day with every slice, in the order of the registry: one query."""
    order = {id_: place for place, id_ in enumerate(METRICS)}
    values = MetricValue.objects.filter(as_of=as_of, metric__in=METRICS)
    ordered = sorted(values, key=lambda one: (order[one.metric], one.slice_by, one.slice_value))
    return [(METRICS[value.metric], value) for value in ordered]
