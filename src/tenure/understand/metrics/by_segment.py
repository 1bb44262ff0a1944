"""The same numbers for each segment, whose customers may be in several (MET-02).

Who leaves is asked of the segment in which a customer was before: of the last day that was filled
on or before the window began.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from tenure.kernel.periods import date_of, day_number
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.expressions.revenue import MONTHLY_SCALE, retention_sums
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.segments.models import SegmentCount
from tenure.understand.segments.reading import gathered
from tenure.understand.segments.rules import People
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.declaration import Column
from tenure.warehouse.tables.understanding import SEGMENT_MASKS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

type Wholes = NDArray[np.int64]
type Flags = NDArray[np.bool_]

SEGMENT: Final = "segment"
# A snapshot older than this says little of who was in a segment.
_OLDEST_DAYS: Final = 45


@dataclass(frozen=True)
class Snapshot:
    """Who was in which segment on one day; bit i of a mask is the segment that `bits` names."""

    on: date
    bits: dict[str, int]
    masks: Frame
    people: People
    worth: Frame  # segment, and what its bit adds to a mask

    def of_each(self, rows: Frame, *, key: str) -> Frame:
        """The rows once for each segment that holds their `key`: with a column `segment`."""
        inside = nw.col("mask") // nw.col("worth") % 2 == 1
        held = self.masks.join(self.worth, how="cross").filter(inside)
        return rows.join(held.select(key, SEGMENT).unique(), on=key, how="inner")

    def has(self, name: str, accounts: Wholes) -> Flags:
        """Which of the customers are in a segment: sorted numbers in, flags out."""
        members = self.people.with_bit(self.bits[name])
        if not len(members):
            return np.zeros(len(accounts), dtype=np.bool_)
        place = np.minimum(np.searchsorted(members, accounts), len(members) - 1)
        found: Flags = members[place] == accounts
        return found


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
    masks = current_store().read(SEGMENT_MASKS, engine=book.engine, from_day=filled, to_day=filled)
    table = book.engine.collect(masks.select("account_id", "subscription_id", "mask"))
    columns = (Column(SEGMENT, "string"), Column("worth", "int64"))
    worth = book.engine.literal([(name, 2**bit) for name, bit in bits.items()], columns=columns)
    told = {name: bits[name] for name in sorted(bits)}
    return Snapshot(found, told, book.engine.frame(table), gathered(table), worth)


def due_by_segment(book: Book, due: Frame, *, first_day: int) -> Frame | None:
    """The due terms by the segments in which their contracts were as the window began."""
    before = snapshot(book, day=first_day)
    return before.of_each(due, key="subscription_id") if before else None


def standing_by_segment(book: Book, per_customer: Frame, *, month: int) -> Iterator[Figure]:
    """Customers and revenue of each segment now, and what of it was lost in a month.

    Args:
        per_customer: revenue of each customer in the columns `month` and `now`.
        month: the day of the first of them.
    """
    now, before = snapshot(book, day=book.today), snapshot(book, day=month)
    if now is not None:
        for name, row in _sums(book, now.of_each(per_customer, key="account_id"), now):
            count = int(row["customers"] or 0)
            yield _figure(book, "customers", Rate(count, 1), rows=count, segment=name)
            money = Rate(int(row["end"] or 0), MONTHLY_SCALE)
            yield _figure(book, "mrr", money, rows=count, segment=name)
    if before is not None:
        for name, row in _sums(book, before.of_each(per_customer, key="account_id"), before):
            had = int(row["customers_at_start"] or 0)
            lost = Rate(int(row["lost"] or 0), had)
            yield _figure(book, "logo_churn", lost, rows=had, segment=name)


def _sums(book: Book, rows: Frame, known: Snapshot) -> Iterator[tuple[str, dict[str, float]]]:
    sums = retention_sums(rows, start="month", end="now", by=SEGMENT)
    found = {row[SEGMENT]: row for row in book.rows(sums)}
    for name in known.bits:
        row = found.get(name)
        if row and (row["start"] or row["end"]):
            yield name, row


def _figure(book: Book, metric: str, rate: Rate, *, rows: int, segment: str) -> Figure:
    return Figure(metric, rate, rows, book.as_of, SEGMENT, segment)
