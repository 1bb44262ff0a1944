"""How every term that was due turned out. The rules on one and these agree by a property test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from tenure.understand.metrics.columns import (
    NEVER,
    Codes,
    Column,
    Days,
    Flags,
    Floats,
    Wholes,
    looked_up,
    months_of,
)

if TYPE_CHECKING:
    from tenure.understand.metrics.book import Book
    from tenure.understand.metrics.sold import Sold

WINDOW_DAYS = 30
COHORT: Final = "cohort"
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2080
_MONTHS: Final = 12


@dataclass(frozen=True)
class DueTerms:
    """Some terms by their rows in `sold`, and how they turned out.

    `late` is the number of days from the due day to the renewal, below zero for an early one and
    `NEVER` where nobody renewed. Amounts are a year's, in minor units; the new one is not a number
    where nobody renewed.
    """

    sold: Sold
    rows: Codes
    late: Days
    old_in_year: Floats
    new_in_year: Floats

    @property
    def ends(self) -> Days:
        """The due days."""
        return self.sold.ends[self.rows]

    @property
    def account_id(self) -> Wholes:
        return self.sold.customers.account_id[self.sold.who[self.rows]]

    @property
    def subscription_id(self) -> Wholes:
        return self.sold.subscription_id[self.rows]

    def taken(self, chosen: Flags) -> DueTerms:
        """Some of them."""
        return replace(
            self,
            rows=self.rows[chosen],
            late=self.late[chosen],
            old_in_year=self.old_in_year[chosen],
            new_in_year=self.new_in_year[chosen],
        )

    def column(self, name: str | None) -> Column:
        """The values of a slice; of the whole business, where none is named."""
        sold, rows = self.sold, self.rows
        match name:
            case None:
                return Column(("",), np.zeros(len(rows), dtype=np.int32))
            case "plan":
                return sold.plan.taken(rows)
            case "owner":
                return sold.owner.taken(rows)
            case "region":
                return sold.customers.region.taken(sold.who[rows])
            case "channel":
                return sold.customers.channel.taken(sold.who[rows])
            case "cycle":
                return _cycles(sold.cycle[rows])
            case "first_term":
                is_first = sold.number[rows] == 1
                return Column(("", "first", "later"), np.where(is_first, 1, 2).astype(np.int32))
        assert name == COHORT
        return _cohorts(sold.customers.started[sold.who[rows]])


def due_terms(sold: Sold, *, from_day: int, to_day: int, as_of: int) -> DueTerms:
    """Terms that were due in `[from_day, to_day]`, with how they turned out by `as_of`.

    A term is due on its `ends_day`, the first day that is not paid; paid on that day is on time.

    Args:
        as_of: renewals bought after this day have not happened.
    """
    rows = np.flatnonzero((sold.ends >= from_day) & (sold.ends <= to_day)).astype(np.int32)
    renewed = sold.renewed[rows]
    is_renewed = renewed <= as_of
    new = np.full(len(rows), np.nan)
    new[is_renewed] = _following(sold, rows[is_renewed])
    return DueTerms(
        sold=sold,
        rows=rows,
        late=np.where(is_renewed, renewed - sold.ends[rows], NEVER).astype(np.int32),
        old_in_year=_in_year(sold, rows),
        new_in_year=new,
    )


def _following(sold: Sold, rows: Codes) -> Floats:
    """What a year of each term's next one costs; not a number where there is none."""
    # Only a first term follows nobody: most terms of a young business.
    nexts = np.flatnonzero(sold.number > 1).astype(np.int32)
    most = np.int64(sold.number.max() + 1 if len(sold.number) else 1)
    place = looked_up(
        sold.subscription_id[rows] * most + sold.number[rows],
        among=sold.subscription_id[nexts] * most + sold.number[nexts] - 1,
    )
    return np.append(_in_year(sold, nexts), np.nan)[place]


def _in_year(sold: Sold, rows: Codes) -> Floats:
    in_year: Floats = sold.price[rows] * _MONTHS / sold.cycle[rows]
    return in_year


def _cycles(months: Codes) -> Column:
    every, place = np.unique(months, return_inverse=True)
    names = [str(one) for one in every.tolist()]
    order = sorted(["", *names])
    places = np.array([order.index(one) for one in names], dtype=np.int32)
    return Column(tuple(order), places[place])


def _cohorts(began: Days) -> Column:
    """The year in which each customer began; none where it is not known."""
    known = began != NEVER
    year = months_of(np.where(known, began, 0).astype(np.int32)) // _MONTHS
    known &= (year >= FIRST_YEAR) & (year < LAST_YEAR)
    names = ("", *map(str, range(FIRST_YEAR, LAST_YEAR)))
    return Column(names, np.where(known, year - FIRST_YEAR + 1, 0).astype(np.int32))


def window_of(book: Book) -> tuple[int, int]:
    """First and last of the 30 days of due dates whose grace is over."""
    last = book.today - book.grace
    return last - WINDOW_DAYS + 1, last


def due_between(book: Book, *, from_day: int, to_day: int) -> DueTerms:
    """The due terms of some days until the day of the book."""
    return due_terms(book.sold, from_day=from_day, to_day=to_day, as_of=book.today)
