"""The terms of the coming weeks and months, summed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

WEEK_DAYS = 7
WEEKS = 13


def monthly_sums(risks: Frame, terms: Frame, *, begins: Sequence[int]) -> Frame:
    """Sum the live terms due in the coming months, the rest of this one first.

    Args:
        risks, terms: as of `weekly_sums`.
        begins: days from now to the first day of each later month, rising; what ends from the last
            of them on is left out.
    Returns:
        The same columns with `month` (0 the rest of this one) in the place of `week`.
    """
    left = nw.col("days_left")
    due = risks.filter(left >= 0, left < begins[-1])
    month = nw.sum_horizontal(*((left >= day).cast(nw.Int64) for day in begins[:-1]))
    return _summed(due.with_columns(month=month), terms, by="month")


def weekly_sums(risks: Frame, terms: Frame) -> Frame:
    """Sum the live terms due in the next 13 weeks.

    Args:
        risks: the table `risks` of one day: a term is not renewed with probability `p_lapse`.
        terms: the table `terms`; a renewal is forecast at the price of the running term.
    Returns:
        One row per week (0 the first) and currency: due, band_1 … band_4, and for renewals and
        revenue (minor units) the mean, the variance, the spread and the most.
    """
    due = risks.filter(nw.col("days_left") >= 0, nw.col("days_left") < WEEKS * WEEK_DAYS)
    weeks = due.with_columns(week=nw.col("days_left") // WEEK_DAYS)
    return _summed(weeks, terms, by="week")


def _summed(due: Frame, terms: Frame, *, by: str) -> Frame:
    prices = terms.select("term_id", "price_minor", "currency")
    p = 1 - nw.col("p_lapse")
    price = nw.col("price_minor").cast(nw.Float64)
    joined = due.join(prices, on="term_id", how="inner").with_columns(
        p=p,
        doubt=p * nw.col("p_lapse"),
        money=price,
    )
    per_term = joined.with_columns(
        revenue=nw.col("money") * nw.col("p"),
        revenue_variance=nw.col("money") * nw.col("money") * nw.col("doubt"),
        revenue_spread=nw.col("money") * nw.col("doubt"),
        **{f"in_{band}": (nw.col("band") == band).cast(nw.Int64) for band in range(1, 5)},
    )
    return per_term.group_by(by, "currency").agg(
        due=nw.len(),
        renewals=nw.col("p").sum(),
        doubt=nw.col("doubt").sum(),
        revenue=nw.col("revenue").sum(),
        revenue_variance=nw.col("revenue_variance").sum(),
        revenue_spread=nw.col("revenue_spread").sum(),
        money=nw.col("money").sum(),
        **{f"band_{band}": nw.col(f"in_{band}").sum() for band in range(1, 5)},
    )
