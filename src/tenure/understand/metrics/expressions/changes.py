"""When recurring revenue changed: one row per customer and month in which it did.

Nothing is expanded to customer × month: a month without a change costs nothing
(docs/algorithms/metrics.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.understand.metrics.expressions.revenue import monthly_revenue

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

LOSSES = ("voluntary", "involuntary", "lapse")


def spans(terms: Frame, *, as_of: int, grace_days: int) -> Frame:
    """The days on which each term brings revenue: `[from_day, to_day)`, as known on a day.

    A renewed term ends where the next one begins; one that nobody renewed goes on through its
    grace, unless it was closed.

    Returns:
        account_id, currency, plan, owner, monthly (scaled), from_day, to_day, loss (how it was
        lost, empty where it was renewed).
    """
    ends = nw.col("ends_day")
    is_renewed = (nw.col("renewed_day") <= as_of).fill_null(value=False)
    closed = nw.when(nw.col("closed_day") <= as_of).then(nw.col("closed_day"))
    last = nw.when(is_renewed).then(ends).otherwise(closed.fill_null(ends + grace_days + 1))
    marked = terms.filter(nw.col("starts_day") <= as_of).select(
        "account_id",
        "currency",
        plan="plan_code",
        owner="owner_name",
        monthly=monthly_revenue(),
        from_day="starts_day",
        to_day=last,
        loss=nw.when(~is_renewed).then(nw.col("end_kind")).otherwise(nw.lit("")),
    )
    return marked.filter(nw.col("to_day") > nw.col("from_day"))


def changes(spans: Frame, calendar: Frame, *, as_of: int) -> Frame:
    """Each start and each end of a span until a day, apart.

    Args:
        calendar: `day` (days since 1970) and the `month` that holds it (year × 12 + month − 1).
    Returns:
        account_id, month, plan, owner, gained (scaled; below zero for an end), loss.
    """
    kept = ("account_id", "plan", "owner")
    starts = spans.select(*kept, day="from_day", gained="monthly", loss=nw.lit(""))
    ended = spans.filter(nw.col("to_day") <= as_of)
    ends = ended.select(
        *kept, day="to_day", gained=-nw.col("monthly"), loss=nw.col("loss").fill_null("")
    )
    both = nw.concat([starts, ends]).join(calendar, on="day", how="inner")
    return both.select(*kept, "month", "gained", "loss")


def customer_months(changes: Frame, accounts: Frame) -> Frame:
    """What changed per customer and month, their subscriptions netted (G03).

    Returns:
        account_id, month, before, after (scaled), cohort (the first month), loss, region, channel,
        plan and owner (of what began, else of what ended). Months that changed nothing are left
        out.
    """
    began = nw.col("gained") > 0
    marked = changes.with_columns(
        plan_began=nw.when(began).then(nw.col("plan")),
        owner_began=nw.when(began).then(nw.col("owner")),
    )
    per_month = marked.group_by("account_id", "month").agg(
        gained=nw.col("gained").sum().cast(nw.Int64),
        loss=nw.col("loss").max(),
        plan_began=nw.col("plan_began").max(),
        plan_ended=nw.col("plan").max(),
        owner_began=nw.col("owner_began").max(),
        owner_ended=nw.col("owner").max(),
    )
    summed = per_month.with_columns(
        after=nw.col("gained").cum_sum().over("account_id", order_by="month").cast(nw.Int64),
        cohort=nw.col("month").min().over("account_id"),
    )
    known = accounts.select("account_id", region="region", channel="sales_channel")
    kept = summed.filter(nw.col("gained") != 0).join(known, on="account_id", how="left")
    return kept.select(
        "account_id",
        "month",
        "after",
        "cohort",
        "loss",
        "region",
        "channel",
        before=nw.col("after") - nw.col("gained"),
        plan=nw.coalesce("plan_began", "plan_ended"),
        owner=nw.coalesce("owner_began", "owner_ended"),
    )


def movements_of(customer_months: Frame) -> Frame:
    """Classify each customer's month once: what was gained or lost, scaled, and by how many.

    Returns:
        The rows with `new`, `reactivation`, `expansion`, `contraction`, `churn` (amounts, 0 or
        more), and a flag for each: `is_new` …, and `lost_voluntary` … for how they were lost.
    """
    before, after = nw.col("before"), nw.col("after")
    is_first = nw.col("month") == nw.col("cohort")
    kinds = {
        "new": (before == 0) & (after > 0) & is_first,
        "reactivation": (before == 0) & (after > 0) & ~is_first,
        "expansion": (before > 0) & (after > before),
        "contraction": (after > 0) & (after < before),
        "churn": (before > 0) & (after == 0),
    }
    size = (after - before).abs()
    amounts = {kind: nw.when(is_so).then(size).otherwise(0) for kind, is_so in kinds.items()}
    # A byte each: they are only added up.
    flags = {f"is_{kind}": is_so.cast(nw.Int8) for kind, is_so in kinds.items()}
    losses = {
        f"lost_{loss}": (kinds["churn"] & (nw.col("loss") == loss)).cast(nw.Int8) for loss in LOSSES
    }
    return customer_months.with_columns(**amounts, **flags, **losses)


SUMMED = (
    *("new", "reactivation", "expansion", "contraction", "churn"),
    *("is_new", "is_reactivation", "is_expansion", "is_contraction", "is_churn"),
    *(f"lost_{loss}" for loss in LOSSES),
)


def month_sums(moved: Frame, *, by: str | None) -> Frame:
    """Sum `movements_of` by month, for the whole business or by one slice.

    Returns:
        month, slice_value, and the sums of `SUMMED`.
    """
    value = nw.lit("") if by is None else nw.col(by).cast(nw.String).fill_null("")
    return (
        moved.with_columns(slice_value=value)
        .group_by("month", "slice_value")
        .agg(*(nw.col(name).sum().cast(nw.Int64) for name in SUMMED))
    )


def net_by(changes: Frame, *, by: str) -> Frame:
    """What each plan or owner gained on balance by month, moves between them included.

    Returns:
        month, slice_value, gained (scaled).
    """
    valued = changes.with_columns(slice_value=nw.col(by).fill_null(""))
    return valued.group_by("month", "slice_value").agg(gained=nw.col("gained").sum().cast(nw.Int64))
