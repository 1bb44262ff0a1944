"""Recurring revenue of every customer at some days."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.warehouse.engines import Frame

# Divisible by every cycle up to 10 months, a year, and its multiples up to five years: revenue
# per month, times this, is a whole number.
MONTHLY_SCALE = 5_040
YEAR_DAYS, YEAR_MONTHS = 365, 12


def monthly_revenue() -> nw.Expr:
    """What a term brings a month, net of tax, in minor units × `MONTHLY_SCALE`; whole numbers.

    Free days at the end make the term longer, not dearer (G19).
    """
    net = nw.col("price_minor") - nw.col("tax_minor").fill_null(0)
    free = nw.col("free_days").fill_null(0) * YEAR_MONTHS
    months = nw.col("cycle_months") * YEAR_DAYS + free
    return net * (MONTHLY_SCALE * YEAR_DAYS) // months


def revenue_per_customer(
    terms: Frame,
    *,
    days: Mapping[str, int],
    grace_days: int,
    only: Mapping[str, nw.Expr] | None = None,
) -> Frame:
    """Recurring revenue per month of every customer at some days, subscriptions netted.

    Args:
        terms: the table `terms`.
        days: name → a day, counted at its end.
        grace_days: a term that is over counts for so many days more while nobody renewed it.
        only: name → which terms count there; all of them where nothing is said.
    Returns:
        One row per customer with revenue on any of the days: a column per name, minor units per
        month times `MONTHLY_SCALE`, whole numbers.
    """
    monthly = monthly_revenue()

    def covers(name: str, day: int) -> nw.Expr:
        closed = (nw.col("closed_day") <= day).fill_null(value=False)
        renewed = (nw.col("renewed_day") <= day).fill_null(value=False)
        paid = nw.col("ends_day") > day
        waiting = (nw.col("ends_day") + grace_days >= day) & ~renewed
        covered = (nw.col("starts_day") <= day) & (paid | waiting) & ~closed
        return covered & only[name] if only and name in only else covered

    marked = terms.with_columns(
        **{
            name: nw.when(covers(name, day)).then(monthly).otherwise(nw.lit(0))
            for name, day in days.items()
        }
    )
    per_customer = marked.group_by("account_id").agg(**{name: nw.col(name).sum() for name in days})
    has_any = reduce(lambda left, right: left | right, (nw.col(name) > 0 for name in days))
    return per_customer.filter(has_any)


def lines_of(terms: Frame, accounts: Frame, *, day: int, grace_days: int) -> Frame:
    """The lines that bring revenue at the end of a day, by node, region and monthly fee.

    Returns:
        node_id, region, monthly (minor units a month × `MONTHLY_SCALE`), lines.
    """
    closed = (nw.col("closed_day") <= day).fill_null(value=False)
    renewed = (nw.col("renewed_day") <= day).fill_null(value=False)
    covered = (nw.col("ends_day") > day) | ((nw.col("ends_day") + grace_days >= day) & ~renewed)
    known = ~nw.col("node_id").is_null()
    live = terms.filter(nw.col("starts_day") <= day, covered, ~closed, known).select(
        "account_id", "node_id", monthly=monthly_revenue()
    )
    joined = live.join(accounts.select("account_id", "region"), on="account_id", how="left")
    return joined.group_by("node_id", "region", "monthly").agg(lines=nw.len())


def running(terms: Frame, *, day: int, grace_days: int) -> Frame:
    """The terms that bring revenue at the end of a day.

    Returns:
        plan, monthly and cost (minor units a month × `MONTHLY_SCALE`), days since the contract
        began.
    """
    closed = (nw.col("closed_day") <= day).fill_null(value=False)
    renewed = (nw.col("renewed_day") <= day).fill_null(value=False)
    covered = (nw.col("ends_day") > day) | ((nw.col("ends_day") + grace_days >= day) & ~renewed)
    return terms.filter(nw.col("starts_day") <= day, covered, ~closed).select(
        plan=nw.col("plan_code"),
        monthly=monthly_revenue(),
        cost=nw.col("cost_minor_per_month").fill_null(0) * MONTHLY_SCALE,
        days=day - nw.coalesce("subscription_started_day", "starts_day"),
    )


def running_sums(running: Frame, *, by: str | None) -> Frame:
    """Sum `running`, all together or by one column; one row a value.

    Returns:
        slice_value, contracts, revenue, cost, days.
    """
    value = nw.lit("") if by is None else nw.col(by).fill_null("")
    return (
        running.with_columns(slice_value=value)
        .group_by("slice_value")
        .agg(
            contracts=nw.len(),
            revenue=nw.col("monthly").sum(),
            cost=nw.col("cost").sum(),
            days=nw.col("days").sum(),
        )
    )
