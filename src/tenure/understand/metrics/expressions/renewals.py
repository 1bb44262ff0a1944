"""How every due term turned out. The rules on one and these agree by a property test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

if TYPE_CHECKING:
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
    # Only a first term follows nobody: most terms of a young business.
    nexts = terms.filter(nw.col("number") > 1).select(
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
