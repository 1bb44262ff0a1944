"""The same definitions, on every term at once. The rules and these agree by a property test."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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
        One row per due term: term_id, ends_day, the slices, `late_days` (null: not renewed; 0 or
        less: on time), `old_year_minor` and `new_year_minor` (annualised, minor units; null: not
        renewed).
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
        "ends_day",
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


def renewal_sums(due: Frame, *, by: Collection[str | None], grace_days: int) -> Frame:
    """Sum the due terms, all together and by each slice, in one pass.

    Args:
        due: `due_terms`.
        by: the slices' columns; None for the whole business.
    Returns:
        One row per slice and value: slice_by (empty for the whole), slice_value, due, on_time,
        renewed, old_minor, kept_minor, new_minor.
    """
    is_renewed = (nw.col("late_days") <= grace_days).fill_null(value=False)
    is_on_time = (nw.col("late_days") <= 0).fill_null(value=False)
    old, new = nw.col("old_year_minor"), nw.col("new_year_minor")
    kept = nw.when(new < old).then(new).otherwise(old)
    marked = due.with_columns(
        is_renewed=is_renewed.cast(nw.Int64),
        is_on_time=is_on_time.cast(nw.Int64),
        kept=nw.when(is_renewed).then(kept).otherwise(nw.lit(0.0)),
        new=nw.when(is_renewed).then(new).otherwise(nw.lit(0.0)),
    )
    summed = ("is_renewed", "is_on_time", "old_year_minor", "kept", "new")
    per_slice = nw.concat(
        [
            marked.select(
                *summed,
                slice_by=nw.lit(one or ""),
                slice_value=nw.lit("") if one is None else nw.col(one).fill_null(""),
            )
            for one in by
        ]
    )
    return per_slice.group_by("slice_by", "slice_value").agg(
        due=nw.len(),
        on_time=nw.col("is_on_time").sum(),
        renewed=nw.col("is_renewed").sum(),
        old_minor=nw.col("old_year_minor").sum(),
        kept_minor=nw.col("kept").sum(),
        new_minor=nw.col("new").sum(),
    )


def revenue_per_customer(terms: Frame, *, days: Mapping[str, int], grace_days: int) -> Frame:
    """Recurring revenue per month of every customer at some days, subscriptions netted.

    Args:
        terms: the table `terms`.
        days: name → a day, counted at its end.
        grace_days: a term that is over counts for so many days more while nobody renewed it.
    Returns:
        One row per customer with revenue on any of the days: a column per name, minor units per
        month times `MONTHLY_SCALE`, whole numbers.
    """
    monthly = nw.col("price_minor") * MONTHLY_SCALE // nw.col("cycle_months")

    def covers(day: int) -> nw.Expr:
        closed = (nw.col("closed_day") <= day).fill_null(value=False)
        renewed = (nw.col("renewed_day") <= day).fill_null(value=False)
        paid = nw.col("ends_day") > day
        waiting = (nw.col("ends_day") + grace_days >= day) & ~renewed
        return (nw.col("starts_day") <= day) & (paid | waiting) & ~closed

    marked = terms.with_columns(
        **{
            name: nw.when(covers(day)).then(monthly).otherwise(nw.lit(0))
            for name, day in days.items()
        }
    )
    per_customer = marked.group_by("account_id").agg(**{name: nw.col(name).sum() for name in days})
    has_any = reduce(lambda left, right: left | right, (nw.col(name) > 0 for name in days))
    return per_customer.filter(has_any)


def retention_sums(per_customer: Frame, *, start: str, end: str) -> Frame:
    """Sum two days of `revenue_per_customer` to one row.

    Returns:
        start, end, kept, stayed, customers_at_start, lost, customers.
    """
    before, after = nw.col(start), nw.col(end)
    had = before > 0
    marked = per_customer.select(
        start=before,
        end=after,
        kept=nw.when(after < before).then(after).otherwise(before),
        stayed=nw.when(had).then(after).otherwise(nw.lit(0)),
        had=had.cast(nw.Int64),
        lost=(had & (after == 0)).cast(nw.Int64),
        has=(after > 0).cast(nw.Int64),
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
