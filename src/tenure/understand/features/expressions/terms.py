"""The terms that are live as of a day, and what their own history says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.understand.features.moments import Moment

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

ELDERLY_YEARS = 65


def live_terms(terms: Frame, *, moment: Moment) -> Frame:
    """The terms that had begun and were, on that day, neither renewed nor closed.

    Args:
        terms: rows of the table `terms`, every term that ever was.
        moment: what was renewed or closed after its day had not yet happened. A late renewal
            begins where the old term ended, days before anybody bought it: until then it is not
            there, and the old term is.
    Returns:
        Rows of `terms`; grace days are included.
    """
    known = known_terms(terms, moment=moment)
    bought_later = known.filter(nw.col("renewed_day") > moment.day).select(
        "subscription_id", number=nw.col("number") + 1
    )
    begun = known.filter(
        nw.col("starts_day") <= moment.day,
        ~happened("renewed_day", moment=moment),
        ~happened("closed_day", moment=moment),
    )
    return begun.join(bought_later, on=["subscription_id", "number"], how="anti")


def known_terms(terms: Frame, *, moment: Moment) -> Frame:
    """The terms that we had heard of."""
    return terms.filter(nw.col("known_us") <= moment.known_us)


def happened(column: str, *, moment: Moment) -> nw.Expr:
    """Whether a day of a term had come; never null."""
    return (nw.col(column) <= moment.day).fill_null(False)


def from_terms(live: Frame, terms: Frame, *, moment: Moment) -> Frame:
    """What the live terms say of themselves and of those before them.

    Args:
        live: `live_terms(terms)`, or some of them.
        terms: rows of the table `terms`.
    Returns:
        One row per live term: its ids and the features about plan, price and history. Shares are
        rounded to millionths; `price_change_share` is null for a first term, or after a free one.
    """
    months = nw.col("cycle_months")
    known = known_terms(terms, moment=moment)
    before = known.select(
        "subscription_id",
        number=nw.col("number") + 1,
        monthly_before=nw.col("price_minor") / months,
    )
    chained = live.join(before, on=["subscription_id", "number"], how="left")
    change = nw.col("price_minor") / months / nw.col("monthly_before") - 1
    discount = 1 - nw.col("price_minor") / nw.col("list_price_minor")
    day = nw.lit(moment.day)
    return chained.select(
        "account_id",
        "subscription_id",
        "term_id",
        "plan_code",
        "tier_rank",
        "cycle_months",
        "price_minor",
        "auto_renew",
        tenure_days=day - nw.col("subscription_started_day"),
        term_number=nw.col("number"),
        days_left=nw.col("ends_day") - day,
        term_age_days=day - nw.col("starts_day"),
        discount_share_last=nw.when(nw.col("list_price_minor") > 0).then(discount).round(6),
        price_change_share=nw.when(nw.col("monthly_before") > 0).then(change).round(6),
    )


def renewals(terms: Frame, *, moment: Moment) -> Frame:
    """How often each account had renewed anything: `account_id`, `renewals_count`."""
    renewed = known_terms(terms, moment=moment).filter(happened("renewed_day", moment=moment))
    return renewed.group_by("account_id").agg(renewals_count=nw.len())


def from_accounts(accounts: Frame, *, moment: Moment) -> Frame:
    """Who each account is, flags as 0 or 1; null where the year of birth is not known."""
    age_years = nw.lit(moment.year) - nw.col("born_year")
    return accounts.filter(nw.col("known_us") <= moment.known_us).select(
        "account_id",
        "has_email",
        "has_phone",
        "marketing_consent",
        is_business=nw.col("kind").is_in(["business", "enterprise"]).cast(nw.Int64),
        is_elderly=(age_years >= ELDERLY_YEARS).cast(nw.Int64),
    )
