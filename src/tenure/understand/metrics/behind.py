"""The rows behind a figure: each customer or due term with what it adds to either part (R-M-022).

Read from the tables of that day, as the figure was, so that the sums of the rows are its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import narwhals.stable.v2 as nw

from tenure.kernel.periods import date_of
from tenure.strategy.sections import Strategy
from tenure.understand.metrics.actions import book_of
from tenure.understand.metrics.daily import YEAR_DAYS
from tenure.understand.metrics.due import WINDOW_DAYS, window_of
from tenure.understand.metrics.expressions.renewals import due_terms
from tenure.understand.metrics.expressions.revenue import MONTHLY_SCALE, revenue_per_customer
from tenure.warehouse.engines import open_engine

if TYPE_CHECKING:
    from tenure.understand.metrics.book import Book
    from tenure.warehouse.engines import Frame


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


def _floored(now: nw.Expr, before: nw.Expr) -> nw.Expr:
    return nw.when(now < before).then(now).otherwise(before)


_OLD, _NEW = nw.col("old_year_minor"), nw.col("new_year_minor")
_RENEWED = nw.col("is_renewed")
_ONE, _NOTHING = nw.lit(1), nw.lit(0)

# Metric → what a due term adds to its numerator and to its denominator.
_OF_TERMS: Final[Mapping[str, tuple[nw.Expr, nw.Expr]]] = {
    "renewal_rate": (nw.when(_RENEWED).then(_ONE).otherwise(_NOTHING), _ONE),
    "atr_churn": (nw.when(_RENEWED).then(_NOTHING).otherwise(_ONE), _ONE),
    "renewal_value_gross": (
        nw.when(_RENEWED).then(_floored(_NEW, _OLD)).otherwise(_NOTHING),
        _OLD,
    ),
    "renewal_value_net": (nw.when(_RENEWED).then(_NEW).otherwise(_NOTHING), _OLD),
}
_THEN, _NOW = nw.col("then"), nw.col("now")
# Metric → days back, and what a customer adds; money counts in the business's currency only.
_OF_CUSTOMERS: Final[Mapping[str, tuple[int, bool, nw.Expr, nw.Expr]]] = {
    "mrr": (0, True, _NOW / MONTHLY_SCALE, _NOTHING),
    "customers": (0, False, nw.when(_NOW > 0).then(_ONE).otherwise(_NOTHING), _NOTHING),
    "grr": (YEAR_DAYS, True, _floored(_NOW, _THEN) / MONTHLY_SCALE, _THEN / MONTHLY_SCALE),
    "nrr": (YEAR_DAYS, True, _NOW / MONTHLY_SCALE, _THEN / MONTHLY_SCALE),
    "logo_churn": (WINDOW_DAYS, False, nw.when(_NOW > 0).then(_NOTHING).otherwise(_ONE), _ONE),
}
# What can be opened: the figures that are counted from customers and due terms of one day.
OPENED: Final = frozenset(_OF_TERMS) | frozenset(_OF_CUSTOMERS)


def rows_behind(metric: str, *, as_of: date, strategy: Strategy) -> list[Behind]:
    """Every row that a figure of the whole business was counted from.

    Args:
        metric: one of `OPENED`.
    """
    with open_engine() as engine:
        book = book_of(engine, as_of=as_of, strategy=strategy)
        build: Callable[[Book, str], Frame] = _terms if metric in _OF_TERMS else _customers
        found = book.rows(build(book, metric).sort("account_id"))
    return [_behind(row) for row in found]


def _behind(row: Mapping[str, Any]) -> Behind:
    ends, plan = row.get("ends_day"), row.get("plan")
    on = None if ends is None else date_of(int(ends))
    return Behind(row["account_id"], float(row["num"]), float(row["den"]), on, plan or "")


def _terms(book: Book, metric: str) -> Frame:
    """The terms whose days of grace are over, of 30 days of due dates."""
    first, last = window_of(book)
    due = due_terms(
        book.terms,
        book.accounts,
        from_day=first,
        to_day=last,
        as_of=book.today,
    )
    whose = book.terms.select("term_id", "account_id")
    renewed = (nw.col("late_days") <= book.grace).fill_null(value=False)
    num, den = _OF_TERMS[metric]
    marked = due.with_columns(is_renewed=renewed).join(whose, on="term_id", how="left")
    return marked.select("account_id", "ends_day", "plan", num=num, den=den)


def _customers(book: Book, metric: str) -> Frame:
    """Who had revenue on the earlier day, or has it now where there is none."""
    back, is_money, num, den = _OF_CUSTOMERS[metric]
    ours = (nw.col("currency") == book.currency).fill_null(value=True)
    days = {"then": book.today - back, "now": book.today}
    only = {"then": ours, "now": ours} if is_money else None
    per_customer = revenue_per_customer(book.terms, days=days, grace_days=book.grace, only=only)
    counted = per_customer.filter((_THEN if back else _NOW) > 0)
    return counted.select("account_id", num=num, den=den)
