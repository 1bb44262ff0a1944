"""The same definitions, on every term at once. The rules and these agree by a property test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

MONTHS_PER_YEAR = 12
# Divisible by every cycle up to 10 months, a year, and its multiples up to five years: revenue
# per month, times this, is a whole number.
MONTHLY_SCALE = 5_040


def due_terms(terms: Frame, accounts: Frame, *, from_day: int, to_day: int, as_of: int) -> Frame:
    """Terms that were due in `[from_day, to_day]`, with how they turned out by `as_of`.

    A term is due on its `ends_day`, the first day that is not paid; paid on that day is on time.

    Args:
        terms: the table `terms`, every term that ever was.
        accounts: the table `accounts`.
        as_of: renewals bought after this day have not happened.
    Returns:
        One row per due term: term_id, the slices, `late_days` (null: not renewed; 0 or less: on
        time), `old_year_minor` and `new_year_minor` (annualised, minor units; null: not renewed).
    """
    due_day = nw.col("ends_day")
    is_renewed = nw.col("renewed_day") <= as_of
    renewed = nw.when(is_renewed).then(nw.col("renewed_day"))
    nexts = terms.select(
        "subscription_id",
        number=nw.col("number") - 1,
        new_year_minor=nw.col("price_minor") * MONTHS_PER_YEAR / nw.col("cycle_months"),
    )
    slices = accounts.select("account_id", region="region", channel="sales_channel")
    due = terms.filter(due_day >= from_day, due_day <= to_day)
    joined = due.join(nexts, on=["subscription_id", "number"], how="left").join(
        slices, on="account_id", how="left"
    )
    return joined.select(
        "term_id",
        "region",
        "channel",
        plan="plan_code",
        cycle=nw.col("cycle_months").cast(nw.String),
        first_term=nw.when(nw.col("number") == 1).then(nw.lit("first")).otherwise(nw.lit("later")),
        owner="owner_name",
        late_days=renewed - due_day,
        old_year_minor=nw.col("price_minor") * MONTHS_PER_YEAR / nw.col("cycle_months"),
        new_year_minor=nw.when(is_renewed).then(nw.col("new_year_minor")),
    )


def renewal_sums(due: Frame, *, by: str | None, grace_days: int) -> Frame:
    """Sum the due terms, all together or by one slice.

    Args:
        due: `due_terms`.
        by: the slice's column, or None for the whole business.
    Returns:
        One row per slice: due, on_time, renewed, old_minor, kept_minor, new_minor.
    """
    is_renewed = (nw.col("late_days") <= grace_days).fill_null(value=False)
    is_on_time = (nw.col("late_days") <= 0).fill_null(value=False)
    old, new = nw.col("old_year_minor"), nw.col("new_year_minor")
    kept = nw.when(new < old).then(new).otherwise(old)
    marked = due.with_columns(
        slice_value=nw.lit("") if by is None else nw.col(by),
        is_renewed=is_renewed.cast(nw.Int64),
        is_on_time=is_on_time.cast(nw.Int64),
        kept=nw.when(is_renewed).then(kept).otherwise(nw.lit(0.0)),
        new=nw.when(is_renewed).then(new).otherwise(nw.lit(0.0)),
    )
    return marked.group_by("slice_value").agg(
        due=nw.len(),
        on_time=nw.col("is_on_time").sum(),
        renewed=nw.col("is_renewed").sum(),
        old_minor=nw.col("old_year_minor").sum(),
        kept_minor=nw.col("kept").sum(),
        new_minor=nw.col("new").sum(),
    )


def revenue_per_customer(terms: Frame, *, start_day: int, end_day: int, grace_days: int) -> Frame:
    """Recurring revenue per month of every customer at two days, subscriptions netted.

    Args:
        terms: the table `terms`.
        start_day: counted at the end of this day; `end_day` likewise.
        grace_days: a term that is over counts for so many days more while nobody renewed it.
    Returns:
        One row per customer with revenue on either day: `start` and `end`, minor units per month
        times `MONTHLY_SCALE`, whole numbers.
    """
    monthly = nw.col("price_minor") * MONTHLY_SCALE // nw.col("cycle_months")

    def covers(day: int) -> nw.Expr:
        closed = (nw.col("closed_day") <= day).fill_null(value=False)
        renewed = (nw.col("renewed_day") <= day).fill_null(value=False)
        paid = nw.col("ends_day") > day
        waiting = (nw.col("ends_day") + grace_days >= day) & ~renewed
        return (nw.col("starts_day") <= day) & (paid | waiting) & ~closed

    marked = terms.with_columns(
        start=nw.when(covers(start_day)).then(monthly).otherwise(nw.lit(0)),
        end=nw.when(covers(end_day)).then(monthly).otherwise(nw.lit(0)),
    )
    per_customer = marked.group_by("account_id").agg(
        start=nw.col("start").sum(), end=nw.col("end").sum()
    )
    return per_customer.filter((nw.col("start") > 0) | (nw.col("end") > 0))


def retention_sums(per_customer: Frame) -> Frame:
    """Sum `revenue_per_customer` to one row: start, end, kept, net, customers and lost ones."""
    start, end = nw.col("start"), nw.col("end")
    had = start > 0
    marked = per_customer.with_columns(
        kept=nw.when(end < start).then(end).otherwise(start),
        stayed=nw.when(had).then(end).otherwise(nw.lit(0)),
        had=had.cast(nw.Int64),
        lost=(had & (end == 0)).cast(nw.Int64),
        has=(end > 0).cast(nw.Int64),
    )
    return marked.select(
        start=nw.col("start").sum(),
        end=nw.col("end").sum(),
        kept=nw.col("kept").sum(),
        stayed=nw.col("stayed").sum(),
        customers_at_start=nw.col("had").sum(),
        lost=nw.col("lost").sum(),
        customers=nw.col("has").sum(),
    )
