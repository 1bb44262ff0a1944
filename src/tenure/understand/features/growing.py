"""The use of a day from that of the day before: what enters each window, and what leaves it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.features.expressions.use import DISTINCT, Measure, leaving_days, measures

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.understand.features.moments import Moment

_NEVER: Final = -1
# Columns are grown on two cores; of fewer accounts a thread costs more than it saves.
_AT_ONCE: Final = 2
_FEW: Final = 100_000

type Flags = NDArray[np.bool_]
type Ids = NDArray[np.int64]


def grown(before: pa.Table, marks: pa.Table, *, moment: Moment) -> pa.Table:
    """The measures of each account with any event in the window.

    Args:
        before: the same of the day before.
        marks: `expressions.use.marks_of` the events of the day and of the `leaving_days`; others
            are ignored.
        moment: of the day.
    Returns:
        What `expressions.use.counts` makes of all the events of the window.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    days = {
        day: marks.filter(pc.equal(marks["day"], day))
        for day in (moment.day, *leaving_days(moment))
    }
    ids = _numbers(before["account_id"], missing=0)
    accounts, kept = _with(ids, _numbers(days[moment.day]["account_id"], missing=0))
    # Whoever did something on a day that leaves was there the day before.
    places = {
        day: np.searchsorted(accounts, _numbers(rows["account_id"], missing=0))
        for day, rows in days.items()
    }

    def moved(one: Measure) -> pa.Array:
        column = _start(one, before, at=kept, size=len(accounts))
        for day, way in ((one.today, 1), (one.today - one.span, -1)):
            _move(column, one, marks=days[day], at=places[day], way=way)
        gone = column < moment.first_day if one.how == "max" else None
        return pa.array(column, mask=gone)

    asked = measures(moment)
    if len(accounts) < _FEW:
        columns = list(map(moved, asked))
    else:
        # Two columns at a time: so many of everybody would be the memory of the day.
        with ThreadPoolExecutor(_AT_ONCE) as both:
            columns = list(both.map(moved, asked))
    told = dict(zip((one.name for one in asked), columns, strict=True))
    rows = pa.table({"account_id": pa.array(accounts), **told})
    stays = pc.greater(told["events_90"], 0)
    return rows if pc.all(stays).as_py() else rows.filter(stays)


def _with(ids: Ids, today: Ids) -> tuple[Ids, NDArray[np.intp] | slice]:
    """The ids and those of today that are new, in order; and the places of the ids."""
    in_order = bool(np.all(ids[1:] > ids[:-1]))
    known = ids if in_order else np.sort(ids)
    place = np.minimum(np.searchsorted(known, today), max(0, len(known) - 1))
    new = np.sort(today[known[place] != today] if len(known) else today)
    if in_order and not len(new):
        return ids, slice(None)
    # Each new one once; it is quicker than asking for what is unique.
    accounts = np.concatenate([known, new[np.diff(new, prepend=new[:1] - 1) > 0]])
    accounts.sort(kind="stable")
    return accounts, np.searchsorted(accounts, ids)


def grown_pairs(before: pa.Table, today: pa.Table, *, since: int) -> pa.Table:
    """What `expressions.use.distinct` says since a day."""
    import pyarrow as pa
    import pyarrow.compute as pc

    both = pa.concat_tables([before.select(today.column_names), today])
    newest = both.group_by(list(DISTINCT)).aggregate([("last_day", "max")])
    named = newest.rename_columns({"last_day_max": "last_day"})
    kept = named.filter(pc.greater_equal(named["last_day"], since))
    return kept.sort_by([(name, "ascending") for name in DISTINCT])


def _start(
    one: Measure, before: pa.Table, *, at: NDArray[np.intp] | slice, size: int
) -> NDArray[Any]:
    nothing = _NEVER if one.how == "max" else 0
    column = np.full(size, nothing, dtype=np.float64 if one.how == "sum" else np.int32)
    column[at] = _numbers(before[one.name], missing=nothing)
    return column


def _move(
    column: NDArray[Any], one: Measure, *, marks: pa.Table, at: NDArray[np.intp], way: int
) -> None:
    """Add what a day brings (`way` 1), or take away what a day that leaves had brought (−1)."""
    import pyarrow.compute as pc

    counted = _flags(marks[one.mark]) & _flags(pc.is_valid(marks[one.of]))
    who = at[counted]
    if one.how == "max":
        column[who[:0] if way < 0 else who] = one.today
    elif one.how == "sum":
        np.add.at(column, who, way * _numbers(marks[one.of], missing=0)[counted])
    elif one.how == "count":
        np.add.at(column, who, way)
    else:
        did = np.zeros(len(column), dtype=np.bool_)
        did[who] = True
        column[did] += way


def _numbers(values: pa.ChunkedArray, *, missing: int) -> NDArray[Any]:
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(values, missing).to_numpy())


def _flags(values: pa.ChunkedArray) -> Flags:
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(values, False).to_numpy(), dtype=np.bool_)
