"""The numbers of each calendar month, from the months in which something changed."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from tenure.kernel.periods import day_number
from tenure.understand.metrics.book import Book, Figure, month_name
from tenure.understand.metrics.daily import whole
from tenure.understand.metrics.due import due_between
from tenure.understand.metrics.metric import MONTH_SLICES
from tenure.understand.metrics.moving import (
    KINDS,
    LOSSES,
    SUMMED,
    Changes,
    Moves,
    changes,
    moves,
)
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.sold import MONTHLY_SCALE
from tenure.understand.metrics.summing import Sums as Turned
from tenure.understand.metrics.summing import renewal_sums

MONTHS: Final = 24
WHOLE: Final = ("", "")
# Somebody may change plan or owner; region, channel and cohort stay with a customer.
MOVING: Final = ("plan", "owner")
# What a term says of itself; cohorts are counted apart, and segments are known by the day.
OWN_SLICES: Final = tuple(one for one in MONTH_SLICES if one not in {"cohort", "segment"})
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

    per_customer: Moves
    each: Changes


def movements(book: Book) -> Movements:
    """What moved the revenue of the business's currency until the day of the book."""
    each = changes(book.sold, as_of=book.today, grace_days=book.grace)
    return Movements(moves(each), each)


@dataclass(frozen=True, slots=True)
class Stood:
    """One month of one slice: what stood as it began, and what it moved.

    `gained` counts moves between slices too; None where there are none.
    """

    place: tuple[str, str]
    revenue: int  # scaled
    customers: int
    moved: Sums
    gained: int | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing stood, and nothing moved."""
        return not (self.revenue or self.customers or self.moved or self.gained)


@dataclass(frozen=True, slots=True)
class Due:
    """How the terms of one slice that were due in one month turned out; amounts are a year's."""

    place: tuple[str, str]
    due: int
    renewed: int
    old_minor: int
    kept_minor: int
    new_minor: int


def monthly(book: Book, moved: Movements) -> Iterator[Figure]:
    """Movements of the last 24 months, in all and by slice; the running month is provisional."""
    for month, stood in standings(book, moved).items():
        yield from of_month(book, month, stood=stood)


def standings(book: Book, moved: Movements) -> dict[int, list[Stood]]:
    """The last 24 months, oldest first, with every slice in which something stood or moved."""
    last = month_of(book.as_of)
    first = last - MONTHS + 1
    found: dict[int, list[Stood]] = {month: [] for month in range(first, last + 1)}
    sums, net = _by_slice(moved), _net(moved)
    for place in sorted({*sums, *net}):
        standing = _Standing()
        by_month, moving = sums.get(place, {}), net.get(place, {})
        for month in sorted({*by_month, *moving}):
            if month < first:
                standing.take(by_month.get(month, {}), gained=moving.get(month))
        for month in found:
            row, gained = by_month.get(month, {}), moving.get(month)
            if place[0] in MOVING:
                gained = gained or 0
            one = Stood(place, standing.revenue, standing.customers, row, gained)
            if place == WHOLE or not one.is_empty:
                found[month].append(one)
            standing.take(row, gained=gained)
    return found


def won(
    stood: Mapping[int, Iterable[Stood]], *, since: int, until: int
) -> dict[tuple[str, str], int]:
    """New customers of some months by slice, both ends counted."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for month, places in stood.items():
        for one in places:
            if since <= month <= until:
                found[one.place] += _value(one.moved, "is_new")
    return found


@dataclass(frozen=True, slots=True)
class _At:
    """Which slice of which month: `on` is its last day, or today while it runs."""

    on: date
    place: tuple[str, str]
    provisional: bool

    def figure(self, metric: str, rate: Rate, *, rows: int) -> Figure:
        return Figure(metric, rate, rows, self.on, *self.place, provisional=self.provisional)


@dataclass(slots=True)
class _Standing:
    """Revenue (scaled) and customers as a month begins."""

    revenue: int = 0
    customers: int = 0

    def take(self, row: Sums, *, gained: int | None) -> None:
        """Go on to the next month; `gained` counts moves between slices too."""
        if not row:
            self.revenue += gained or 0
            return
        self.revenue += _balance(row) if gained is None else gained
        self.customers += _value(row, "is_new") + _value(row, "is_reactivation")
        self.customers -= _value(row, "is_churn")


def of_month(book: Book, month: int, *, stood: Iterable[Stood]) -> Iterator[Figure]:
    """The figures of what moved in one month."""
    end, today = month_end(month), book.as_of
    for one in stood:
        yield from _of_place(one, at=_At(min(end, today), one.place, provisional=end > today))


def _of_place(one: Stood, *, at: _At) -> Iterator[Figure]:
    row, had = one.moved, one.customers
    ended = _Standing(one.revenue, had)
    ended.take(row, gained=one.gained)
    is_fixed = at.place[0] not in MOVING
    rows = had + _value(row, "is_new") + _value(row, "is_reactivation")
    behind = rows if is_fixed else _touched(row)

    def money(scaled: int) -> Rate:
        return Rate(scaled, MONTHLY_SCALE)

    yield at.figure("mrr_start", money(one.revenue), rows=behind)
    for kind in KINDS:
        count = _value(row, f"is_{kind}")
        yield at.figure(f"mrr_{kind}", money(_value(row, kind)), rows=count)
    moved = ended.revenue - one.revenue - _balance(row)
    yield at.figure("mrr_moved", money(moved), rows=behind)
    yield at.figure("mrr_end", money(ended.revenue), rows=behind)
    for metric, name in COUNTS.items():
        count = _value(row, name)
        yield at.figure(metric, Rate(count, 1), rows=behind)
    if is_fixed:
        yield at.figure("customers_start", Rate(had, 1), rows=had)
        yield at.figure("customers_end", Rate(ended.customers, 1), rows=ended.customers)


def _value(row: Sums, name: str) -> int:
    return int(row.get(name, 0))


def _balance(row: Sums) -> int:
    # Most slices stand still in most months.
    if not row:
        return 0
    return sum(_value(row, kind) * (1 if kind in GAINS else -1) for kind in KINDS)


def _touched(row: Sums) -> int:
    return sum(_value(row, f"is_{kind}") for kind in KINDS)


def _by_slice(moved: Movements) -> BySlice:
    found: BySlice = defaultdict(dict)
    for by in (None, *OWN_SLICES):
        for value, month, sums in moved.per_customer.by(by):
            found[by or "", value][month] = sums
    for cohort, month, sums in moved.per_customer.by_cohort:
        kept = found["cohort", month_name(cohort)[:4]]
        kept[month] = _added(kept.get(month, {}), sums)
    found.setdefault(WHOLE, {})
    return found


def _added(before: Sums, row: Mapping[str, Any]) -> Sums:
    return {name: _value(before, name) + int(row[name]) for name in SUMMED}


def _net(moved: Movements) -> dict[tuple[str, str], dict[int, int]]:
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for by in MOVING:
        for value, month, gained in moved.per_customer.net_by(by):
            found[by, value][month] = gained
    return found


def dues(book: Book) -> dict[int, list[Due]]:
    """The terms that were due in each of the last 24 months, in all and by slice."""
    last = month_of(book.as_of)
    first = last - MONTHS + 1
    from_day = day_number(date(first // 12, first % 12 + 1, 1))
    due = due_between(book, from_day=from_day, to_day=book.today)
    found: dict[int, list[Due]] = {month: [] for month in range(first, last + 1)}
    slices = (None, *OWN_SLICES)
    for one in renewal_sums(due, by=slices, grace_days=book.grace, monthly=True):
        found[one.month].append(due_of(one))
    return found


def due_of(one: Turned) -> Due:
    """What is kept of the sums of one slice."""
    amounts = (whole(each) for each in (one.old_in_year, one.kept_in_year, one.new_in_year))
    return Due((one.slice_by, one.slice_value), one.due, one.renewed, *amounts)


def due_in(book: Book, month: int, *, dues: Iterable[Due]) -> Iterator[Figure]:
    """Renewal rates of one due month; provisional until the grace of its last day is over."""
    is_open, on = is_waiting(book, month), min(month_end(month), book.as_of)
    for one in dues:
        rates = {
            "renewal_rate_month": Rate(one.renewed, one.due),
            "renewal_value_gross_month": Rate(one.kept_minor, one.old_minor),
            "renewal_value_net_month": Rate(one.new_minor, one.old_minor),
        }
        for metric, rate in rates.items():
            yield Figure(metric, rate, one.due, on, *one.place, provisional=is_open)


def is_waiting(book: Book, month: int) -> bool:
    """Whether a term of a month may still be renewed within its grace."""
    return day_number(month_end(month)) + book.grace > book.today


def month_of(on: date) -> int:
    """The month of a day, as year × 12 + month − 1."""
    return on.year * 12 + on.month - 1


@cache
def month_end(month: int) -> date:
    """The last day of a month that is counted as year × 12 + month − 1."""
    year, number = month // 12, month % 12 + 1
    return date(year, number, monthrange(year, number)[1])
