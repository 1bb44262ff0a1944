"""How every due term turned out. The rules on one and these agree by a property test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tenure.warehouse.engines import Frame

MONTHS_PER_YEAR = 12


def due_terms(terms: Frame, accounts: Frame, *, from_day: int, to_day: int, as_of: int) -> Frame:
    """Terms that were due in `[from_day, to_day]`, with how they turned out by `as_of`.

    A term is due on its `ends_day`, the first day that is not paid; paid on that day is on time.

    Args:
        terms: the table `terms`, every term that ever was.
        accounts: the table `accounts`.
        as_of: renewals bought after this day have not happened.
    Returns:
        One row per due term: term_id, subscription_id, ends_day, started_day of the customer, the
        slices, `late_days` (null: not renewed; 0 or
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
    slices = accounts.select("account_id", "started_day", region="region", channel="sales_channel")
    due = terms.filter(due_day >= from_day, due_day <= to_day)
    joined = due.join(nexts, on=["subscription_id", "number"], how="left").join(
        slices, on="account_id", how="left"
    )
    return joined.select(
        "term_id",
        "subscription_id",
        "ends_day",
        "started_day",
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


def with_cohort(due: Frame, calendar: Frame) -> Frame:
    """Add the year in which each customer began, as `cohort`; null where it is not known.

    Args:
        due: `due_terms`.
        calendar: every day with its month, as year × 12 + month − 1.
    """
    years = calendar.select(
        started_day=nw.col("day"), cohort=(nw.col("month") // 12).cast(nw.String)
    )
    return due.join(years, on="started_day", how="left")


def renewal_sums(
    due: Frame, *, by: Collection[str | None], grace_days: int, per: Sequence[str] = ()
) -> Frame:
    """Sum the due terms, all together and by each slice, in one pass.

    Args:
        due: `due_terms`.
        by: the slices' columns; None for the whole business.
        per: columns that part the rows of every slice, as the month does.
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
                *per,
                *summed,
                slice_by=nw.lit(one or ""),
                slice_value=nw.lit("") if one is None else nw.col(one).fill_null(""),
            )
            for one in by
        ]
    )
    return per_slice.group_by(*per, "slice_by", "slice_value").agg(
        due=nw.len(),
        on_time=nw.col("is_on_time").sum(),
        renewed=nw.col("is_renewed").sum(),
        old_minor=nw.col("old_year_minor").sum(),
        kept_minor=nw.col("kept").sum(),
        new_minor=nw.col("new").sum(),
    )
