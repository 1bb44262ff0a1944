"""Months that are over: their figures stand until what they were counted from is another.

A month is known by a digest of everything that its figures are computed from: the sums of each
slice, what stood as it began, and the definitions. A late fact or a reversal changes the sums of
its month, and what stood in every month after it; those are written again, the others are not
looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Final

from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.deriving import derived
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.months import (
    Due,
    Stood,
    due_in,
    is_waiting,
    month_end,
    of_month,
)
from tenure.understand.metrics.moving import Changes
from tenure.understand.metrics.segment_months import dues_by_segment, stood_by_segment
from tenure.understand.metrics.storing import Row, row_of, store
from tenure.warehouse.fills import Filled, complete

ENTRY: Final = "metric_months"
# Raised when figures of a month are computed in another way: settled months are then filled again.
VERSION: Final = "2"
_STOOD: Final = attrgetter(*(one.name for one in fields(Stood)))
_DUE: Final = attrgetter(*(one.name for one in fields(Due)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What the figures of the last 24 months are computed from.

    Segments are read for a month that is written only: `each` says what changed in it.
    """

    stood: Mapping[int, list[Stood]]
    due: Mapping[int, list[Due]]
    each: Changes

    def figures(self, book: Book, month: int) -> Iterable[Figure]:
        """The counted figures of a month."""
        yield from due_in(book, month, dues=self.due[month])
        yield from of_month(book, month, stood=self.stood[month])
        yield from due_in(book, month, dues=dues_by_segment(book, month=month))
        yield from of_month(book, month, stood=stood_by_segment(book, self.each, month=month))


@dataclass(frozen=True, slots=True)
class Settled:
    """How many figures the months before the running one have, and how many were written."""

    figures: int
    changed: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What is to be written of the months that are over, and how many figures stand as they are."""

    standing: int
    rows: Sequence[Row]
    anew: Sequence[tuple[Filled, int]]


def unsettled(book: Book, facts: Facts, *, metrics: Mapping[str, Metric]) -> Unsettled:
    """The months that are over and whose facts are others than when they were written."""
    ours = {id_: one for id_, one in metrics.items() if one.grain == "month"}
    over = {month: on for month in facts.stood if (on := month_end(month)) < book.as_of}
    known = _known(over.values())
    standing, rows, anew = 0, list[Row](), list[tuple[Filled, int]]()
    for month, on in over.items():
        digest = _digest(book, month, facts=facts, metrics=ours)
        before = known.get(day_number(on))
        if before is not None and before.version == digest:
            standing += before.row_count
            continue
        counted = list(facts.figures(book, month))
        told = [*counted, *derived(counted, ours)]
        anew.append((Filled(ENTRY, day_number(on), digest), len(told)))
        rows += [row_of(one, metrics=ours) for one in told]
    return Unsettled(standing, rows, anew)


def settle(found: Unsettled, *, metrics: Mapping[str, Metric], at: datetime) -> Settled:
    """Write those months."""
    ours = {id_: one for id_, one in metrics.items() if one.grain == "month"}
    changed = store(found.rows, days={date_of(one.day) for one, _ in found.anew}, metrics=ours)
    for filled, count in found.anew:
        complete(filled, row_count=count, at=at)
    return Settled(found.standing + len(found.rows), changed)


def _known(ends: Iterable[date]) -> dict[int, Fill]:
    days = [day_number(on) for on in ends]
    return {one.day: one for one in Fill.objects.filter(entry=ENTRY, day__in=days)}


def _digest(book: Book, month: int, *, facts: Facts, metrics: Mapping[str, Metric]) -> str:
    # `astuple` would copy every sum of every slice.
    stood, due = list(map(_STOOD, facts.stood[month])), list(map(_DUE, facts.due[month]))
    defined = [(one.id, one.version, one.formula) for one in metrics.values()]
    said = (VERSION, stood, due, is_waiting(book, month), defined)
    return hashlib.sha256(repr(said).encode()).hexdigest()
