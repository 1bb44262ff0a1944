"""What each account reported, answered, paid and received."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.understand.features.moments import Moment

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

_HOUR_US = 3_600_000_000
_SCORES = 2_000  # scores lie in −999 to 999


def from_tickets(tickets: Frame, *, moment: Moment) -> Frame:
    """What each account reported.

    Args:
        tickets: rows of the table `tickets`. What was resolved after the day is still open, and a
            missed promise counts once the ticket is resolved.
    Returns:
        One row per account with any ticket; hours are rounded to millionths.
    """
    opened = nw.col("opened_day")
    known = tickets.filter(opened <= moment.day, nw.col("known_us") <= moment.known_us)
    resolved = (nw.col("resolved_us") < moment.ends_us).fill_null(False)
    resolved_in_90 = resolved & (nw.col("resolved_us") >= moment.ends_us - 90 * 24 * _HOUR_US)
    hours = (nw.col("resolved_us") - nw.col("opened_us")) / _HOUR_US
    complained = (nw.col("kind") == "complaint") & (opened >= moment.since(180))
    missed = resolved & (nw.col("sla_missed") == 1) & (opened >= moment.since(180))
    one = nw.lit(1)
    per_account = known.group_by("account_id").agg(
        tickets_30=nw.when(opened >= moment.since(30)).then(one).count(),
        tickets_90=nw.when(opened >= moment.since(90)).then(one).count(),
        open_tickets=nw.when(~resolved).then(one).count(),
        complaints_180=nw.when(complained).then(one).count(),
        sla_misses_180=nw.when(missed).then(one).count(),
        last_ticket=opened.max(),
        resolution_hours_90=nw.when(resolved_in_90).then(hours).mean(),
    )
    return per_account.with_columns(nw.col("resolution_hours_90").round(6))


def from_answers(answers: Frame, *, moment: Moment) -> Frame:
    """What each account answered last; of two answers of one day the lower counts.

    Args:
        answers: rows of the table `answers`, scores between −999 and 999.
    Returns:
        One row per account with any answer; null where it never answered that survey.
    """
    day = nw.col("day")
    known = answers.filter(day <= moment.day, nw.col("known_us") <= moment.known_us)
    # Day and score in one number, so that one pass finds the last answer.
    packed = day.cast(nw.Int64) * _SCORES + (_SCORES // 2 - nw.col("score"))
    per_account = known.group_by("account_id").agg(
        nps=nw.when(nw.col("survey") == "nps").then(packed).max(),
        csat=nw.when(nw.col("survey") == "csat").then(packed).max(),
        last_answer=day.max(),
    )
    return per_account.select(
        "account_id",
        "last_answer",
        nps_last=_SCORES // 2 - nw.col("nps") % _SCORES,
        csat_last=_SCORES // 2 - nw.col("csat") % _SCORES,
    )


def from_payments(payments: Frame, terms: Frame, *, moment: Moment) -> Frame:
    """What each account paid, and how.

    Args:
        payments: rows of the table `payments`.
        terms: rows of the table `terms`, for the day on which each paid term began.
    Returns:
        One row per account with any payment. A late payment is the first payment of a renewed
        term, made after the term before it was over.
    """
    day = nw.col("day")
    known = payments.filter(day <= moment.day, nw.col("known_us") <= moment.known_us)
    succeeded = nw.col("state") == "succeeded"
    failed = (nw.col("state") == "failed") & (day >= moment.since(365))
    per_account = known.group_by("account_id").agg(
        paid_total_minor=nw.when(succeeded).then(nw.col("amount_minor")).sum(),
        payments_failed_365=nw.when(failed).then(nw.lit(1)).count(),
    )
    paid = known.filter(succeeded, ~nw.col("term_id").is_null())
    per_term = paid.group_by("account_id", "term_id").agg(first_day=day.min())
    renewed = terms.filter(nw.col("number") > 1).select("term_id", "starts_day")
    late = per_term.join(renewed, on="term_id", how="inner").filter(
        nw.col("first_day") > nw.col("starts_day"), nw.col("first_day") >= moment.since(730)
    )
    counted = late.group_by("account_id").agg(late_payments_730=nw.len())
    return per_account.join(counted, on="account_id", how="left")


def from_contacts(contacts: Frame, *, moment: Moment) -> Frame:
    """How many messages each account received in 30 days: `account_id`, `contacts_30`."""
    received = contacts.filter(
        nw.col("day") >= moment.since(30),
        nw.col("day") <= moment.day,
        nw.col("sent_us") <= moment.known_us,
    )
    return received.group_by("account_id").agg(contacts_30=nw.len())
