"""How a metric is written: by its unit, with its interval, never a number where there is none."""

from fractions import Fraction

from django import template
from django.utils.translation import gettext, gettext_lazy

from tenure.kernel.money import rounded
from tenure.surfaces import wording
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.queries import LEAST_ROWS, RATES, TOO_FEW, is_hidden

register = template.Library()

SMALL = 10
GROUP_NAMES = {
    "": gettext_lazy("Overview"),
    "renewal": gettext_lazy("Renewals"),
    "revenue": gettext_lazy("Revenue"),
    "customers": gettext_lazy("Customers won and lost"),
    "voice": gettext_lazy("Voices"),
    "value": gettext_lazy("Worth of customers"),
    "own": gettext_lazy("Own metrics"),
}
SLICE_NAMES = {
    "plan": gettext_lazy("Plan"),
    "region": gettext_lazy("Region"),
    "channel": gettext_lazy("Channel"),
    "owner": gettext_lazy("Manager"),
    "cohort": gettext_lazy("Cohort"),
    "cycle": gettext_lazy("Term, months"),
    "first_term": gettext_lazy("First or later term"),
    "survey": gettext_lazy("Survey"),
    "segment": gettext_lazy("Segment"),
    "plan_cycle": gettext_lazy("Plan and months"),
    "currency": gettext_lazy("Currency"),
}


def exact(value: MetricValue | None) -> Fraction | None:
    """The number of a row, exact."""
    if value is None or not value.den or value.num is None:
        return None
    return Fraction(value.num, value.den)


def written(number: Fraction | float | None, *, metric: Metric, currency: str) -> str:
    """A number by the unit of its metric."""
    if number is None:
        return "—"
    if metric.unit == "share":
        return wording.percent(number)
    if metric.unit == "minor":
        whole = rounded(Fraction(number))
        return wording.money_short(whole, currency, language=wording.reader_language())
    if metric.unit in {"count", "points"}:
        return wording.figure(number)
    is_large = abs(Fraction(number)) >= SMALL
    digits = 1 if metric.unit in {"months", "days"} and is_large else 2
    return wording.figure(number, digits=digits)


@register.simple_tag
def metric_value(metric: Metric, value: MetricValue | None, currency: str) -> str:
    """The number of a row; a share that fewer than five stand behind is hidden."""
    if value is not None and is_hidden(metric, value):
        return "—"
    return written(exact(value), metric=metric, currency=currency)


@register.simple_tag
def metric_number(metric: Metric, number: Fraction | float | None, currency: str) -> str:
    """Any number in the unit of a metric: a target, a bound."""
    return written(number, metric=metric, currency=currency)


@register.simple_tag
def counted_as(part: float, is_money: bool, currency: str) -> str:
    """What one row adds to a part of a figure."""
    if is_money:
        return wording.money(rounded(Fraction(part)), currency, decimals=True)
    return wording.figure(part)


@register.filter
def metric_n(value: MetricValue | None) -> str:
    """How many stand behind a number."""
    return wording.figure(value.rows) if value else "—"


@register.filter
def metric_unit(metric: Metric) -> str:
    """What a number counts, in words."""
    words = {
        "share": gettext("share"),
        "minor": gettext("money"),
        "count": gettext("count"),
        "ratio": gettext("ratio"),
        "points": gettext("points, −100 to 100"),
        "score": gettext("score"),
        "months": gettext("months"),
        "days": gettext("days"),
    }
    return words[metric.unit]


@register.filter
def metric_caution(value: MetricValue | None) -> str:
    """What to mind about a number: too little behind it, or not yet final."""
    if not value:
        return gettext("nothing to count")
    if value.rows < TOO_FEW:
        return gettext("too few behind it to show")
    if value.provisional:
        return gettext("provisional")
    return gettext("few, below 30") if value.rows < LEAST_ROWS else ""


@register.simple_tag
def metric_mind(metric: Metric, value: MetricValue | None) -> str:
    """What to mind about a number that is shown: an amount or a count may be small as it is."""
    if metric.unit in RATES:
        return metric_caution(value)
    return gettext("provisional") if value and value.provisional else ""


@register.filter
def group_name(group: str) -> str:
    """How a group of metrics is called."""
    return str(GROUP_NAMES.get(group, group))


@register.filter
def slice_name(slice_by: str) -> str:
    """How a slice is called."""
    return str(SLICE_NAMES.get(slice_by, slice_by))
