"""Metrics of the operator's own: a formula over entries, checked, versioned, computed at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.actions import Fact, append
from tenure.understand.metrics.book import Figure
from tenure.understand.metrics.deriving import derived
from tenure.understand.metrics.formulas import entries_of, read_formula
from tenure.understand.metrics.metric import Grain, Metric, Unit
from tenure.understand.metrics.models import MetricValue, OwnMetric
from tenure.understand.metrics.registry import METRICS
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.storing import row_of, store

UNITS: Final[tuple[Unit, ...]] = ("share", "minor", "count", "ratio", "points", "months", "days")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{2,39}", re.ASCII)


class BadKey(Refusal):
    """A name that no formula could use, or that an entry has."""

    code = "bad_metric_key"
    said = Sentence(
        zh="编号“{key}”不可用：请用 3 到 40 个小写字母、数字或下划线，字母开头，"
        "且不与内置指标重名。",
        en="The id “{key}” cannot be used: 3 to 40 small letters, digits or underscores, a letter "
        "first, and not the id of a built-in metric.",
    )


class TwoGrains(Refusal):
    """A formula over days and months at once."""

    code = "two_grains"
    said = Sentence(
        zh="公式同时用到按日指标（{days}）与按月指标（{months}），它们没有共同的时点；请只用一种。",
        en="The formula mixes metrics of a day ({days}) and of a month ({months}), which share no "
        "point of time; use one kind.",
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator writes down."""

    key: str
    name: Sentence
    definition: str
    formula: str
    unit: Unit
    falling_is_better: bool = False


@transaction.atomic
def save(wanted: Wanted, *, as_of: date, at: datetime, by: str) -> OwnMetric:
    """Save a new version, and compute it for every day whose parts are stored.

    The same words again change nothing. Metrics of one's own rest on built-in entries.

    Raises:
        BadKey: the id cannot be used.
        BadFormula, UnknownEntry: the formula cannot be read.
        TwoGrains: its entries share no point of time.
    """
    if not _KEY.fullmatch(wanted.key) or wanted.key in METRICS:
        raise BadKey(key=wanted.key)
    _grain(wanted.formula)
    newest = OwnMetric.objects.select_for_update().filter(key=wanted.key)
    before = newest.order_by("-version").first()
    if before is not None and _as_wanted(before) == wanted and before.retired_at is None:
        return before
    made = OwnMetric.objects.create(
        key=wanted.key,
        version=(before.version if before else 0) + 1,
        name_zh=wanted.name.zh,
        name_en=wanted.name.en,
        definition=wanted.definition,
        formula=wanted.formula,
        unit=wanted.unit,
        falling_is_better=wanted.falling_is_better,
        made_at=at,
        made_by=by,
    )
    content = {"key": made.key, "version": made.version, "formula": made.formula}
    append(Fact("metric.defined", on=as_of, content=content), at=at, by=by)
    _compute(metric_of(made))
    return made


@transaction.atomic
def retire(key: str, *, on: date, at: datetime, by: str) -> int:
    """Compute a metric no more; its numbers stay. How many versions were in force."""
    rows = OwnMetric.objects.select_for_update().filter(key=key, retired_at=None)
    retired = rows.update(retired_at=at)
    if retired:
        append(Fact("metric.retired", on=on, content={"key": key}), at=at, by=by)
    return retired


def own_metrics() -> dict[str, Metric]:
    """The newest version of each metric in force."""
    newest = OwnMetric.objects.values("key").annotate(last=Max("version"))
    wanted = {(one["key"], one["last"]) for one in newest}
    rows = OwnMetric.objects.filter(retired_at=None).order_by("key")
    return {row.key: metric_of(row) for row in rows if (row.key, row.version) in wanted}


def metric_of(row: OwnMetric) -> Metric:
    """A stored definition as an entry."""
    formula = read_formula(row.formula, known=METRICS)
    return Metric(
        row.key,
        Sentence(row.name_zh, row.name_en),
        Sentence(row.definition, row.definition),
        row.formula,
        row.unit,  # type: ignore[arg-type]
        version=row.version,
        grain=_grain(row.formula),
        group="own",
        depends_on=entries_of(formula),
        falling_is_better=row.falling_is_better,
    )


def _as_wanted(row: OwnMetric) -> Wanted:
    return Wanted(
        row.key,
        Sentence(row.name_zh, row.name_en),
        row.definition,
        row.formula,
        row.unit,  # type: ignore[arg-type]
        row.falling_is_better,
    )


def _grain(formula: str) -> Grain:
    names = entries_of(read_formula(formula, known=METRICS))
    days = [name for name in names if METRICS[name].grain == "day"]
    months = [name for name in names if METRICS[name].grain == "month"]
    if days and months:
        raise TwoGrains(days=days, months=months)
    return "month" if months else "day"


def _compute(metric: Metric) -> None:
    """The new version at every stored point of its parts."""
    rows = MetricValue.objects.filter(metric__in=metric.depends_on)
    figures = [_figure(row) for row in rows]
    known: Mapping[str, Metric] = METRICS | {metric.id: metric}
    made = list(derived(figures, known, only={metric.id}))
    told = [row_of(one, metrics={metric.id: metric}) for one in made]
    store(told, days={one.on for one in made}, metrics={metric.id: metric})


def _figure(row: MetricValue) -> Figure:
    return Figure(
        row.metric,
        Rate(row.num or 0, row.den or 0),
        row.rows,
        row.as_of,
        row.slice_by,
        row.slice_value,
        provisional=row.provisional,
    )
