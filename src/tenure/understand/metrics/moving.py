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
    Flags,
    Places,
    Wholes,
    months_of,
)
from tenure.understand.metrics.sold import Sold

KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
LOSSES: Final = ("voluntary", "involuntary", "lapse")
SUMMED: Final = (*KINDS, *(f"is_{kind}" for kind in KINDS), *(f"lost_{loss}" for loss in LOSSES))
# So many customers that a column of their changes stays near the processor.
AT_A_TIME: Final = 65_536
_NEW, _REACTIVATION, _EXPANSION, _CONTRACTION, _CHURN = range(len(KINDS))

type Sums = dict[str, int]


@dataclass(frozen=True)
class Changes:
    """Each start and each end of a term's revenue apart: the first `begun` are starts.

    `rows` are those of the terms, `month` is year × 12 + month − 1. What else is asked of a change
    is looked up when it is asked: all of it at once would be the memory of the day.
    """

    sold: Sold
    as_of: int
    rows: Codes
    begun: int
    month: Codes

    def who(self, chosen: Places) -> Codes:
        """Whose some changes are, as places among the customers."""
        return self.sold.who[self.rows[chosen]]

    def gained(self, chosen: Places) -> Wholes:
        """What some changes brought (scaled), below zero for an end."""
        monthly = self.sold.monthly[self.rows[chosen]]
        return np.where(chosen < self.begun, monthly, -monthly)

    def loss(self, chosen: Places) -> Codes:
        """How the terms of some changes were lost, as places in `losses`; 0 where none was."""
        rows = self.rows[chosen]
        was_lost = (chosen >= self.begun) & (self.sold.renewed[rows] > self.as_of)
        return np.maximum(self.sold.end_kind.codes[rows], 0) * was_lost

    @property
    def losses(self) -> tuple[str, ...]:
        return self.sold.end_kind.names

    @property
    def months(self) -> range:
        """The months in which anything changed, first to last."""
        if not len(self.month):
            return range(1)
        return range(int(self.month.min()), int(self.month.max()) + 1)


@dataclass(frozen=True)
class Moves:
    """The sums of what changed per customer and month, their subscriptions netted (G03).

    Months that changed nothing are left out. Whoever changes their plan or owner is counted where
    they began something, else where something ended. A cohort is a customer's first month.
    """

    tables: Mapping[str, Table]
    net: Mapping[str, Wholes]

    def by(self, name: str | None) -> Iterator[tuple[str, int, Sums]]:
        """Slice value, month and the sums of `SUMMED`, wherever anything moved."""
        for value, month, sums in self.tables[name or ""].rows():
            yield str(value), month, sums

    def net_by(self, name: str) -> Iterator[tuple[str, int, int]]:
        """What each plan or owner gained on balance by month, moves between them included.

        Returns:
            Slice value, month, gained (scaled).
        """
        gained, table = self.net[name], self.tables[name]
        for place in np.flatnonzero(gained).tolist():
            value, month = divmod(place, len(table.months))
            yield str(table.names[value]), table.months[month], int(gained[place])

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
    last = np.where(sold.closed <= as_of, sold.closed, sold.ends + np.int32(grace_days + 1))
    last = np.where(sold.renewed <= as_of, sold.ends, last)
    counts = sold.is_ours & (sold.starts <= as_of) & (last > sold.starts)
    chosen = np.flatnonzero(counts).astype(np.int32)
    gone = np.flatnonzero(counts & (last <= as_of)).astype(np.int32)
    return Changes(
        sold=sold,
        as_of=as_of,
        rows=np.concatenate([chosen, gone]),
        begun=len(chosen),
        month=months_of(np.concatenate([sold.starts[chosen], last[gone]])),
    )


def moves(found: Changes, *, at_a_time: int = AT_A_TIME) -> Moves:
    """Net each customer's month, classify it once, and sum it by every slice.

    Args:
        at_a_time: how many customers are looked up together, so that what is only needed on the
            way stays small.
    """
    sold, months = found.sold, found.months
    region, channel = sold.customers.region, sold.customers.channel
    columns: dict[str, Sequence[str | int]] = {
        "": ("",), "plan": sold.plan.names, "owner": sold.owner.names,
        "region": region.names, "channel": channel.names, "cohort": months,
    }  # fmt: skip
    tables = {
        name: Table.empty(names, months=months, losses=found.losses)
        for name, names in columns.items()
    }
    net = {
        name: np.zeros(len(columns[name]) * len(months), dtype=np.int64)
        for name in ("plan", "owner")
    }
    for chosen in _some(found, at_a_time):
        each = _Some.of(found, chosen)
        for name, codes in (("plan", each.plan), ("owner", each.owner)):
            cell = np.maximum(codes, 0) * np.int64(len(months)) + each.since
            np.add.at(net[name], cell, each.gained)
        moved = _moved(each, found)
        tables[""].take(np.zeros(len(moved.who), dtype=np.int32), moved)
        tables["plan"].take(np.maximum(moved.plan, 0), moved)
        tables["owner"].take(np.maximum(moved.owner, 0), moved)
        tables["region"].take(np.maximum(region.codes[moved.who], 0), moved)
        tables["channel"].take(np.maximum(channel.codes[moved.who], 0), moved)
        tables["cohort"].take(moved.cohort, moved)
    return Moves(tables, net)


def _some(found: Changes, at_a_time: int) -> Iterator[Places]:
    """The changes of some customers, and of the next ones, all those of each together."""
    part = (found.sold.who // np.int32(at_a_time)).astype(np.uint16)[found.rows]
    if not len(part):
        return
    # Sorting 16 bits is counting.
    order = np.argsort(part, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(part))[:-1])


@dataclass(frozen=True)
class _Some:
    """Changes of some customers, in the order of customers and months; `since` the first month.

    `starts` says where a customer's month begins.
    """

    chosen: Places
    starts: Places
    who: Codes
    since: Codes
    plan: Codes
    owner: Codes
    gained: Wholes

    @classmethod
    def of(cls, found: Changes, chosen: Places) -> _Some:
        """Look up what is asked of them."""
        months = found.months
        since, who = found.month[chosen] - np.int32(months.start), found.who(chosen)
        key = who * np.int64(len(months)) + since
        # Files lie in the order in which terms were sold: long runs, which this sort merges.
        order = np.argsort(key, kind="stable")
        chosen = chosen[order]
        rows = found.rows[chosen]
        return cls(
            chosen=chosen,
            starts=np.flatnonzero(np.diff(key[order], prepend=-1)),
            who=who[order],
            since=since[order],
            plan=found.sold.plan.codes[rows],
            owner=found.sold.owner.codes[rows],
            gained=found.gained(chosen),
        )


def _moved(each: _Some, found: Changes) -> Moved:
    """Net and classify the changes of some customers."""
    starts = each.starts
    who, month = each.who[starts], each.since[starts]
    gained = np.add.reduceat(each.gained, starts)
    cohort, kind = _classified(who, month, gained)
    moved = np.flatnonzero(gained)
    began = each.gained > 0

    def told(codes: Codes, names: Sequence[str]) -> Codes:
        # The newest of what began; of what ended, where nothing began.
        above = np.int32(len(names))
        ranked = codes + above * (began & (codes != UNKNOWN))
        newest: Codes = np.maximum.reduceat(ranked, starts)[moved]
        return newest - above * (newest >= above)

    since, kind = month[moved].astype(np.int64), kind[moved]
    lost = np.flatnonzero(kind == _CHURN)
    loss = np.maximum.reduceat(found.loss(each.chosen), starts)[moved][lost]
    return Moved(
        who=who[moved],
        cohort=cohort[moved],
        plan=told(each.plan, found.sold.plan.names),
        owner=told(each.owner, found.sold.owner.names),
        size=np.abs(gained[moved]),
        kind_cell=since * len(KINDS) + kind,
        lost=lost,
        loss_cell=since[lost] * len(found.losses) + loss,
    )


def _classified(who: Codes, month: Codes, gained: Wholes) -> tuple[Codes, Codes]:
    """Each customer's first month, and what happened in each of theirs."""
    firsts = np.flatnonzero(np.diff(who, prepend=-1))
    each = np.diff(np.append(firsts, len(who)))
    after = np.cumsum(gained)
    after -= np.repeat((after - gained)[firsts], each)
    cohort = np.repeat(month[firsts], each)
    return cohort, kinds_of(after - gained, after, is_first=month == cohort)


def kinds_of(before: Wholes, after: Wholes, *, is_first: Flags) -> Codes:
    """What happened to revenue that went from one amount to another, as a place in `KINDS`."""
    kind = np.full(len(before), _CHURN, dtype=np.int32)
    kind[(after > 0) & (after < before)] = _CONTRACTION
    kind[(before > 0) & (after > before)] = _EXPANSION
    is_in = (before == 0) & (after > 0)
    kind[is_in] = _REACTIVATION
    kind[is_in & is_first] = _NEW
    return kind
