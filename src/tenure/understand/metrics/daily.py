"""The numbers as of the end of one day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from tenure.understand.metrics.book import Book, Figure, calendar
from tenure.understand.metrics.by_segment import SEGMENT, due_by_segment, standing_by_segment
from tenure.understand.metrics.expressions.renewals import due_terms, renewal_sums, with_cohort
from tenure.understand.metrics.expressions.revenue import (
    MONTHLY_SCALE,
    retention_sums,
    revenue_per_customer,
    running,
    running_sums,
)
from tenure.understand.metrics.metric import SLICES
from tenure.understand.metrics.rules.rates import Rate

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

WINDOW_DAYS = 30
# What a due term says of itself; its segments are known from the day before.
OWN_SLICES = tuple(one for one in SLICES if one != SEGMENT)
YEAR_DAYS = 365


def renewals(book: Book) -> Iterator[Figure]:
    """The last 30 days of due dates: those whose grace is over are final, in every slice.

    The last 30 days until today, grace still running, are provisional.
    """
    last = book.today - book.grace
    due = due_terms(
        book.terms,
        book.accounts,
        from_day=last - WINDOW_DAYS + 1,
        to_day=book.today,
        as_of=book.today,
    )
    # A few thousand rows out of every term that ever was: sought once, summed by each slice.
    few = book.kept(with_cohort(due, book.engine.frame(calendar())))
    over = few.filter(nw.col("ends_day") <= last)
    final = renewal_sums(over, by=(None, *OWN_SLICES), grace_days=book.grace)
    for row in book.rows(final.sort("slice_by", "slice_value")):
        yield from _of_one_slice(row, book=book)
    parted = due_by_segment(book, over, first_day=last - WINDOW_DAYS + 1)
    if parted is not None:
        of_segments = renewal_sums(parted, by=(SEGMENT,), grace_days=book.grace)
        for row in book.rows(of_segments.sort("slice_value")):
            yield from _of_one_slice(row, book=book)
    recent = few.filter(nw.col("ends_day") > book.today - WINDOW_DAYS)
    for row in book.rows(renewal_sums(recent, by=(None,), grace_days=book.grace)):
        rate = Rate(row["renewed"], row["due"])
        yield Figure("renewal_rate_recent", rate, row["due"], book.as_of, provisional=True)


def _of_one_slice(row: dict[str, Any], *, book: Book) -> list[Figure]:
    due, old, by = row["due"], whole(row["old_minor"]), row["slice_by"]
    rates = {
        "renewal_rate": Rate(row["renewed"], due),
        "renewal_value_gross": Rate(whole(row["kept_minor"]), old),
        "renewal_value_net": Rate(whole(row["new_minor"]), old),
        "atr_churn": Rate(due - row["renewed"], due),
    }
    if not by:
        rates["on_time_rate"] = Rate(row["on_time"], due)
    return [
        Figure(metric, rate, due, book.as_of, by, row["slice_value"])
        for metric, rate in rates.items()
    ]


def retention(book: Book) -> list[Figure]:
    """Customers and revenue now, a month and a year ago; money in the business's currency."""
    ours = (nw.col("currency") == book.currency).fill_null(value=True)
    year, month = book.today - YEAR_DAYS, book.today - WINDOW_DAYS
    days = {"year": year, "paid_now": book.today, "month": month, "now": book.today}
    per_customer = book.kept(
        revenue_per_customer(
            book.terms, days=days, grace_days=book.grace, only={"year": ours, "paid_now": ours}
        )
    )
    money = _retained(book, per_customer, since="year", until="paid_now")
    heads = _retained(book, per_customer, since="month", until="now")
    had, on = money["customers_at_start"], book.as_of
    return [
        Figure("grr", Rate(money["kept"], money["start"]), had, on),
        Figure("nrr", Rate(money["stayed"], money["start"]), had, on),
        Figure(
            "logo_churn",
            Rate(heads["lost"], heads["customers_at_start"]),
            heads["customers_at_start"],
            on,
        ),
        Figure("mrr", Rate(money["end"], MONTHLY_SCALE), money["customers"], on),
        Figure("customers", Rate(heads["customers"], 1), heads["customers"], on),
        *standing_by_segment(book, per_customer, month=month),
    ]


def _retained(book: Book, per_customer: Frame, *, since: str, until: str) -> dict[str, int]:
    [row] = book.rows(retention_sums(per_customer, start=since, end=until))
    return {name: int(value or 0) for name, value in row.items()}


def standing(book: Book) -> Iterator[Figure]:
    """What the running contracts leave, and for how long they have run."""
    ours = (nw.col("currency") == book.currency).fill_null(value=True)
    live = book.kept(running(book.terms.filter(ours), day=book.today, grace_days=book.grace))
    for by in (None, "plan"):
        for row in book.rows(running_sums(live, by=by)):
            place = (book.as_of, by or "", row["slice_value"])
            margin = Rate(row["revenue"] - row["cost"], row["revenue"])
            yield Figure("gross_margin", margin, row["contracts"], *place)
            if by is None:
                days = Rate(row["days"] * 12, row["contracts"] * YEAR_DAYS)
                yield Figure("mean_tenure", days, row["contracts"], *place)


def activity(book: Book) -> Iterator[Figure]:
    """How often those who use anything do so."""
    days = book.events.filter(nw.col("account_id") > 0).select("account_id", "day").unique()
    customers = days.group_by("account_id").agg(days=nw.len())
    [row] = book.rows(customers.select(days=nw.col("days").sum(), customers=nw.len()))
    if row["customers"]:
        rate = Rate(int(row["days"]), row["customers"])
        yield Figure("active_days", rate, row["customers"], book.as_of)


def whole(amount: float | None) -> int:
    """Half up to a whole minor unit; sums of annualised prices are never negative."""
    return int((amount or 0) + 0.5)
