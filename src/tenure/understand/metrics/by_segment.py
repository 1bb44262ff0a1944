"""The same numbers for each segment, whose customers may be in several (MET-02).

Who leaves is asked of the segment in which a customer was before: of the last day that was filled
on or before the window began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from tenure.kernel.periods import date_of, day_number
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.columns import Flags, Wholes
from tenure.understand.metrics.due import DueTerms
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.sold import MONTHLY_SCALE
from tenure.understand.metrics.summing import Retained, Sums, renewal_sums, retained
from tenure.understand.segments.models import SegmentCount
from tenure.understand.segments.reading import column, gathered
from tenure.understand.segments.rules import People, people
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import SEGMENT_MASKS

SEGMENT: Final = "segment"
# A snapshot older than this says little of who was in a segment.
_OLDEST_DAYS: Final = 45


@dataclass(frozen=True)
class Snapshot:
    """Who was in which segment on one day; bit i of a mask is the segment that `bits` names."""

    on: date
    bits: dict[str, int]
    people: People
    contracts: People

    def has(self, name: str, accounts: Wholes) -> Flags:
        """Which of the customers are in a segment: numbers in, flags out."""
        return _inside(self.people.with_bit(self.bits[name]), accounts)

    def holds(self, name: str, subscriptions: Wholes) -> Flags:
        """Which of the contracts are in a segment: numbers in, flags out."""
        return _inside(self.contracts.with_bit(self.bits[name]), subscriptions)


def snapshot(book: Book, *, day: int) -> Snapshot | None:
    """The segments as they were on a day, or shortly before; None where they are not known."""
    if day not in book.snapshots:
        book.snapshots[day] = _read(book, on=date_of(day))
    found: Snapshot | None = book.snapshots[day]
    return found


def _read(book: Book, *, on: date) -> Snapshot | None:
    counts = SegmentCount.objects.filter(as_of__lte=on)
    found = counts.order_by("-as_of").values_list("as_of", flat=True).first()
    if found is None or (on - found).days > _OLDEST_DAYS:
        return None
    bits = dict(SegmentCount.objects.filter(as_of=found).values_list("segment", "bit"))
    filled = day_number(found)
    asked = ("account_id", "subscription_id", "mask")
    table = current_store().rows(SEGMENT_MASKS, day=filled, engine=book.engine, columns=asked)
    contracts = people(column(table, "subscription_id"), column(table, "mask"))
    told = {name: bits[name] for name in sorted(bits)}
    return Snapshot(found, told, gathered(table), contracts)


def _inside(members: Wholes, asked: Wholes) -> Flags:
    """Which numbers are among the members, who are in order."""
    if not len(members):
        return np.zeros(len(asked), dtype=np.bool_)
    place = np.minimum(np.searchsorted(members, asked), len(members) - 1)
    found: Flags = members[place] == asked
    return found


def due_by_segment(book: Book, due: DueTerms, *, first_day: int) -> Iterator[Sums]:
    """The sums of due terms by the segments in which their contracts were as the window began."""
    before = snapshot(book, day=first_day)
    if before is not None:
        yield from sums_by_segment(before, due, grace_days=book.grace)


def sums_by_segment(known: Snapshot, due: DueTerms, *, grace_days: int) -> Iterator[Sums]:
    """`summing.renewal_sums` of each segment that has a due term, in the order of their names."""
    contracts = due.subscription_id
    for name in known.bits:
        mine = due.taken(known.holds(name, contracts))
        for one in renewal_sums(mine, by=(None,), grace_days=grace_days):
            yield replace(one, slice_by=SEGMENT, slice_value=name)


def standing_by_segment(book: Book, held: Mapping[str, Wholes], *, month: int) -> Iterator[Figure]:
    """Customers and revenue of each segment now, and what of it was lost in a month.

    Args:
        held: `account_id`, and revenue of each customer in the columns `month` and `now`.
        month: the day of the first of them.
    """
    now, before = snapshot(book, day=book.today), snapshot(book, day=month)
    if now is not None:
        for name, one in _sums(held, now):
            count, money = one.customers, Rate(one.end, MONTHLY_SCALE)
            yield _figure(book, "customers", Rate(count, 1), rows=count, segment=name)
            yield _figure(book, "mrr", money, rows=count, segment=name)
    if before is not None:
        for name, one in _sums(held, before):
            lost = Rate(one.lost, one.customers_at_start)
            yield _figure(book, "logo_churn", lost, rows=one.customers_at_start, segment=name)


def _sums(held: Mapping[str, Wholes], known: Snapshot) -> Iterator[tuple[str, Retained]]:
    for name in known.bits:
        inside = known.has(name, held["account_id"])
        one = retained(held["month"][inside], held["now"][inside])
        if one.start or one.end:
            yield name, one


def _figure(book: Book, metric: str, rate: Rate, *, rows: int, segment: str) -> Figure:
    return Figure(metric, rate, rows, book.as_of, SEGMENT, segment)
