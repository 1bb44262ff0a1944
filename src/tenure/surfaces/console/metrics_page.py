"""The page of the metrics: what stands behind each figure, arranged for reading (design 10)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import gettext

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.money import rounded
from tenure.surfaces import wording
from tenure.surfaces.console.metrics_cohorts import Quarters
from tenure.understand.metrics.models import CohortMonth, MetricValue
from tenure.understand.metrics.queries import Reading, is_hidden
from tenure.understand.metrics.registry import METRICS, Metric
from tenure.understand.metrics.rules.movements import bridge_of

HEADLINE: Final = ("mrr", "customers", "grr", "nrr", "ltv_simple", "nps")
UP: Final = ("new", "reactivation", "expansion")
DOWN: Final = ("churn", "contraction")
BRIDGE: Final = (*UP, "moved", *DOWN)
GROUPS: Final = ("renewal", "revenue", "customers", "voice", "value")

LOSSES_SHOWN: Final = (
    *("customers_start", "customers_new", "customers_back", "customers_lost"),
    *("lost_voluntary", "lost_involuntary", "lost_lapse", "customers_end"),
    *("logo_churn_month", "grr_month", "nrr_month", "quick_ratio"),
)

type Series = Mapping[str, Sequence[MetricValue]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the reader asked to see."""

    group: str = ""
    months: int = 12
    slice_by: str = ""
    slice_value: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the bridge in whole minor units that add up."""

    on: date
    provisional: bool
    amounts: Mapping[str, int]

    @property
    def net(self) -> int:
        return self.amounts["end"] - self.amounts["start"]

    @property
    def columns(self) -> list[int]:
        """The steps in the order of the table, losses below zero."""
        return [self.amounts[kind] for kind in BRIDGE]


@dataclass(frozen=True)
class MetricsPage:
    """What the templates ask for."""

    as_of: date
    currency: str
    chosen: Chosen
    readings: Mapping[str, Reading]
    series: Series
    cohorts: Sequence[CohortMonth]
    targets: Mapping[str, Fraction]

    @property
    def headline(self) -> list[Reading]:
        """The six figures of the top row."""
        return [self.readings[id_] for id_ in HEADLINE]

    @cached_property
    def bridge(self) -> list[Month]:
        """The months of the chart, oldest first."""
        return list(_bridge(self.series))

    @property
    def moves(self) -> dict[str, Any]:
        """What the chart of movements draws: thousands or ten thousands of the currency."""
        scale, unit = self._scale
        names = {
            kind: str(METRICS[f"mrr_{kind}"].name.say(wording.reader_language())) for kind in BRIDGE
        }

        def line(kind: str) -> dict[str, Any]:
            return {
                "name": names[kind],
                "data": [round_to(one.amounts[kind], scale) for one in self.bridge],
            }

        return {
            "x": [f"{one.on.year}/{one.on.month}" for one in self.bridge],
            "up": [line(kind) for kind in UP],
            "down": [line(kind) for kind in DOWN],
            "net": {
                "name": gettext("Net change") + (f" ({unit})" if unit else ""),
                "data": [round_to(one.net, scale) for one in self.bridge],
            },
        }

    @property
    def _scale(self) -> tuple[int, str]:
        sizes = [abs(amount) for one in self.bridge for amount in one.columns]
        minor: int = 10 ** EXPONENTS[self.currency]
        most = max(sizes, default=0) // minor
        if most < 10_000:
            return minor, ""
        chinese = wording.is_chinese(wording.reader_language())
        return (minor * 10_000, "万") if chinese else (minor * 1_000, "k")

    @cached_property
    def quarters(self) -> Quarters:
        """The heat map."""
        return Quarters.of(self.cohorts)

    @property
    def customer_lines(self) -> list["Line"]:
        """Customers won and lost, by how, in the running month and the one before."""
        return [self._line(METRICS[id_]) for id_ in LOSSES_SHOWN]

    @property
    def rows(self) -> list["Line"]:
        """Every metric of the chosen group with its trend."""
        wanted = (one for one in METRICS.values() if one.group == self.chosen.group)
        return [self._line(metric) for metric in wanted]

    def _line(self, metric: Metric) -> "Line":
        points = self.series.get(metric.id, ())
        reading = self.readings.get(metric.id)
        now = reading.value if reading else None
        if metric.grain == "month":
            now = points[-1] if points and self._is_running(points[-1]) else None
        return Line(metric, now, tuple(points), self.targets.get(metric.id))

    def _is_running(self, point: MetricValue) -> bool:
        """A slice has no row in a month in which it had nothing: its last one is old news."""
        return not self.chosen.slice_by or point.as_of == self.as_of


@dataclass(frozen=True, slots=True)
class Line:
    """One metric: where it stands, how it got there, and where it should be."""

    metric: Metric
    value: MetricValue | None
    points: tuple[MetricValue, ...]
    target: Fraction | None

    @property
    def before(self) -> MetricValue | None:
        """The point before the last one."""
        return self.points[-2] if len(self.points) > 1 else None

    @property
    def spark(self) -> str:
        """The points of a small line, 100 wide and 24 high; nothing below two."""
        shares = [
            float(Fraction(one.num or 0, one.den))
            for one in self.points
            if one.den and not is_hidden(self.metric, one)
        ]
        if len(shares) <= 1:
            return ""
        low, high = min(shares), max(shares)
        width, height = 100 / (len(shares) - 1), (high - low) or 1.0
        return " ".join(
            f"{place * width:.1f},{22 - (share - low) / height * 20:.1f}"
            for place, share in enumerate(shares)
        )


def _bridge(series: Series) -> Iterable[Month]:
    by_day: dict[date, dict[str, MetricValue]] = defaultdict(dict)
    for kind in ("start", *BRIDGE):
        for one in series.get(f"mrr_{kind}", ()):
            by_day[one.as_of][kind] = one
    for on, found in sorted(by_day.items()):
        if "start" not in found:
            continue
        exact = {
            kind: Fraction(found[kind].num or 0, found[kind].den or 1) * (-1 if kind in DOWN else 1)
            for kind in BRIDGE
            if kind in found
        }
        start = Fraction(found["start"].num or 0, found["start"].den or 1)
        shown = bridge_of(start, {kind: exact.get(kind, Fraction()) for kind in BRIDGE})
        yield Month(on, found["start"].provisional, shown)


def round_to(amount_minor: int, scale: int) -> float:
    """An amount in units of `scale` minor units, one decimal: a chart needs no more."""
    return rounded(Fraction(amount_minor * 10, scale)) / 10


def chart_of(
    metric: Metric, points: Sequence[MetricValue], *, currency: str
) -> dict[str, Any] | None:
    """What the script draws of one metric: a line with its interval, where there is one."""
    known = [
        one for one in points if one.den and one.num is not None and not is_hidden(metric, one)
    ]
    if len(known) <= 1:
        return None
    factor, unit = _factor(metric, currency=currency)

    def scaled(values: Iterable[float]) -> list[float]:
        return [float(f"{value * factor:.3f}") for value in values]

    chart: dict[str, Any] = {
        "x": [one.as_of.isoformat() for one in known],
        "unit": unit,
        "lines": [
            {
                "name": metric.name.say(wording.reader_language()),
                "data": scaled(float(Fraction(one.num or 0, one.den or 1)) for one in known),
                "c": 0,
            }
        ],
    }
    breaks = [later for before, later in pairwise(known) if later.version != before.version]
    if breaks:
        # Numbers on either side of a changed definition are not to be compared (R-M-020).
        chart["notes"] = [{"x": one.as_of.isoformat(), "text": f"v{one.version}"} for one in breaks]
    if all(one.low is not None and one.high is not None for one in known):
        chart["lo"] = scaled(one.low or 0.0 for one in known)
        chart["hi"] = scaled(one.high or 0.0 for one in known)
    return chart


def _factor(metric: Metric, *, currency: str) -> tuple[float, str]:
    if metric.unit == "share":
        return 100.0, "%"
    if metric.unit == "minor":
        return 10.0 ** -EXPONENTS[currency], ""
    return 1.0, ""
