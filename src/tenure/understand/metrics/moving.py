"""What changed of every customer's recurring revenue, month by month, on arrays of change events.

A span of revenue is two events, its start and its end. Names are numbers here: a customer's month
takes a few bytes, and sums by slice are counts of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.metrics.columns import (
    UNKNOWN,
    Codes,
    Column,
    Flags,
    Wholes,
    months_of,
    summed,
)
from tenure.understand.metrics.sold import Customers, Sold

KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
LOSSES: Final = ("voluntary", "involuntary", "lapse")
SUMMED: Final = (*KINDS, *(f"is_{kind}" for kind in KINDS), *(f"lost_{loss}" for loss in LOSSES))
_NEW, _REACTIVATION, _EXPANSION, _CONTRACTION, _CHURN = range(len(KINDS))

type Sums = dict[str, int]


@dataclass(frozen=True)
class Changes:
    """Each start and each end of a span apart: `gained` is scaled, below zero for an end.

    `who` is a place among the customers, `month` year × 12 + month − 1.
    """

    customers: Customers
    who: Codes
    month: Codes
    plan: Column
    owner: Column
    loss: Column
    gained: Wholes


@dataclass(frozen=True)
class Moves:
    """What changed per customer and month, their subscriptions netted (G03).

    Months that changed nothing are left out. `cohort` is the customer's first month, `kind` a
    place in `KINDS`, `size` (scaled) 0 or more; `slices` holds plan and owner (of what began, else
    of what ended), region and channel.
    """

    month: Codes
    cohort: Codes
    kind: Codes
    size: Wholes
    loss: Column
    slices: Mapping[str, Column]

    def by(self, name: str | None) -> Iterator[tuple[str, int, Sums]]:
        """Slice value, month and the sums of `SUMMED`, wherever anything moved."""
        if name is None:
            return self._sums(np.zeros(len(self.month), dtype=np.int32), ("",))
        column = self.slices[name]
        return self._sums(np.maximum(column.codes, 0), column.names)

    def by_cohort(self) -> Sequence[tuple[int, int, Sums]]:
        """Cohort, month and the sums of `SUMMED`, wherever anything moved."""
        return self._by_cohort

    @cached_property
    def _by_cohort(self) -> Sequence[tuple[int, int, Sums]]:
        if not len(self.cohort):
            return ()
        first = int(self.cohort.min())
        every = range(first, int(self.cohort.max()) + 1)
        return tuple(self._sums(self.cohort - first, every))

    @cached_property
    def _cells(self) -> tuple[int, int, Wholes, Wholes, Flags]:
        """The first month and how many there are; where each row is counted in its slice, by its
        month and kind, and by its month and loss; who was lost.
        """
        first = int(self.month.min())
        since = (self.month - first).astype(np.int64)
        lost = self.kind == _CHURN
        loss = np.maximum(self.loss.codes[lost], 0)
        losses = since[lost] * len(self.loss.names) + loss
        return first, int(since.max()) + 1, since * len(KINDS) + self.kind, losses, lost

    def _sums[T](self, value: Codes, names: Sequence[T]) -> Iterator[tuple[T, int, Sums]]:
        if not len(self.month):
            return
        first, months, kinds, ends, lost = self._cells
        rows = len(names) * months
        cell = value * np.int64(months * len(KINDS)) + kinds
        counts = np.bincount(cell, minlength=rows * len(KINDS)).reshape(rows, len(KINDS))
        sizes = summed(self.size, by=cell, size=counts.size).reshape(counts.shape)
        ended = value[lost] * np.int64(months * len(self.loss.names)) + ends
        told = np.bincount(ended, minlength=rows * len(self.loss.names)).reshape(rows, -1)
        known = [self.loss.names.index(one) if one in self.loss.names else None for one in LOSSES]
        for place in np.flatnonzero(counts.any(axis=1)).tolist():
            losses = [0 if one is None else int(told[place, one]) for one in known]
            row = [*sizes[place].tolist(), *counts[place].tolist(), *losses]
            yield (
                names[place // months],
                first + place % months,
                dict(zip(SUMMED, row, strict=True)),
            )


def changes(sold: Sold, *, as_of: int, grace_days: int) -> Changes:
    """Each start and each end of revenue until a day, in the business's currency.

    A term brings revenue on `[first, last)`. A renewed one ends where the next one begins; one that
    nobody renewed goes on through its grace, unless it was closed.

    Args:
        as_of: days since 1970; what became known later has not happened.
    """
    is_renewed = sold.renewed <= as_of
    last = np.where(sold.closed <= as_of, sold.closed, sold.ends + np.int32(grace_days + 1))
    last[is_renewed] = sold.ends[is_renewed]
    chosen = np.flatnonzero(sold.is_ours & (sold.starts <= as_of) & (last > sold.starts))
    gone = chosen[last[chosen] <= as_of]
    rows = np.concatenate([chosen, gone])
    # How a term was lost; nobody was where it began or was renewed.
    loss = np.maximum(sold.end_kind.codes[rows], 0)
    loss[: len(chosen)] = 0
    loss[len(chosen) :][is_renewed[gone]] = 0
    gained = sold.monthly[rows]
    np.negative(gained[len(chosen) :], out=gained[len(chosen) :])
    return Changes(
        customers=sold.customers,
        who=sold.who[rows],
        month=months_of(np.concatenate([sold.starts[chosen], last[gone]])),
        plan=sold.plan.taken(rows),
        owner=sold.owner.taken(rows),
        loss=Column(sold.end_kind.names, loss),
        gained=gained,
    )


def moves(found: Changes) -> Moves:
    """Net each customer's month and classify it once."""
    order, starts, who, month = _months_apart(found)
    gained = found.gained[order]
    began = gained > 0
    gained = _per(starts, np.add, gained)
    cohort, kind = _classified(who, month, gained)
    moved = np.flatnonzero(gained)

    def told(column: Column) -> Column:
        # The newest of what began; of what ended, where nothing began.
        codes, above = column.codes[order], np.int32(len(column.names))
        codes[began & (codes != UNKNOWN)] += above
        newest = _per(starts, np.maximum, codes)[moved]
        newest[newest >= above] -= above
        return Column(column.names, newest)

    whose = who[moved]
    return Moves(
        month=month[moved],
        cohort=cohort[moved],
        kind=kind[moved],
        size=np.abs(gained[moved]),
        loss=Column(found.loss.names, _per(starts, np.maximum, found.loss.codes[order])[moved]),
        slices={
            "plan": told(found.plan),
            "owner": told(found.owner),
            "region": found.customers.region.taken(whose),
            "channel": found.customers.channel.taken(whose),
        },
    )


def _months_apart(found: Changes) -> tuple[NDArray[np.intp], NDArray[np.intp], Codes, Codes]:
    """The changes in the order of customers and months, where each such month begins there, and
    whose and which it is.

    Apart, so that what is only needed on the way is gone before the next columns are made.
    """
    first = int(found.month.min()) if len(found.month) else 0
    months = np.int64(int(found.month.max()) - first + 1 if len(found.month) else 1)
    key = found.who * months + found.month - first
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    chosen = order[starts]
    return order, starts, found.who[chosen], found.month[chosen]


def _classified(who: Codes, month: Codes, gained: Wholes) -> tuple[Codes, Codes]:
    """Each customer's first month, and what happened in each of theirs."""
    firsts = np.flatnonzero(np.diff(who, prepend=-1))
    each = np.diff(np.append(firsts, len(who)))
    after = np.cumsum(gained)
    after -= np.repeat((after - gained)[firsts], each)
    cohort = np.repeat(month[firsts], each)
    return cohort, kinds_of(after - gained, after, is_first=month == cohort)


def net_by(found: Changes, column: Column) -> Iterator[tuple[str, int, int]]:
    """What each plan or owner gained on balance by month, moves between them included.

    Returns:
        Slice value, month, gained (scaled).
    """
    if not len(found.month):
        return
    first = int(found.month.min())
    months = int(found.month.max()) - first + 1
    cell = np.maximum(column.codes, 0) * np.int64(months) + found.month - first
    gained = summed(found.gained, by=cell, size=len(column.names) * months)
    for place in np.flatnonzero(np.bincount(cell, minlength=len(gained))).tolist():
        yield column.names[place // months], first + place % months, int(gained[place])


def kinds_of(before: Wholes, after: Wholes, *, is_first: Flags) -> Codes:
    """What happened to revenue that went from one amount to another, as a place in `KINDS`."""
    kind = np.full(len(before), _CHURN, dtype=np.int32)
    kind[(after > 0) & (after < before)] = _CONTRACTION
    kind[(before > 0) & (after > before)] = _EXPANSION
    is_in = (before == 0) & (after > 0)
    kind[is_in] = _REACTIVATION
    kind[is_in & is_first] = _NEW
    return kind


def _per(starts: NDArray[np.intp], add: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
    """One value for each group of rows that stand together."""
    return add.reduceat(values, starts) if len(starts) else values[:0]
