"""What became of past terms, as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.understand.features.expressions.terms import happened, known_terms
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
        `term_id`, `starts_day`, `ends_day`, `lapsed`: 0 where it was renewed in time, else 1; and
        `ending`: 0 renewed, 1 the customer said so, 2 the payment failed, 3 nobody renewed.
    """
    until = nw.col("ends_day") + grace_days
    renewed = (nw.col("renewed_day") <= until).fill_null(False)
    matured = known_terms(terms, moment=moment).filter(until <= moment.day)
    known = happened("closed_day", moment=moment)
    asked, failed = (
        (known & (nw.col("end_kind") == kind)).fill_null(False)
        for kind in ("voluntary", "involuntary")
    )
    how = nw.when(asked).then(1).otherwise(nw.when(failed).then(2).otherwise(3))
    return matured.select(
        "term_id",
        "starts_day",
        "ends_day",
        lapsed=(~renewed).cast(nw.Int64),
        ending=nw.when(renewed).then(0).otherwise(how).cast(nw.Int64),
    )


def decided_by_now(terms: Frame, *, moment: Moment) -> Frame:
    """Whether each term that was due was renewed, as far as anybody knows yet.

    Unlike `outcomes` it does not wait for the grace days of those who are closed or renewed
    already: an average may lean a little towards them, an estimator may not.

    Returns:
        `term_id` and `lapsed`, for terms that were closed, or were due and renewed.
    """
    closed = happened("closed_day", moment=moment)
    due = nw.col("ends_day") <= moment.day
    renewed = happened("renewed_day", moment=moment)
    decided = known_terms(terms, moment=moment).filter(closed | (due & renewed))
    return decided.select("term_id", lapsed=closed.cast(nw.Int64))


def closed_or_live(terms: Frame, *, moment: Moment) -> Frame:
    """The same shape where no end was ever seen: who was closed by the day, of all who began.

    A flat file that says who left and not when tells no more than this.
    """
    begun = known_terms(terms, moment=moment).filter(
        nw.col("starts_day") <= moment.day, nw.col("renewed_day").is_null()
    )
    closed = happened("closed_day", moment=moment)
    return begun.select("term_id", lapsed=closed.cast(nw.Int64))


def lapse_rates(decided: Frame, terms: Frame) -> Frame:
    """How many terms of each plan and cycle were decided, and how many of them lapsed.

    A month and a year of the same plan are renewed at very different rates.

    Args:
        decided: `term_id` and `lapsed`.
        terms: rows of the table `terms`, for plan and cycle.
    Returns:
        `plan_code`, `cycle_months`, `due`, `lapsed`.
    """
    sold = terms.select("term_id", "plan_code", "cycle_months")
    return (
        decided.join(sold, on="term_id", how="inner")
        .group_by("plan_code", "cycle_months")
        .agg(due=nw.len(), lapsed=nw.col("lapsed").sum())
    )
