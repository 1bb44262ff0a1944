"""What changed of every customer's recurring revenue, month by month, on arrays of change events.

A span of revenue is two events, its start and its end. Names are numbers here: a customer's month
takes a few bytes, and sums by slice are counts of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from tenure.understand.metrics.columns import (
    UNKNOWN,
    Codes,
    Column,
    Flags,
    Places,
    Wholes,
    months_of,
    summed,
)
from tenure.understand.metrics.sold import Customers, Sold

KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
LOSSES: Final = ("voluntary", "involuntary", "lapse")
SUMMED: Final = (*KINDS, *(f"is_{kind}" for kind in KINDS), *(f"lost_{loss}" for loss in LOSSES))
# So many customers at a time that a column of theirs stays near the processor.
_CUSTOMERS_BITS: Final = 16
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
    """The sums of what changed per customer and month, their subscriptions netted (G03).

    Months that changed nothing are left out. Whoever changes their plan or owner is counted where
    they began something, else where something ended. A cohort is a customer's first month.
    """

    tables: Mapping[str, Table]

    def by(self, name: str | None) -> Iterator[tuple[str, int, Sums]]:
        """Slice value, month and the sums of `SUMMED`, wherever anything moved."""
        for value, month, sums in self.tables[name or ""].rows():
            yield str(value), month, sums

    @cached_property
    def by_cohort(self) -> Sequence[tuple[int, int, Sums]]:
        """Cohort, month and the sums of `SUMMED`, wherever anything moved."""
        return [(int(one), month, sums) for one, month, sums in self.tables["cohort"].rows()]


@dataclass(frozen=True)
class Table:
    """Sums of moves by the value of a slice, month and kind: how many, how much, and why lost."""

    names: Sequence[str | int]
    months: range
    losses: Sequence[str]
    counts: Wholes
    sizes: Wholes
    lost: Wholes

    @classmethod
    def empty(cls, names: Sequence[str | int], *, months: range, losses: Sequence[str]) -> Table:
        """Nothing moved yet."""
        rows = len(names) * len(months)
        counts, sizes = (np.zeros(rows * len(KINDS), dtype=np.int64) for _ in range(2))
        return cls(names, months, losses, counts, sizes, np.zeros(rows * len(losses), np.int64))

    def take(self, value: Codes, moved: Moved) -> None:
        """Add what some customers moved."""
        cell = value * np.int64(len(self.months) * len(KINDS)) + moved.kind_cell
        np.add.at(self.counts, cell, 1)
        np.add.at(self.sizes, cell, moved.size)
        ended = value[moved.lost] * np.int64(len(self.months) * len(self.losses)) + moved.loss_cell
        np.add.at(self.lost, ended, 1)

    def rows(self) -> Iterator[tuple[str | int, int, Sums]]:
        """Value, month and the sums of `SUMMED`, wherever anything moved."""
        counts, sizes = (one.reshape(-1, len(KINDS)) for one in (self.counts, self.sizes))
        lost, months = self.lost.reshape(len(counts), -1), len(self.months)
        known = [self.losses.index(one) if one in self.losses else None for one in LOSSES]
        for place in np.flatnonzero(counts.any(axis=1)).tolist():
            ends = [0 if one is None else int(lost[place, one]) for one in known]
            row = [*sizes[place].tolist(), *counts[place].tolist(), *ends]
            month = self.months[place % months]
            yield self.names[place // months], month, dict(zip(SUMMED, row, strict=True))


@dataclass(frozen=True)
class Moved:
    """What some customers moved: a row per customer and month.

    `size` is scaled, 0 or more; `kind_cell` and `loss_cell` say where a row is counted within a
    value of a slice, by its month and kind, and by its month and loss for whoever was lost.
    """

    who: Codes
    cohort: Codes
    plan: Codes
    owner: Codes
    size: Wholes
    kind_cell: Wholes
    lost: Places
    loss_cell: Wholes


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
    """Net each customer's month, classify it once, and sum it by every slice.

    Some customers are taken at a time, so that what is only needed on the way stays small.
    """
    months = _months(found)
    region, channel = found.customers.region, found.customers.channel
    columns: dict[str, Sequence[str | int]] = {
        "": ("",), "plan": found.plan.names, "owner": found.owner.names,
        "region": region.names, "channel": channel.names, "cohort": months,
    }  # fmt: skip
    tables = {
        name: Table.empty(names, months=months, losses=found.loss.names)
        for name, names in columns.items()
    }
    for rows in _some_at_a_time(found.who):
        moved = _moved(found, rows, months=months)
        tables[""].take(np.zeros(len(moved.who), dtype=np.int32), moved)
        tables["plan"].take(np.maximum(moved.plan, 0), moved)
        tables["owner"].take(np.maximum(moved.owner, 0), moved)
        tables["region"].take(np.maximum(region.codes[moved.who], 0), moved)
        tables["channel"].take(np.maximum(channel.codes[moved.who], 0), moved)
        tables["cohort"].take(moved.cohort, moved)
    return Moves(tables)


def _months(found: Changes) -> range:
    """The months in which anything changed, first to last."""
    if not len(found.month):
        return range(1)
    return range(int(found.month.min()), int(found.month.max()) + 1)


def _some_at_a_time(who: Codes) -> Iterator[Places]:
    """The rows of some customers, and of the next ones, all rows of each together."""
    if not len(who):
        return
    part = (who >> _CUSTOMERS_BITS).astype(np.uint16)
    # Sorting 16 bits is counting.
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part))
    yield from np.split(order, ends[:-1])


def _moved(found: Changes, rows: Places, *, months: range) -> Moved:
    """Net and classify some changes, which are all those of their customers."""
    month = found.month[rows] - np.int32(months.start)
    key = found.who[rows] * np.int64(len(months)) + month
    # Files lie in the order in which terms were sold: long runs, which this sort merges.
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    who, month = found.who[rows[starts]], month[order[starts]]
    each = found.gained[rows]
    gained = np.add.reduceat(each, starts)
    cohort, kind = _classified(who, month, gained)
    moved = np.flatnonzero(gained)
    began = each > 0

    def told(column: Column) -> Codes:
        # The newest of what began; of what ended, where nothing began.
        codes, above = column.codes[rows], np.int32(len(column.names))
        ranked = codes + above * (began & (codes != UNKNOWN))
        newest: Codes = np.maximum.reduceat(ranked, starts)[moved]
        return newest - above * (newest >= above)

    since, kind = month[moved].astype(np.int64), kind[moved]
    lost = np.flatnonzero(kind == _CHURN)
    loss = np.maximum.reduceat(found.loss.codes[rows], starts)[moved][lost]
    return Moved(
        who=who[moved],
        cohort=cohort[moved],
        plan=told(found.plan),
        owner=told(found.owner),
        size=np.abs(gained[moved]),
        kind_cell=since * len(KINDS) + kind,
        lost=lost,
        loss_cell=since[lost] * len(found.loss.names) + np.maximum(loss, 0),
    )


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
    months = _months(found)
    cell = np.maximum(column.codes, 0) * np.int64(len(months)) + found.month - months.start
    gained = summed(found.gained, by=cell, size=len(column.names) * len(months))
    for place in np.flatnonzero(np.bincount(cell, minlength=len(gained))).tolist():
        value, month = divmod(place, len(months))
        yield column.names[value], months[month], int(gained[place])


def kinds_of(before: Wholes, after: Wholes, *, is_first: Flags) -> Codes:
    """What happened to revenue that went from one amount to another, as a place in `KINDS`."""
    kind = np.full(len(before), _CHURN, dtype=np.int32)
    kind[(after > 0) & (after < before)] = _CONTRACTION
    kind[(before > 0) & (after > before)] = _EXPANSION
    is_in = (before == 0) & (after > 0)
    kind[is_in] = _REACTIVATION
    kind[is_in & is_first] = _NEW
    return kind
