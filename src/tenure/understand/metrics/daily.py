"""The numbers as of the end of one day."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals.stable.v2 as nw
import numpy as np

from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.by_segment import SEGMENT, due_by_segment, standing_by_segment
from tenure.understand.metrics.columns import summed
from tenure.understand.metrics.due import WINDOW_DAYS, due_between, window_of
from tenure.understand.metrics.metric import SLICES
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.sold import MONTHLY_SCALE
from tenure.understand.metrics.summing import Sums, renewal_sums, retained, revenue_on

# What a due term says of itself; its segments are known from the day before.
OWN_SLICES = tuple(one for one in SLICES if one != SEGMENT)
YEAR_DAYS = 365


def renewals(book: Book) -> Iterator[Figure]:
    """The last 30 days of due dates: those whose grace is over are final, in every slice.

    The last 30 days until today, grace still running, are provisional.
    """
    first, last = window_of(book)
    # A few thousand rows out of every term that ever was: sought once, summed by each slice.
    few = due_between(book, from_day=first, to_day=book.today)
    over = few.taken(few.ends <= last)
    for one in renewal_sums(over, by=(None, *OWN_SLICES), grace_days=book.grace):
        yield from _of_one_slice(one, book=book)
    for one in due_by_segment(book, over, first_day=first):
        yield from _of_one_slice(one, book=book)
    recent = few.taken(few.ends > book.today - WINDOW_DAYS)
    for one in renewal_sums(recent, by=(None,), grace_days=book.grace):
        rate = Rate(one.renewed, one.due)
        yield Figure("renewal_rate_recent", rate, one.due, book.as_of, provisional=True)


def _of_one_slice(one: Sums, *, book: Book) -> list[Figure]:
    due, old, by = one.due, whole(one.old_in_year), one.slice_by
    rates = {
        "renewal_rate": Rate(one.renewed, due),
        "renewal_value_gross": Rate(whole(one.kept_in_year), old),
        "renewal_value_net": Rate(whole(one.new_in_year), old),
        "atr_churn": Rate(due - one.renewed, due),
    }
    if not by:
        rates["on_time_rate"] = Rate(one.on_time, due)
    return [
        Figure(metric, rate, due, book.as_of, by, one.slice_value) for metric, rate in rates.items()
    ]


def retention(book: Book) -> list[Figure]:
    """Customers and revenue now, a month and a year ago; money in the business's currency."""
    year, month = book.today - YEAR_DAYS, book.today - WINDOW_DAYS
    days = {"year": year, "paid_now": book.today, "month": month, "now": book.today}
    held = revenue_on(book.sold, days, grace_days=book.grace, ours={"year", "paid_now"})
    money = retained(held["year"], held["paid_now"])
    heads = retained(held["month"], held["now"])
    had, on = money.customers_at_start, book.as_of
    return [
        Figure("grr", Rate(money.kept, money.start), had, on),
        Figure("nrr", Rate(money.stayed, money.start), had, on),
        Figure(
            "logo_churn",
            Rate(heads.lost, heads.customers_at_start),
            heads.customers_at_start,
            on,
        ),
        Figure("mrr", Rate(money.end, MONTHLY_SCALE), money.customers, on),
        Figure("customers", Rate(heads.customers, 1), heads.customers, on),
        *standing_by_segment(book, held, month=month),
    ]


def standing(book: Book) -> Iterator[Figure]:
    """What the running contracts leave, and for how long they have run."""
    sold = book.sold
    live = np.flatnonzero(sold.covers(book.today, grace_days=book.grace) & sold.is_ours)
    if not len(live):
        return
    plan = sold.plan.taken(live)
    place = np.maximum(plan.codes, 0)
    counts = np.bincount(place, minlength=len(plan.names))
    revenue = summed(sold.monthly[live], by=place, size=len(counts))
    cost = summed(sold.cost[live], by=place, size=len(counts)) * MONTHLY_SCALE
    earned = int(revenue.sum())
    margin = Rate(earned - int(cost.sum()), earned)
    yield Figure("gross_margin", margin, len(live), book.as_of)
    days = int((book.today - sold.began[live]).sum())
    yield Figure("mean_tenure", Rate(days * 12, len(live) * YEAR_DAYS), len(live), book.as_of)
    for one in np.flatnonzero(counts).tolist():
        margin = Rate(int(revenue[one] - cost[one]), int(revenue[one]))
        value = plan.names[one]
        yield Figure("gross_margin", margin, int(counts[one]), book.as_of, "plan", value)


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
