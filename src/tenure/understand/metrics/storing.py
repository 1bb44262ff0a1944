"""Write figures where they are new or read otherwise, and take away what is no more."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import batched
from typing import Any, Final

from tenure.records.rows import insert_rows
from tenure.understand.metrics.book import Figure
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.rules.rates import wilson

# Shares of independent cases, whose interval is Wilson's.
COUNT_SHARES: Final = frozenset(
    {
        "renewal_rate",
        "renewal_rate_recent",
        "renewal_rate_month",
        "on_time_rate",
        "logo_churn",
        "atr_churn",
    }
)
COLUMNS: Final = (
    *("metric", "as_of", "slice_by", "slice_value"),
    *("version", "num", "den", "rows", "low", "high", "provisional"),
)
_KEYS: Final = 4
_FORGOTTEN_AT_ONCE: Final = 5_000

type Row = tuple[Any, ...]


def store(rows: Iterable[Row], *, days: Collection[date], metrics: Collection[str]) -> int:
    """Make these the rows of the metrics on those days; how many were written.

    Args:
        rows: see `row_of`.
    """
    if not days:
        return 0
    wanted = {row[:_KEYS]: row for row in rows}
    ours = MetricValue.objects.filter(as_of__in=days, metric__in=metrics)
    ids, there = {}, {}
    for pk, *row in ours.values_list("pk", *COLUMNS):
        key = tuple(row[:_KEYS])
        ids[key], there[key] = pk, tuple(row)
    stale = [ids[key] for key, row in there.items() if wanted.get(key) != row]
    # In the order of their keys: the engine gives groups in any order, and rows are numbered.
    fresh = [wanted[key] for key in sorted(wanted) if there.get(key) != wanted[key]]
    _forget(stale)
    insert_rows(MetricValue, fresh, columns=COLUMNS)
    return len(fresh)


def _forget(ids: Sequence[int]) -> None:
    """Delete rows, so many a statement."""
    for lot in batched(ids, _FORGOTTEN_AT_ONCE):
        MetricValue.objects.filter(pk__in=lot).delete()


def row_of(figure: Figure, *, metrics: Mapping[str, Metric]) -> Row:
    """A figure as `COLUMNS` has it, with its interval where it is a share of independent cases."""
    spread = figure.spread
    if spread is None and figure.metric in COUNT_SHARES:
        spread = wilson(figure.rate)
    low, high = spread or (None, None)
    return (
        figure.metric,
        figure.on,
        figure.slice_by,
        figure.slice_value,
        metrics[figure.metric].version,
        figure.rate.num,
        figure.rate.den,
        figure.rows,
        low,
        high,
        figure.provisional,
    )
