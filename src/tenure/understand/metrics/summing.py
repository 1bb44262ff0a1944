"""Due terms and customers' revenue summed by slice, on arrays.

Names are numbers here and a sum is a count of numbers. A plan of an engine with a branch for each
slice takes longer to make than all of this.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.metrics.moving import Column, Wholes, coded, months_of

if TYPE_CHECKING:
    import pyarrow as pa

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2080
COHORT: Final = "cohort"
_MONTHS: Final = 12

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]


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
    due: pa.Table, *, by: Collection[str | None], grace_days: int, monthly: bool = False
) -> list[Sums]:
    """Sum due terms, all together and by each slice.

    Args:
        due: `expressions.renewals.due_terms`, computed, with the columns of the slices.
        by: the slices' columns, and `COHORT`; None for the whole business.
        monthly: whether the month of `ends_day` parts the rows of every slice; it is 0 if not.
    Returns:
        One for each month, slice (empty for the whole) and value that has a term, in their order.
    """
    if not due.num_rows:
        return []
    month = months_of(_whole(due, "ends_day")) if monthly else np.zeros(due.num_rows, np.int64)
    turned = _turned(due, grace_days=grace_days)
    found = [
        sums
        for one in by
        for sums in _of_slice(_column(due, one), turned, month=month, name=one or "")
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


@dataclass(frozen=True)
class _Turned:
    """What is summed of each due term."""

    is_renewed: Flags
    is_on_time: Flags
    old: Floats
    kept: Floats
    new: Floats


def _turned(due: pa.Table, *, grace_days: int) -> _Turned:
    late = _float(due, "late_days")  # not a number where nobody renewed
    old, new = _float(due, "old_year_minor"), _float(due, "new_year_minor")
    renewed = late <= grace_days
    kept = np.where(new < old, new, old)
    return _Turned(
        is_renewed=renewed,
        is_on_time=late <= 0,
        old=np.nan_to_num(old),
        kept=np.where(renewed, np.nan_to_num(kept), 0.0),
        new=np.where(renewed, np.nan_to_num(new), 0.0),
    )


def _of_slice(column: Column, turned: _Turned, *, month: Wholes, name: str) -> Iterator[Sums]:
    first = int(month.min())
    months = int(month.max()) - first + 1
    cell = np.maximum(column.codes, 0).astype(np.int64) * months + month - first
    size = len(column.names) * months

    def counted(chosen: Flags) -> Wholes:
        return np.bincount(cell[chosen], minlength=size)

    def summed(amount: Floats) -> Floats:
        return np.bincount(cell, weights=amount, minlength=size)

    due = np.bincount(cell, minlength=size)
    columns: Sequence[NDArray[Any]] = (
        *(due, counted(turned.is_on_time), counted(turned.is_renewed)),
        *(summed(turned.old), summed(turned.kept), summed(turned.new)),
    )
    for place in np.flatnonzero(due).tolist():
        value = column.names[place // months]
        yield Sums(name, value, first + place % months, *(one[place].item() for one in columns))


def _column(due: pa.Table, name: str | None) -> Column:
    """A slice's values as numbers; nobody's name is none."""
    if name is None:
        return Column(("",), np.zeros(due.num_rows, dtype=np.int32))
    return _cohort(due) if name == COHORT else coded(due[name])


def _cohort(due: pa.Table) -> Column:
    """The year in which each customer began; none where it is not known."""
    began = _float(due, "started_day")
    known = ~np.isnan(began)
    year = months_of(np.where(known, began, 0).astype(np.int64)) // _MONTHS
    known &= (year >= FIRST_YEAR) & (year < LAST_YEAR)
    names = ("", *map(str, range(FIRST_YEAR, LAST_YEAR)))
    return Column(names, np.where(known, year - FIRST_YEAR + 1, 0).astype(np.int32))


def _whole(table: pa.Table, name: str) -> Wholes:
    return np.asarray(table[name].to_numpy(), dtype=np.int64)


def _float(table: pa.Table, name: str) -> Floats:
    """A column, not-a-number where it is null."""
    import pyarrow as pa

    return np.asarray(table[name].cast(pa.float64()).to_numpy(), dtype=np.float64)
