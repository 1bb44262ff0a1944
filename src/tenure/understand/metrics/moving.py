"""What changed of every customer's recurring revenue, month by month, on arrays of change events.

A span of revenue is two events, its start and its end. Names are numbers here: a customer's month
takes a few bytes, and sums by slice are counts of numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

KINDS: Final = ("new", "reactivation", "expansion", "contraction", "churn")
LOSSES: Final = ("voluntary", "involuntary", "lapse")
SUMMED: Final = (*KINDS, *(f"is_{kind}" for kind in KINDS), *(f"lost_{loss}" for loss in LOSSES))
_NEW, _REACTIVATION, _EXPANSION, _CONTRACTION, _CHURN = range(len(KINDS))
_NONE: Final = -1
# Months are counted from the year 0, so that many hold until the year 2730.
_MONTHS: Final = 1 << 15
_FIRST_MONTH: Final = 1970 * 12

type Wholes = NDArray[np.int64]
type Codes = NDArray[np.int32]
type Sums = dict[str, int]


@dataclass(frozen=True)
class Column:
    """Values as places in a sorted list of names, which begins with none; -1 where not known."""

    names: tuple[str, ...]
    codes: Codes

    def taken(self, chosen: NDArray[Any]) -> Column:
        """Some of the rows."""
        return Column(self.names, self.codes[chosen])


@dataclass(frozen=True)
class Changes:
    """Each start and each end of a span apart: `gained` is scaled, below zero for an end."""

    account_id: Wholes
    month: Wholes
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

    month: Wholes
    cohort: Wholes
    kind: Wholes
    size: Wholes
    loss: Column
    slices: Mapping[str, Column]

    def by(self, name: str | None) -> Iterator[tuple[str, int, Sums]]:
        """Slice value, month and the sums of `SUMMED`, wherever anything moved."""
        if name is None:
            return self._sums(np.zeros(len(self.month), dtype=np.int64), ("",))
        column = self.slices[name]
        return self._sums(np.maximum(column.codes, 0).astype(np.int64), column.names)

    def by_cohort(self) -> Iterator[tuple[int, int, Sums]]:
        """Cohort, month and the sums of `SUMMED`, wherever anything moved."""
        if len(self.cohort):
            first = int(self.cohort.min())
            yield from self._sums(self.cohort - first, range(first, int(self.cohort.max()) + 1))

    def _sums[T](self, value: Wholes, names: Sequence[T]) -> Iterator[tuple[T, int, Sums]]:
        if not len(self.month):
            return
        first = int(self.month.min())
        months = int(self.month.max()) - first + 1
        cell = value * months + self.month - first
        counts = _table(cell, self.kind, shape=(len(names) * months, len(KINDS)))
        sizes = _table(cell, self.kind, shape=counts.shape, weights=self.size)
        lost = self.kind == _CHURN
        losses = _table(
            cell[lost], np.maximum(self.loss.codes[lost], 0).astype(np.int64),
            shape=(len(names) * months, len(self.loss.names)),
        )  # fmt: skip
        known = [self.loss.names.index(one) if one in self.loss.names else None for one in LOSSES]
        for place in np.flatnonzero(counts.any(axis=1)).tolist():
            ends = [0 if one is None else int(losses[place, one]) for one in known]
            row = [*sizes[place].tolist(), *counts[place].tolist(), *ends]
            yield (
                names[place // months],
                first + place % months,
                dict(zip(SUMMED, row, strict=True)),
            )


def changes(spans: pa.Table, *, as_of: int) -> Changes:
    """Each start and each end until a day.

    Args:
        spans: `expressions.changes.spans`, computed.
        as_of: days since 1970.
    """
    begun, ended, monthly = (_whole(spans, name) for name in ("from_day", "to_day", "monthly"))
    gone = ended <= as_of
    loss = coded(spans["loss"])

    def both(column: Column, at_start: Codes | None = None) -> Column:
        starts = column.codes if at_start is None else at_start
        return Column(column.names, np.concatenate([starts, column.codes[gone]]))

    account = _whole(spans, "account_id")
    return Changes(
        account_id=np.concatenate([account, account[gone]]),
        month=months_of(np.concatenate([begun, ended[gone]])),
        plan=both(coded(spans["plan"])),
        owner=both(coded(spans["owner"])),
        loss=both(loss, np.zeros(len(monthly), dtype=np.int32)),
        gained=np.concatenate([monthly, -monthly[gone]]),
    )


def moves(found: Changes, accounts: pa.Table) -> Moves:
    """Net each customer's month and classify it once.

    Args:
        accounts: `account_id`, `region` and `channel`, computed.
    """
    order, starts, account, month = _months_apart(found)
    gained = found.gained[order]
    began = gained > 0
    gained = _per(starts, np.add, gained)
    cohort, kind = _classified(account, month, gained)
    moved = gained != 0

    def told(column: Column) -> Column:
        codes = column.codes[order]
        newest = _per(starts, np.maximum, np.where(began, codes, _NONE))
        any_ = _per(starts, np.maximum, codes)
        return Column(column.names, np.where(newest == _NONE, any_, newest)[moved])

    return Moves(
        month=month[moved],
        cohort=cohort[moved],
        kind=kind[moved],
        size=np.abs(gained[moved]),
        loss=Column(found.loss.names, _per(starts, np.maximum, found.loss.codes[order])[moved]),
        slices={
            "plan": told(found.plan),
            "owner": told(found.owner),
            **_of_accounts(account[moved], accounts),
        },
    )


def _months_apart(found: Changes) -> tuple[Wholes, Wholes, Wholes, Wholes]:
    """The changes in the order of customers and months, where each such month begins there, and
    whose and which it is.

    Apart, so that what is only needed on the way is gone before the next columns are made.
    """
    key = found.account_id * _MONTHS + found.month
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    account, month = np.divmod(key[starts], _MONTHS)
    return order, starts, account, month


def _classified(account: Wholes, month: Wholes, gained: Wholes) -> tuple[Wholes, Wholes]:
    """Each customer's first month, and what happened in each of theirs."""
    firsts = np.flatnonzero(np.diff(account, prepend=-1))
    each = np.diff(np.append(firsts, len(account)))
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
    cell = np.maximum(column.codes, 0).astype(np.int64) * months + found.month - first
    gained = np.zeros(len(column.names) * months, dtype=np.int64)
    np.add.at(gained, cell, found.gained)
    for place in np.flatnonzero(np.bincount(cell, minlength=len(gained))).tolist():
        yield column.names[place // months], first + place % months, int(gained[place])


def coded(values: pa.ChunkedArray) -> Column:
    """Names as numbers that sort as they do."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = pc.unique(values).drop_null().to_pylist()
    names = ("", *sorted(name for name in told if name))
    places = pc.index_in(values, value_set=pa.array(names, type=pa.string()))
    return Column(names, cast("Codes", pc.fill_null(places, _NONE).to_numpy()))


def months_of(days: Wholes) -> Wholes:
    """The month that holds each day, as year × 12 + month − 1."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    found: Wholes = months + _FIRST_MONTH
    return found


def kinds_of(before: Wholes, after: Wholes, *, is_first: NDArray[np.bool_]) -> Wholes:
    """What happened to revenue that went from one amount to another, as a place in `KINDS`."""
    is_in = (before == 0) & (after > 0)
    return np.select(
        [is_in & is_first, is_in, (before > 0) & (after > before), (after > 0) & (after < before)],
        [_NEW, _REACTIVATION, _EXPANSION, _CONTRACTION],
        default=_CHURN,
    ).astype(np.int64, copy=False)


def _of_accounts(account: Wholes, accounts: pa.Table) -> dict[str, Column]:
    """Region and channel of each row's customer."""
    ids = _whole(accounts, "account_id")
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    place = np.minimum(np.searchsorted(ids, account), max(0, len(ids) - 1))
    found = {}
    for name in ("region", "channel"):
        column = coded(accounts[name])
        if not len(ids):
            found[name] = Column(column.names, np.full(len(account), _NONE, dtype=np.int32))
            continue
        codes = np.where(ids[place] == account, column.codes[order][place], _NONE)
        found[name] = Column(column.names, codes)
    return found


def _per(starts: Wholes, add: np.ufunc, values: NDArray[Any]) -> NDArray[Any]:
    """One value for each group of rows that stand together."""
    return add.reduceat(values, starts) if len(starts) else values[:0]


def _table(
    row: Wholes, column: Wholes, *, shape: tuple[int, int], weights: Wholes | None = None
) -> Wholes:
    """How many, or the whole-numbered sum of how much, falls into each cell."""
    flat = row * shape[1] + column
    if weights is None:
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)
    found = np.zeros(shape[0] * shape[1], dtype=np.int64)
    np.add.at(found, flat, weights)
    return found.reshape(shape)


def _whole(table: pa.Table, name: str) -> Wholes:
    return np.asarray(table[name].to_numpy(), dtype=np.int64)
