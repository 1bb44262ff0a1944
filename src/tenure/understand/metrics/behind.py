"""The rows behind a figure: each customer or due term with what it adds to either part (R-M-022).

Read from the tables of that day, as the figure was, so that the sums of the rows are its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.periods import date_of
from tenure.strategy.sections import Strategy
from tenure.understand.metrics.actions import book_of
from tenure.understand.metrics.book import Book
from tenure.understand.metrics.columns import Wholes
from tenure.understand.metrics.daily import YEAR_DAYS
from tenure.understand.metrics.due import WINDOW_DAYS, due_between, window_of
from tenure.understand.metrics.sold import MONTHLY_SCALE
from tenure.understand.metrics.summing import Turned, revenue_on, turned
from tenure.warehouse.engines import open_engine

type Parts = NDArray[Any]
type OfRevenue = Callable[[Wholes, Wholes], tuple[Parts, Parts]]


@dataclass(frozen=True, slots=True)
class Behind:
    """One customer or due term: what it adds above and below the line, in the figure's unit.

    `ends_on` and `plan` are of the term, where a term is counted.
    """

    account_id: int
    num: float
    den: float
    ends_on: date | None = None
    plan: str = ""


# Metric → what a due term adds to its numerator and to its denominator.
_OF_TERMS: Final[Mapping[str, Callable[[Turned], tuple[Parts, Parts]]]] = {
    "renewal_rate": lambda each: (each.is_renewed, np.ones_like(each.old)),
    "atr_churn": lambda each: (~each.is_renewed, np.ones_like(each.old)),
    "renewal_value_gross": lambda each: (each.kept, each.old),
    "renewal_value_net": lambda each: (each.new, each.old),
}
# Metric → days back, whether money of the business's currency counts alone, and what a customer
# adds by their revenue then and now.
_OF_CUSTOMERS: Final[Mapping[str, tuple[int, bool, OfRevenue]]] = {
    "mrr": (0, True, lambda _, now: (now / MONTHLY_SCALE, now * 0)),
    "customers": (0, False, lambda _, now: (now > 0, now * 0)),
    "grr": (
        YEAR_DAYS,
        True,
        lambda then, now: (np.minimum(then, now) / MONTHLY_SCALE, then / MONTHLY_SCALE),
    ),
    "nrr": (YEAR_DAYS, True, lambda then, now: (now / MONTHLY_SCALE, then / MONTHLY_SCALE)),
    "logo_churn": (WINDOW_DAYS, False, lambda then, now: (now == 0, np.ones_like(then))),
}
# What can be opened: the figures that are counted from customers and due terms of one day.
OPENED: Final = frozenset(_OF_TERMS) | frozenset(_OF_CUSTOMERS)


def rows_behind(metric: str, *, as_of: date, strategy: Strategy) -> list[Behind]:
    """Every row that a figure of the whole business was counted from, in the order of customers.

    Args:
        metric: one of `OPENED`.
    """
    with open_engine() as engine:
        book = book_of(engine, as_of=as_of, strategy=strategy)
        found = _terms(book, metric) if metric in _OF_TERMS else _customers(book, metric)
        return sorted(found, key=lambda one: one.account_id)


def _terms(book: Book, metric: str) -> Iterator[Behind]:
    """The terms whose days of grace are over, of 30 days of due dates."""
    first, last = window_of(book)
    due = due_between(book, from_day=first, to_day=last)
    num, den = _OF_TERMS[metric](turned(due, grace_days=book.grace))
    plan = due.column("plan")
    rows = zip(due.account_id, num, den, due.ends, plan.codes, strict=True)
    for account, above, below, ends, code in rows:
        name = plan.names[max(code, 0)]
        yield Behind(int(account), float(above), float(below), date_of(int(ends)), name)


def _customers(book: Book, metric: str) -> Iterator[Behind]:
    """Who had revenue on the earlier day, or has it now where there is none."""
    back, is_money, parts = _OF_CUSTOMERS[metric]
    days = {"then": book.today - back, "now": book.today}
    held = revenue_on(book.sold, days, grace_days=book.grace, ours=days if is_money else ())
    counted = held["then" if back else "now"] > 0
    num, den = parts(held["then"][counted], held["now"][counted])
    rows = zip(held["account_id"][counted], num, den, strict=True)
    for account, above, below in rows:
        yield Behind(int(account), float(above), float(below))
