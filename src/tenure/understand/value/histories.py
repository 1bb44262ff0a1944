"""What purchases say of each customer: how often again, when last, how much each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[np.float64]

DAYS_PER_WEEK: Final = 7.0


@dataclass(frozen=True, slots=True)
class Bought:
    """N purchases: a customer's place, the day (since 1970) and the amount, arrays of length N."""

    customer: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    amount: Array

    def until(self, day: int) -> Bought:
        """Those made on or before a day."""
        kept = self.day <= day
        return Bought(self.customer[kept], self.day[kept], self.amount[kept])


@dataclass(frozen=True, slots=True)
class Histories:
    """M customers, in the order of `customer`; times are weeks since the first purchase.

    Purchases of one day are one. `repeats` are those after the first, `last_at` is when the last
    was, `seen_for` how long the customer was watched, and `mean_amount` what a repeated one came
    to, not a number where there is none.
    """

    customer: npt.NDArray[np.int64]
    repeats: Array
    last_at: Array
    seen_for: Array
    mean_amount: Array

    def __len__(self) -> int:
        return len(self.customer)


def histories_of(bought: Bought, *, until: int) -> Histories:
    """One history a customer, of what was bought until a day.

    Args:
        bought: purchases, at least one.
        until: the last day that was watched, in days since 1970.
    """
    known = bought.until(until)
    order = np.lexsort((known.day, known.customer))
    customer, day, amount = known.customer[order], known.day[order], known.amount[order]
    is_new = np.ones(len(customer), dtype=bool)
    is_new[1:] = (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])
    starts = np.flatnonzero(is_new)
    customer, day = customer[starts], day[starts]
    amount = np.add.reduceat(amount, starts) if len(starts) else amount
    is_first = np.ones(len(customer), dtype=bool)
    is_first[1:] = customer[1:] != customer[:-1]
    firsts = np.flatnonzero(is_first)
    visits = np.diff(np.append(firsts, len(customer)))
    repeats = (visits - 1).astype(np.float64)
    spent = np.add.reduceat(amount, firsts) - amount[firsts] if len(firsts) else amount
    last = day[firsts + visits - 1]
    return Histories(
        customer=customer[firsts],
        repeats=repeats,
        last_at=(last - day[firsts]) / DAYS_PER_WEEK,
        seen_for=(until - day[firsts]) / DAYS_PER_WEEK,
        mean_amount=np.where(repeats > 0, spent / np.maximum(repeats, 1.0), np.nan),
    )


def places_of(names: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The place of each name among the different ones, and those in their order."""
    found, places = np.unique(np.asarray(names, dtype=str), return_inverse=True)
    return places.astype(np.int64), found.tolist()


def bought_of(rows: Sequence[tuple[str, int, float]]) -> tuple[Bought, list[str]]:
    """Purchases as arrays, from customer, day (since 1970) and amount; and the customers' names."""
    places, names = places_of([name for name, _, _ in rows])
    day = np.array([day for _, day, _ in rows], dtype=np.int64)
    return Bought(places, day, np.array([paid for _, _, paid in rows], dtype=np.float64)), names
