"""How each cohort of customers stays, by start month, with how they were lost (STD-02)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tenure.understand.metrics.book import Book
from tenure.understand.metrics.months import GAINS, Movements
from tenure.understand.metrics.moving import KINDS, LOSSES

MONTHS_BACK: Final = 36


@dataclass(frozen=True, slots=True)
class Cell:
    """A cohort so many months after its start; amounts are scaled, losses counted since then."""

    cohort: int  # year × 12 + month − 1
    since: int
    customers: int
    kept: int
    revenue_at_start: int
    revenue: int
    lost: tuple[int, int, int]  # in the order of LOSSES


def cells(book: Book, moved: Movements) -> Iterator[Cell]:
    """The cohorts of the last 36 months, each from its first month to this one."""
    last = book.as_of.year * 12 + book.as_of.month - 1
    rows: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for cohort, month, sums in moved.per_customer.by_cohort:
        rows[cohort][month] = sums
    for cohort in sorted(rows):
        if cohort > last - MONTHS_BACK:
            yield from _of_cohort(cohort, rows[cohort], last=last)


def _of_cohort(cohort: int, months: dict[int, dict[str, Any]], *, last: int) -> Iterator[Cell]:
    first = months.get(cohort)
    if first is None or not first["is_new"]:
        return  # whoever began then was gone within the month
    kept, revenue, lost = 0, 0, [0, 0, 0]
    for month in range(cohort, last + 1):
        row = months.get(month, {})
        kept += row.get("is_new", 0) + row.get("is_reactivation", 0) - row.get("is_churn", 0)
        revenue += sum(row.get(kind, 0) * (1 if kind in GAINS else -1) for kind in KINDS)
        for place, loss in enumerate(LOSSES):
            lost[place] += row.get(f"lost_{loss}", 0)
        yield Cell(
            cohort,
            month - cohort,
            first["is_new"],
            kept,
            first["new"],
            revenue,
            (lost[0], lost[1], lost[2]),
        )
