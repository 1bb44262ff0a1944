"""The numbers of each calendar month, from the months in which something changed."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import narwhals.stable.v2 as nw

from tenure.kernel.periods import day_number
from tenure.understand.metrics.book import Book, Figure, calendar, month_name
from tenure.understand.metrics.daily import whole
from tenure.understand.metrics.expressions.changes import (
    LOSSES,
    SUMMED,
    changes,
    customer_months,
    month_sums,
    movements_of,
    net_by,
    spans,
)
from tenure.understand.metrics.expressions.renewals import due_terms, renewal_sums
from tenure.understand.metrics.expressions.revenue import MONTHLY_SCALE
from tenure.understand.metrics.metric import MONTH_SLICES
from tenure.understand.metrics.rules.rates import Rate

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

MONTHS: Final = 24
# Somebody may change plan or owner; region, channel and cohort stay with a customer.
MOVING: Final = ("plan", "owner")
KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
COUNTS: Final[Mapping[str, str]] = {
    "customers_new": "is_new",
    "customers_back": "is_reactivation",
    "customers_expanded": "is_expansion",
    "customers_contracted": "is_contraction",
    "customers_lost": "is_churn",
    **{f"lost_{loss}": f"lost_{loss}" for loss in LOSSES},
}
GAINS: Final = ("new", "reactivation", "expansion")

type Sums = Mapping[str, int]
type BySlice = dict[tuple[str, str], dict[int, Sums]]


@dataclass(frozen=True)
class Movements:
    """One row per customer and month that changed something, and each change by itself."""

    per_customer: Frame
    each: Frame


def movements(book: Book) -> Movements:
    """What moved the revenue of the business's currency until the day of the book."""
    ours = (nw.col("currency") == book.currency).fill_null(value=True)
    held = spans(book.terms.filter(ours), as_of=book.today, grace_days=book.grace)
    each = book.kept(changes(held, book.engine.frame(calendar()), as_of=book.today))
    per_customer = book.kept(movements_of(customer_months(each, book.accounts)))
    return Movements(per_customer, each)


def monthly(book: Book, moved: Movements) -> Iterator[Figure]:
    """Movements of the last 24 months, in all and by slice; the running month is provisional."""
    last = book.as_of.year * 12 + book.as_of.month - 1
    first = last - MONTHS + 1
    sums = _by_slice(book, moved)
    net = _net(book, moved)
    for place in sorted({*sums, *net}):
        standing = _Standing()
        by_month, moving = sums.get(place, {}), net.get(place, {})
        for month in sorted({*by_month, *moving}):
            if month < first:
                standing.take(by_month.get(month, {}), gained=moving.get(month))
        for month in range(first, last + 1):
            row, gained = by_month.get(month, {}), moving.get(month)
            if place[0] in MOVING:
                gained = gained or 0
            yield from _of_month(standing, row, gained=gained, at=_At(book, month, place))


@dataclass(frozen=True, slots=True)
class _At:
    """Which month of which slice."""

    book: Book
    month: int
    place: tuple[str, str]

    @property
    def on(self) -> date:
        return min(month_end(self.month), self.book.as_of)

    @property
    def provisional(self) -> bool:
        return month_end(self.month) > self.book.as_of

    def figure(self, metric: str, rate: Rate, *, rows: int) -> Figure:
        return Figure(metric, rate, rows, self.on, *self.place, provisional=self.provisional)


@dataclass(slots=True)
class _Standing:
    """Revenue (scaled) and customers as a month begins."""

    revenue: int = 0
    customers: int = 0

    def take(self, row: Sums, *, gained: int | None) -> None:
        """Go on to the next month; `gained` counts moves between slices too."""
        self.revenue += _balance(row) if gained is None else gained
        self.customers += _value(row, "is_new") + _value(row, "is_reactivation")
        self.customers -= _value(row, "is_churn")


def _of_month(standing: _Standing, row: Sums, *, gained: int | None, at: _At) -> Iterator[Figure]:
    start, had = standing.revenue, standing.customers
    standing.take(row, gained=gained)
    is_fixed = at.place[0] not in MOVING
    rows = had + _value(row, "is_new") + _value(row, "is_reactivation")
    behind = rows if is_fixed else _touched(row)

    def money(scaled: int) -> Rate:
        return Rate(scaled, MONTHLY_SCALE)

    yield at.figure("mrr_start", money(start), rows=behind)
    for kind in KINDS:
        count = _value(row, f"is_{kind}")
        yield at.figure(f"mrr_{kind}", money(_value(row, kind)), rows=count)
    moved = standing.revenue - start - _balance(row)
    yield at.figure("mrr_moved", money(moved), rows=behind)
    yield at.figure("mrr_end", money(standing.revenue), rows=behind)
    for metric, name in COUNTS.items():
        count = _value(row, name)
        yield at.figure(metric, Rate(count, 1), rows=behind)
    if is_fixed:
        yield at.figure("customers_start", Rate(had, 1), rows=had)
        yield at.figure("customers_end", Rate(standing.customers, 1), rows=standing.customers)


def _value(row: Sums, name: str) -> int:
    return int(row.get(name, 0))


def _balance(row: Sums) -> int:
    return sum(_value(row, kind) * (1 if kind in GAINS else -1) for kind in KINDS)


def _touched(row: Sums) -> int:
    return sum(_value(row, f"is_{kind}") for kind in KINDS)


def _by_slice(book: Book, moved: Movements) -> BySlice:
    found: BySlice = defaultdict(dict)
    for by in (None, *MONTH_SLICES):
        for row in book.rows(month_sums(moved.per_customer, by=by)):
            value = row["slice_value"]
            if by == "cohort":
                value = month_name(int(value))[:4]
            kept = found[by or "", value]
            kept[row["month"]] = _added(kept.get(row["month"], {}), row)
    found.setdefault(("", ""), {})
    return found


def _added(before: Sums, row: Mapping[str, Any]) -> Sums:
    return {name: _value(before, name) + int(row[name]) for name in SUMMED}


def _net(book: Book, moved: Movements) -> dict[tuple[str, str], dict[int, int]]:
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for by in MOVING:
        for row in book.rows(net_by(moved.each, by=by)):
            found[by, row["slice_value"]][row["month"]] = row["gained"]
    return found


def due_months(book: Book) -> Iterator[Figure]:
    """Renewal rates by due month; provisional until the grace of its last day is over."""
    last = book.as_of.year * 12 + book.as_of.month - 1
    first = last - MONTHS + 1
    from_day = day_number(date(first // 12, first % 12 + 1, 1))
    due = due_terms(
        book.terms, book.accounts, from_day=from_day, to_day=book.today, as_of=book.today
    )
    months = book.engine.frame(calendar()).select(ends_day="day", month="month")
    dated = book.kept(due.join(months, on="ends_day", how="inner"))
    by = (None, *(one for one in MONTH_SLICES if one != "cohort"))
    for row in book.rows(renewal_sums(dated, by=by, grace_days=book.grace, per=("month",))):
        at = _At(book, row["month"], (row["slice_by"], row["slice_value"]))
        over = day_number(month_end(row["month"])) + book.grace
        old = whole(row["old_minor"])
        rates = {
            "renewal_rate_month": Rate(row["renewed"], row["due"]),
            "renewal_value_gross_month": Rate(whole(row["kept_minor"]), old),
            "renewal_value_net_month": Rate(whole(row["new_minor"]), old),
        }
        for metric, rate in rates.items():
            yield Figure(metric, rate, row["due"], at.on, *at.place, provisional=over > book.today)


@cache
def month_end(month: int) -> date:
    """The last day of a month that is counted as year × 12 + month − 1."""
    year, number = month // 12, month % 12 + 1
    return date(year, number, monthrange(year, number)[1])
