"""Every feature of every live term, from all the sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import narwhals.stable.v2 as nw

from tenure.understand.features.expressions.terms import from_accounts, renewals
from tenure.understand.features.expressions.use import use
from tenure.understand.features.expressions.voices import (
    from_answers,
    from_contacts,
    from_payments,
    from_tickets,
)
from tenure.understand.features.moments import WINDOW_DAYS, Moment
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import as_declared

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

# Counts of what we do ourselves: no record is a zero.
_COUNTED: Final = ("renewals_count", "contacts_30")

# What was never recorded of anybody is unknown of everybody: which features rest on which measure
# of events, or on which records.
RESTS_ON: Final[dict[str, tuple[str, ...]]] = {
    "any_event": (
        "active_days_30",
        "active_days_90",
        "outages_30",
        "outage_minutes_90",
        "compare_visits_30",
        "exports_30",
        "opens_90",
    ),
    "logins_90": ("days_since_login", "logins_7", "logins_30", "logins_90"),
    "sessions_30": ("sessions_30",),
    "minutes_90": ("usage_minutes_30",),
    "gb_90": ("usage_gb_30", "usage_gb_90"),
    "amount_90": ("usage_trend",),
    "distinct_features_30": ("distinct_features_30",),
    "integrations_30": ("integrations_30",),
    "last_core": ("core_days_30", "days_since_core"),
    "speed_tests_30": ("slow_evenings_30",),
    "tickets": (
        "tickets_30",
        "tickets_90",
        "open_tickets",
        "complaints_180",
        "sla_misses_180",
    ),
    "payments": ("paid_total_minor", "payments_failed_365", "late_payments_730"),
}


@dataclass(frozen=True)
class Sources:
    """The tables that features are made from; `live` are the terms to fill.

    `use` is what the events add up to, where somebody knows that already.
    """

    live: Frame
    terms: Frame
    accounts: Frame
    tickets: Frame
    answers: Frame
    payments: Frame
    contacts: Frame
    events: Frame
    use: Frame | None = None


def per_account(sources: Sources, *, moment: Moment, core: Collection[str]) -> dict[str, Frame]:
    """What each source says of each account, one small table a source, joined by `features`."""
    terms, known = sources.terms, sources.use
    return {
        "use": use(sources.events, moment=moment, core=core) if known is None else known,
        "accounts": from_accounts(sources.accounts, moment=moment),
        "renewals": renewals(terms, moment=moment),
        "tickets": from_tickets(sources.tickets, moment=moment),
        "answers": from_answers(sources.answers, moment=moment),
        "payments": from_payments(sources.payments, terms, moment=moment),
        "contacts": from_contacts(sources.contacts, moment=moment),
    }


def features(
    terms: Frame,
    by_account: Mapping[str, Frame],
    *,
    recorded: Collection[str],
    moment: Moment,
) -> Frame:
    """One row per live term with the columns of the table `features`.

    A count is 0 where nothing happened and null where such things are not recorded. Days since the
    last visit stop at 90, or at the age of the subscription, when there was none.

    Args:
        terms: `from_terms(…)`.
        by_account: `per_account(…)`.
        recorded: the keys of `RESTS_ON` of which anybody has anything.
    """
    joined = terms
    for one in by_account.values():
        joined = joined.join(one, on="account_id", how="left")
    completed = joined.with_columns(
        nw.col(*_COUNTED).fill_null(0),
        days_since_ticket=nw.lit(moment.day) - nw.col("last_ticket"),
        days_since_survey=nw.lit(moment.day) - nw.col("last_answer"),
        **_where_recorded(recorded, moment=moment),
    )
    return as_declared(completed, FEATURES)


def _where_recorded(recorded: Collection[str], *, moment: Moment) -> dict[str, nw.Expr]:
    """The features that rest on what a business may not record at all."""
    tests = nw.col("speed_tests_30")
    made = {
        "days_since_login": _days_since("last_login", moment=moment),
        "days_since_core": _days_since("last_core", moment=moment),
        "usage_minutes_30": nw.col("minutes_30").fill_null(0.0),
        "usage_gb_30": nw.col("gb_30").fill_null(0.0),
        "usage_gb_90": nw.col("gb_90").fill_null(0.0),
        "usage_trend": _trend(recorded),
        "speed_ratio_30": nw.when(tests > 0).then(nw.col("speed_sum_30") / tests).round(6),
    }
    for measure, names in RESTS_ON.items():
        for name in names:
            known = made.get(name, nw.col(name).fill_null(0))
            made[name] = known if measure in recorded else nw.lit(None)
    return made


def _days_since(column: str, *, moment: Moment) -> nw.Expr:
    """Days since a last day; without one, the longest time that it can be said for."""
    tenure = nw.col("tenure_days")
    never = nw.when(tenure < WINDOW_DAYS).then(tenure).otherwise(nw.lit(WINDOW_DAYS))
    last = nw.col(column)
    return nw.when(last.is_null()).then(never).otherwise(nw.lit(moment.day) - last)


def _trend(recorded: Collection[str]) -> nw.Expr:
    """Use of the last 30 days against an average month of the 60 days before.

    Null without use in those 60 days, and for whoever came within the 90.
    """
    meter = next((one for one in ("gb", "minutes") if f"{one}_90" in recorded), "amount")
    now, all_90 = nw.col(f"{meter}_30"), nw.col(f"{meter}_90")
    known = (all_90 - now > 0) & (nw.col("tenure_days") >= WINDOW_DAYS)
    return nw.when(known).then(now / ((all_90 - now) / 2)).round(6)
