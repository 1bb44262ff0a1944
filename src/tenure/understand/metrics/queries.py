"""Read the filled metrics."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import add_months
from tenure.records.planning.models import Yardstick
from tenure.understand.metrics.models import CohortMonth, MetricAlert, MetricValue
from tenure.understand.metrics.months import MONTHS, month_end
from tenure.understand.metrics.registry import METRICS, Metric
from tenure.understand.metrics.rules.rates import Z95

TOO_FEW = 5
LEAST_ROWS = 30
# What says little where few stand behind it; amounts and counts are what they are.
RATES = frozenset({"share", "points", "score"})


def is_hidden(metric: Metric, value: MetricValue) -> bool:
    """Whether a rate has fewer than five behind it, too few to be read as one (R-M-023)."""
    return value.rows < TOO_FEW and metric.unit in RATES


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


def month_days(as_of: date, *, months: int) -> list[date]:
    """The ends of the last months, oldest first, and the day itself for the running one."""
    last = as_of.year * 12 + as_of.month - 1
    return [min(month_end(last - back), as_of) for back in reversed(range(months))]


def series(
    *, as_of: date, months: int, place: tuple[str, str] = ("", "")
) -> Mapping[str, Sequence[MetricValue]]:
    """Every metric at the end of each of the last months, oldest first: one query."""
    days = month_days(as_of, months=months)
    rows = MetricValue.objects.filter(as_of__in=days, slice_by=place[0], slice_value=place[1])
    found: dict[str, list[MetricValue]] = defaultdict(list)
    for row in rows.order_by("as_of"):
        found[row.metric].append(row)
    return found


def points(metric: Metric, *, as_of: date, months: int = 24) -> list[MetricValue]:
    """One metric of the whole business: each month's end, or each filled day of three months."""
    rows = MetricValue.objects.filter(metric=metric.id, slice_by="", as_of__lte=as_of)
    ends = month_days(as_of, months=months)
    if metric.grain == "month":
        return list(rows.filter(as_of__in=ends).order_by("as_of"))
    return list(rows.filter(as_of__gt=add_months(as_of, -3)).order_by("as_of"))


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same number some time before; `value` is None where it was not filled then."""

    said: Sentence
    on: date
    value: MetricValue | None


_DAY_BEFORE = Sentence(zh="30 天前", en="30 days before")
_DAY_OF_LAST_YEAR = Sentence(zh="去年同日", en="The same day last year")
_MONTH_BEFORE = Sentence(zh="上月", en="The month before")
_MONTH_OF_LAST_YEAR = Sentence(zh="去年同月", en="The same month last year")


def earlier(metric: Metric, *, as_of: date) -> list[Earlier]:
    """A number of the whole business one period and one year before: one query (R-U-042)."""
    month = as_of.year * 12 + as_of.month - 1
    if metric.grain == "month":
        days = {_MONTH_BEFORE: month_end(month - 1), _MONTH_OF_LAST_YEAR: month_end(month - 12)}
    else:
        days = {_DAY_BEFORE: as_of - timedelta(days=30), _DAY_OF_LAST_YEAR: add_months(as_of, -12)}
    rows = MetricValue.objects.filter(metric=metric.id, slice_by="", as_of__in=days.values())
    found = {row.as_of: row for row in rows}
    return [Earlier(said, on, found.get(on)) for said, on in days.items()]


def slices_of(metric: str, *, as_of: date) -> list[MetricValue]:
    """One metric by every slice on a day, the largest of each slice first."""
    rows = MetricValue.objects.filter(metric=metric, as_of=as_of).exclude(slice_by="")
    return list(rows.order_by("slice_by", "-rows", "slice_value"))


def slice_values(*, as_of: date, slices: Collection[str]) -> list[tuple[str, str]]:
    """What can be chosen to see the months of: slice and value, gone or not."""
    days = month_days(as_of, months=MONTHS)
    rows = MetricValue.objects.filter(metric="mrr_end", as_of__in=days, slice_by__in=slices)
    named = rows.exclude(slice_value="").order_by("slice_by", "slice_value")
    return list(named.values_list("slice_by", "slice_value").distinct())


def cohorts() -> list[CohortMonth]:
    """The cohorts as known on the last filled day, oldest first."""
    return list(CohortMonth.objects.order_by("cohort", "since"))


@dataclass(frozen=True, slots=True)
class Told:
    """One change that is not noise."""

    metric: Metric
    row: MetricAlert


def alerts(as_of: date, *, days: int = 30) -> list[Told]:
    """What changed beyond noise in the last days, the newest first."""
    since = as_of - timedelta(days=days)
    rows = MetricAlert.objects.filter(as_of__gt=since, as_of__lte=as_of).order_by("-as_of")
    return [Told(METRICS[row.metric], row) for row in rows if row.metric in METRICS]


@dataclass(frozen=True, slots=True)
class Gap:
    """Our number beside somebody else's."""

    metric: Metric
    row: Yardstick
    ours: MetricValue | None
    said: Sentence

    @property
    def theirs(self) -> Fraction:
        """The benchmark, in the unit of the metric."""
        return Fraction(self.row.value)


def gaps(rows: Sequence[Yardstick], *, as_of: date) -> list[Gap]:
    """Each benchmark with our number of the day: one query (MET-09)."""
    metrics = {row.metric for row in rows}
    values = MetricValue.objects.filter(metric__in=metrics, as_of=as_of)
    found = {(one.metric, one.slice_by, one.slice_value): one for one in values}
    return [
        Gap(METRICS[row.metric], row, ours, gap_of(METRICS[row.metric], row, ours=ours))
        for row in rows
        if row.metric in METRICS
        for ours in [found.get((row.metric, row.slice_by, row.slice_value))]
    ]


def gap_of(metric: Metric, row: Yardstick, *, ours: MetricValue | None) -> Sentence:
    """The gap in words: ahead, behind, within what chance explains, or too few to say."""
    if ours is None or not ours.den or ours.num is None:
        return Sentence(zh="我们还没有这个数值。", en="We have no such number yet.")
    needed = cases_needed(float(row.value)) if metric.unit == "share" else LEAST_ROWS
    if ours.rows < needed:
        return Sentence(
            zh="样本太少：{n}，至少需要 {needed} 才能看出 5 个百分点的差距。",
            en="Too few to say: {n}, and a gap of 5 points shows from {needed} on.",
        ).fill(n=ours.rows, needed=needed)
    low, high = ours.low, ours.high
    if low is not None and high is not None and low <= float(row.value) <= high:
        return Sentence(zh="在误差范围内。", en="Within what chance explains.")
    is_ahead = (Fraction(ours.num, ours.den) > Fraction(row.value)) != metric.falling_is_better
    if is_ahead:
        return Sentence(zh="领先。", en="Ahead.")
    return Sentence(zh="落后。", en="Behind.")


def cases_needed(share: float, *, gap: float = 0.05) -> int:
    """How many cases show a gap of so much to a share: its 95 % interval is then that narrow."""
    inside = min(max(share, 0.05), 0.95)
    return math.ceil(Z95**2 * inside * (1 - inside) / gap**2)
