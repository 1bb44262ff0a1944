"""When recurring revenue began and ended: one row per term that brings any.

Nothing is expanded to customer × month: a month without a change costs nothing
(docs/algorithms/metrics.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.understand.metrics.expressions.revenue import monthly_revenue

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def spans(terms: Frame, *, as_of: int, grace_days: int) -> Frame:
    """The days on which each term brings revenue: `[from_day, to_day)`, as known on a day.

    A renewed term ends where the next one begins; one that nobody renewed goes on through its
    grace, unless it was closed.

    Returns:
        account_id, plan, owner, monthly (scaled), from_day, to_day, loss (how it was lost, empty
        where it was renewed).
    """
    ends = nw.col("ends_day")
    is_renewed = (nw.col("renewed_day") <= as_of).fill_null(value=False)
    closed = nw.when(nw.col("closed_day") <= as_of).then(nw.col("closed_day"))
    last = nw.when(is_renewed).then(ends).otherwise(closed.fill_null(ends + grace_days + 1))
    marked = terms.filter(nw.col("starts_day") <= as_of).select(
        "account_id",
        plan="plan_code",
        owner="owner_name",
        monthly=monthly_revenue(),
        from_day="starts_day",
        to_day=last,
        loss=nw.when(~is_renewed).then(nw.col("end_kind")).otherwise(nw.lit("")).fill_null(""),
    )
    return marked.filter(nw.col("to_day") > nw.col("from_day"))
