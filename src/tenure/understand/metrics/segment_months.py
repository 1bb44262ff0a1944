"""A month's movements and renewals by segment, whose members change from day to day (MET-02).

Customers are counted where they were as the month began; who had nothing then, where they are at
its end. So what a segment held, gained and lost in a month adds up, and moves from one segment to
another are no movement of revenue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from tenure.kernel.periods import date_of, day_number
from tenure.understand.metrics.book import Book
from tenure.understand.metrics.by_segment import (
    SEGMENT,
    Snapshot,
    snapshot,
    sums_by_segment,
)
from tenure.understand.metrics.columns import Codes, Flags, Wholes, summed
from tenure.understand.metrics.due import due_between
from tenure.understand.metrics.months import Due, Stood, due_of, month_end
from tenure.understand.metrics.moving import KINDS, LOSSES, Changes, kinds_of

_CHURN: Final = KINDS.index("churn")
_NONE: Final = -1


@dataclass(frozen=True)
class _Month:
    """Every customer as one month goes: `start` and `size` scaled, `kind` -1 where unmoved."""

    account_id: Wholes
    start: Wholes
    kind: Codes
    size: Wholes
    loss: Codes


def stood_by_segment(book: Book, each: Changes, *, month: int) -> Iterator[Stood]:
    """What stood in each segment as a month began, and what it moved; nothing while unknown."""
    before, after = _known(book, month)
    if before is None:
        return
    rows = _of_month(each, month)
    for name in sorted(before.bits):
        inside = before.has(name, rows.account_id) & (rows.start > 0)
        if after is not None and name in after.bits:
            inside |= after.has(name, rows.account_id) & (rows.start == 0)
        one = _stood(name, rows, inside=inside, losses=each.losses)
        if not one.is_empty:
            yield one


def dues_by_segment(book: Book, *, month: int) -> Iterator[Due]:
    """How the terms of each segment that were due in a month turned out."""
    before, _ = _known(book, month)
    if before is None:
        return
    last = min(day_number(month_end(month)), book.today)
    due = due_between(book, from_day=_first_day(month), to_day=last)
    for one in sums_by_segment(before, due, grace_days=book.grace):
        yield due_of(one)


def _known(book: Book, month: int) -> tuple[Snapshot | None, Snapshot | None]:
    """The segments as a month began and as it ends, or as they are now."""
    before = snapshot(book, day=_first_day(month) - 1)
    if before is None:
        return None, None
    after = snapshot(book, day=min(day_number(month_end(month)), book.today))
    begun = date_of(_first_day(month))
    return before, after if after is not None and after.on >= begun else None


def _first_day(month: int) -> int:
    return day_number(date(month // 12, month % 12 + 1, 1))


def _of_month(each: Changes, month: int) -> _Month:
    """Net each customer's changes before a month, and in it."""
    before, inside = np.flatnonzero(each.month < month), np.flatnonzero(each.month == month)
    account = each.sold.customers.account_id
    start, moved = (
        summed(each.gained(some), by=each.who(some), size=len(account)) for some in (before, inside)
    )
    is_old = np.zeros(len(account), dtype=np.bool_)
    is_old[each.who(before)] = True
    loss = np.full(len(account), _NONE, dtype=np.int32)
    np.maximum.at(loss, each.who(inside), each.loss(inside))
    kind = np.where(moved != 0, kinds_of(start, start + moved, is_first=~is_old), _NONE)
    return _Month(account, start, kind, np.abs(moved), loss)


def _stood(name: str, rows: _Month, *, inside: Flags, losses: tuple[str, ...]) -> Stood:
    kind, size = rows.kind[inside], rows.size[inside]
    row = {}
    for place, one in enumerate(KINDS):
        row[one], row[f"is_{one}"] = int(size[kind == place].sum()), int((kind == place).sum())
    lost = rows.loss[inside][kind == _CHURN]
    for one in LOSSES:
        row[f"lost_{one}"] = int((lost == losses.index(one)).sum()) if one in losses else 0
    start = rows.start[inside]
    moved = row if any(row.values()) else {}
    return Stood((SEGMENT, name), int(start.sum()), int((start > 0).sum()), moved, None)
