"""The due terms of a book, those of its last weeks read once for all who ask."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tenure.kernel.periods import day_number
from tenure.understand.metrics.book import Book
from tenure.understand.metrics.expressions.renewals import due_terms

if TYPE_CHECKING:
    import pyarrow as pa

WINDOW_DAYS = 30


def window_of(book: Book) -> tuple[int, int]:
    """First and last of the 30 days of due dates whose grace is over."""
    last = book.today - book.grace
    return last - WINDOW_DAYS + 1, last


def due_between(book: Book, *, from_day: int, to_day: int) -> pa.Table:
    """`expressions.renewals.due_terms` of some days until the day of the book, computed.

    Those since the window of renewal rates, and of the running month, are kept in the book.
    """
    import pyarrow.compute as pc

    begun = day_number(date(book.as_of.year, book.as_of.month, 1))
    first = min(window_of(book)[0], begun)
    if from_day < first:
        return _read(book, from_day=from_day, to_day=to_day)
    if first not in book.due:
        book.due[first] = _read(book, from_day=first, to_day=book.today)
    kept: pa.Table = book.due[first]
    day = kept["ends_day"]
    inside = pc.and_(pc.greater_equal(day, from_day), pc.less_equal(day, to_day))
    return kept.filter(inside)


def _read(book: Book, *, from_day: int, to_day: int) -> pa.Table:
    due = due_terms(book.terms, book.accounts, from_day=from_day, to_day=to_day, as_of=book.today)
    return book.engine.collect(due)
