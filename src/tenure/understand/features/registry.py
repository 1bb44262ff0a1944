"""Every feature, declared as data: what it is about, what it is computed from, what may use it.

The names and units that people read stand in `strategy/features.py`, because rules need them too;
a test holds the two lists together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.features import OBSERVED
from tenure.understand.features.concepts import Concept
from tenure.warehouse.tables.declaration import Column, Kind, Table

GRAIN: Final = "live term as of a day"
KEYS: Final = ("account_id", "subscription_id", "term_id")


@dataclass(frozen=True, slots=True)
class Feature:
    """One number (or, for the plan, one word) of a live term as of a day.

    `is_actionable` says whether somebody could do something about it; the others describe.
    `is_dated` says whether its value on a past day can be known from history. What is only known
    as it is now (consent, addresses, the switch for automatic renewal) would tell an estimator
    about the future of a past day, so no estimator sees it.
    `is_ours` says whether it counts what we do ourselves, or what can only answer to it (messages
    that we sent and that were opened, when we asked last): it moves whenever we do something else,
    so it tells nobody that the customers are other ones.
    """

    id: str
    concept: Concept
    reads: tuple[str, ...]
    kind: Kind = "int64"
    is_actionable: bool = False
    is_dated: bool = True
    is_ours: bool = False

    @property
    def name(self) -> Sentence:
        """How people call it."""
        return OBSERVED[self.id].name

    @property
    def unit(self) -> Sentence:
        """The unit that people read; empty for shares, amounts and flags."""
        return OBSERVED[self.id].unit

    @property
    def is_number(self) -> bool:
        return self.kind != "string"


_TERMS, _ACCOUNTS, _EVENTS = ("terms",), ("accounts",), ("events",)
_TICKETS, _ANSWERS, _CONTACTS = ("tickets",), ("answers",), ("contacts",)
_PAID = ("payments", "terms")

_DECLARED: Final = (
    Feature("plan_code", Concept.PLAN, _TERMS, "string", is_actionable=True),
    Feature("tier_rank", Concept.PLAN, _TERMS, is_actionable=True),
    Feature("cycle_months", Concept.PLAN, _TERMS, is_actionable=True),
    Feature("price_minor", Concept.PRICE, _TERMS, is_actionable=True),
    Feature("tenure_days", Concept.LOYALTY, _TERMS),
    Feature("term_number", Concept.LOYALTY, _TERMS),
    Feature("days_left", Concept.CLOCK, _TERMS),
    Feature("term_age_days", Concept.CLOCK, _TERMS),
    Feature("auto_renew", Concept.PAYMENT, _TERMS, is_actionable=True, is_dated=False),
    Feature("is_business", Concept.PERSON, _ACCOUNTS),
    Feature("is_elderly", Concept.PERSON, _ACCOUNTS),
    Feature("has_email", Concept.PERSON, _ACCOUNTS, is_dated=False),
    Feature("has_phone", Concept.PERSON, _ACCOUNTS, is_dated=False),
    Feature("days_since_login", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("logins_7", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("logins_30", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("logins_90", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("active_days_30", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("active_days_90", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("sessions_30", Concept.VISITS, _EVENTS, is_actionable=True),
    Feature("usage_minutes_30", Concept.USAGE, _EVENTS, "float64", is_actionable=True),
    Feature("usage_gb_30", Concept.USAGE, _EVENTS, "float64", is_actionable=True),
    Feature("usage_gb_90", Concept.USAGE, _EVENTS, "float64", is_actionable=True),
    Feature("usage_trend", Concept.USAGE, _EVENTS, "float64", is_actionable=True),
    Feature("distinct_features_30", Concept.DEPTH, _EVENTS, is_actionable=True),
    Feature("core_days_30", Concept.DEPTH, _EVENTS, is_actionable=True),
    Feature("days_since_core", Concept.DEPTH, _EVENTS, is_actionable=True),
    Feature("integrations_30", Concept.DEPTH, _EVENTS, is_actionable=True),
    Feature("speed_ratio_30", Concept.NETWORK, _EVENTS, "float64", is_actionable=True),
    Feature("slow_evenings_30", Concept.NETWORK, _EVENTS, is_actionable=True),
    Feature("outages_30", Concept.NETWORK, _EVENTS, is_actionable=True),
    Feature("outage_minutes_90", Concept.NETWORK, _EVENTS, "float64", is_actionable=True),
    Feature("tickets_30", Concept.SUPPORT, _TICKETS, is_actionable=True),
    Feature("tickets_90", Concept.SUPPORT, _TICKETS, is_actionable=True),
    Feature("open_tickets", Concept.SUPPORT, _TICKETS, is_actionable=True),
    Feature("complaints_180", Concept.SUPPORT, _TICKETS, is_actionable=True),
    Feature("days_since_ticket", Concept.SUPPORT, _TICKETS, is_actionable=True),
    Feature("resolution_hours_90", Concept.SUPPORT, _TICKETS, "float64", is_actionable=True),
    Feature("sla_misses_180", Concept.SUPPORT, _TICKETS, is_actionable=True),
    Feature("nps_last", Concept.VOICE, _ANSWERS, is_actionable=True),
    Feature("csat_last", Concept.VOICE, _ANSWERS, is_actionable=True),
    Feature("days_since_survey", Concept.VOICE, _ANSWERS, is_ours=True),
    Feature("payments_failed_365", Concept.PAYMENT, _PAID, is_actionable=True),
    Feature("late_payments_730", Concept.PAYMENT, _PAID, is_actionable=True),
    Feature("discount_share_last", Concept.PRICE, _TERMS, "float64", is_actionable=True),
    Feature("paid_total_minor", Concept.LOYALTY, _PAID),
    Feature("price_change_share", Concept.PRICE, _TERMS, "float64", is_actionable=True),
    Feature("renewals_count", Concept.LOYALTY, _TERMS),
    Feature("compare_visits_30", Concept.LEAVING, _EVENTS),
    Feature("exports_30", Concept.LEAVING, _EVENTS),
    Feature("contacts_30", Concept.CONTACT, _CONTACTS, is_actionable=True, is_ours=True),
    Feature("opens_90", Concept.CONTACT, _EVENTS, is_ours=True),
    Feature("marketing_consent", Concept.CONTACT, _ACCOUNTS, is_dated=False),
)

REGISTRY: Final[dict[str, Feature]] = {feature.id: feature for feature in _DECLARED}

# What an estimator may learn from, in the order of its columns.
LEARNED: Final = tuple(one.id for one in _DECLARED if one.is_number and one.is_dated)

FEATURES: Final = Table(
    name="features",
    grain="one row per live term",
    key=("term_id",),
    columns=(
        *(Column(key, "int64") for key in KEYS),
        *(Column(one.id, one.kind, OBSERVED[one.id].unit.en) for one in _DECLARED),
    ),
)

# The same day as known by now: a row only where late events made it another one.
CORRECTIONS: Final = Table(
    name="feature_corrections",
    grain="one row per live term whose features of the day were corrected",
    key=FEATURES.key,
    columns=FEATURES.columns,
)
