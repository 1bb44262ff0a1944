"""Due terms and customers' revenue summed by slice, on arrays.

Names are numbers here and a sum is a count of numbers. A plan of an engine with a branch for each
slice takes longer to make than all of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.understand.metrics.columns import (
    Codes,
    Column,
    Flags,
    Floats,
    Wholes,
    months_of,
    summed,
)
from tenure.understand.metrics.due import DueTerms
from tenure.understand.metrics.sold import Sold


@dataclass(frozen=True, slots=True)
class Sums:
    """How the due terms of one slice turned out; amounts are of a year, in parts of minor units."""

    slice_by: str
    slice_value: str
    month: int
    due: int
    on_time: int
    renewed: int
    old_in_year: float
    kept_in_year: float
    new_in_year: float


@dataclass(frozen=True)
class Turned:
    """How each due term turned out: amounts of a year, in minor units."""

    is_renewed: Flags
    is_on_time: Flags
    old: Floats
    kept: Floats
    new: Floats


@dataclass(frozen=True, slots=True)
class Retained:
    """The revenue of some customers on two days, and how many had any."""

    start: int
    end: int
    kept: int
    stayed: int
    customers_at_start: int
    lost: int
    customers: int


def renewal_sums(
    due: DueTerms, *, by: Collection[str | None], grace_days: int, monthly: bool = False
) -> list[Sums]:
    """Sum due terms, all together and by each slice.

    Args:
        by: names of `DueTerms.column`; None for the whole business.
        monthly: whether the month of the due day parts the rows of every slice; it is 0 if not.
    Returns:
        One for each month, slice (empty for the whole) and value that has a term, in their order.
    """
    if not len(due.rows):
        return []
    month = months_of(due.ends) if monthly else np.zeros(len(due.rows), dtype=np.int32)
    each = turned(due, grace_days=grace_days)
    found = [
        sums for one in by for sums in _of_slice(due.column(one), each, month=month, name=one or "")
    ]
    return sorted(found, key=lambda one: (one.month, one.slice_by, one.slice_value))


def retained(before: Wholes, after: Wholes) -> Retained:
    """Sum the revenue of customers on two days; scaled, whole numbers."""
    had = before > 0
    return Retained(
        start=int(before.sum()),
        end=int(after.sum()),
        kept=int(np.minimum(before, after).sum()),
        stayed=int(after[had].sum()),
        customers_at_start=int(had.sum()),
        lost=int((had & (after == 0)).sum()),
        customers=int((after > 0).sum()),
    )


def revenue_on(
    sold: Sold, days: Mapping[str, int], *, grace_days: int, ours: Collection[str] = ()
) -> dict[str, Wholes]:
    """Recurring revenue per month of every customer at some days, subscriptions netted.

    Args:
        days: name → a day, counted at its end.
        grace_days: a term that is over counts for so many days more while nobody renewed it.
        ours: the names for which terms in the business's currency count alone.
    Returns:
        `account_id` of whoever had revenue on any of the days, and a column per name: minor units
        per month times `MONTHLY_SCALE`, whole numbers.
    """
    ids = sold.customers.account_id
    found, has_any = {}, np.zeros(len(ids), dtype=np.bool_)
    for name, day in days.items():
        covered = sold.covers(day, grace_days=grace_days)
        rows = np.flatnonzero(covered & sold.is_ours if name in ours else covered)
        found[name] = summed(sold.monthly[rows], by=sold.who[rows], size=len(ids))
        has_any |= found[name] > 0
    return {"account_id": ids[has_any], **{name: one[has_any] for name, one in found.items()}}


def turned(due: DueTerms, *, grace_days: int) -> Turned:
    """What each due term adds to the sums."""
    renewed = due.late <= grace_days
    old, new = due.old_in_year, due.new_in_year
    return Turned(
        is_renewed=renewed,
        is_on_time=due.late <= 0,
        old=old,
        # A renewal whose term is not known keeps what there was.
        kept=np.where(renewed, np.fmin(new, old), 0.0),
        new=np.where(renewed, np.nan_to_num(new), 0.0),
    )


def _of_slice(column: Column, each: Turned, *, month: Codes, name: str) -> Iterator[Sums]:
    first = int(month.min())
    months = int(month.max()) - first + 1
    cell = np.maximum(column.codes, 0) * np.int64(months) + month - first
    size = len(column.names) * months

    def counted(chosen: Flags) -> Wholes:
        return np.bincount(cell[chosen], minlength=size)

    def added(amount: Floats) -> Floats:
        return np.bincount(cell, weights=amount, minlength=size)

    due = np.bincount(cell, minlength=size)
    columns: Sequence[NDArray[Any]] = (
        *(due, counted(each.is_on_time), counted(each.is_renewed)),
        *(added(each.old), added(each.kept), added(each.new)),
    )
    for place in np.flatnonzero(due).tolist():
        value = column.names[place // months]
        yield Sums(name, value, first + place % months, *(one[place].item() for one in columns))
