"""What became of past terms, as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.understand.features.expressions.terms import known_terms
from tenure.understand.features.moments import Moment

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def outcomes(terms: Frame, *, moment: Moment, grace_days: int) -> Frame:
    """Whether each term was renewed by the end of its grace days.

    Only terms whose grace days are over count. One that was renewed early and is not over yet is
    left out like everybody else of its time: whoever did not renew would be missing beside it.

    Args:
        terms: rows of the table `terms`.
        moment: what we knew when; a renewal after its day has not happened.
    Returns:
        `term_id`, `starts_day`, `ends_day` and `lapsed`: 0 where it was renewed in time, else 1.
    """
    until = nw.col("ends_day") + grace_days
    renewed = (nw.col("renewed_day") <= until).fill_null(False)
    matured = known_terms(terms, moment=moment).filter(until <= moment.day)
    return matured.select("term_id", "starts_day", "ends_day", lapsed=(~renewed).cast(nw.Int64))


def lapse_rates(outcomes: Frame, terms: Frame) -> Frame:
    """How many terms of each plan fell due, and how many of them lapsed.

    Args:
        outcomes: `outcomes(…)`, or terms that are closed where no end was ever seen.
        terms: rows of the table `terms`, for the plan.
    Returns:
        `plan_code`, `due`, `lapsed`.
    """
    plans = terms.select("term_id", "plan_code")
    return (
        outcomes.join(plans, on="term_id", how="inner")
        .group_by("plan_code")
        .agg(due=nw.len(), lapsed=nw.col("lapsed").sum())
    )


def closed_or_live(terms: Frame, *, moment: Moment) -> Frame:
    """The same shape where no end was ever seen: who was closed by the day, of all who began.

    A flat file that says who left and not when tells no more than this.
    """
    begun = known_terms(terms, moment=moment).filter(
        nw.col("starts_day") <= moment.day, nw.col("renewed_day").is_null()
    )
    closed = (nw.col("closed_day") <= moment.day).fill_null(False)
    return begun.select("term_id", "starts_day", "ends_day", lapsed=closed.cast(nw.Int64))
