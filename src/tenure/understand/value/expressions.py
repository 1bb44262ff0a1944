"""How the renewal decisions of all customers turned out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def decisions(terms: Frame, *, as_of: int, grace_days: int) -> Frame:
    """Decided terms by plan, cycle and their number in the chain.

    A term is decided when it was renewed, or closed, or its grace is over.

    Returns:
        plan, cycle_months, number, decided, renewed, margin (minor units, summed: the price net of
        tax less the cost of service of the term).
    """
    is_renewed = (nw.col("renewed_day") <= as_of).fill_null(value=False)
    is_over = (nw.col("closed_day") <= as_of).fill_null(value=False) | (
        nw.col("ends_day") + grace_days < as_of
    )
    net = nw.col("price_minor") - nw.col("tax_minor").fill_null(0)
    cost = nw.col("cost_minor_per_month").fill_null(0) * nw.col("cycle_months")
    marked = terms.filter(nw.col("starts_day") <= as_of, is_renewed | is_over).with_columns(
        plan=nw.col("plan_code"), renewed=is_renewed.cast(nw.Int64), margin=net - cost
    )
    return marked.group_by("plan", "cycle_months", "number").agg(
        decided=nw.len(), renewed=nw.col("renewed").sum(), margin=nw.col("margin").sum()
    )
