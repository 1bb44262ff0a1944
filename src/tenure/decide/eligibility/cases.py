"""A case: one action for one term on one day, as the lines that may refuse it see it."""

from __future__ import annotations

from typing import Final

# Flags are 0 or 1, amounts minor units, shares 0 to 1; null where it is not known.
TERM_COLUMNS: Final = (
    "held_out",
    "asked_to_stop",
    "is_own_currency",
    "is_scored",
    "p_renew",
    "marketing_consent",
    "is_personalised",
    "has_phone",
    "extended_days",
    "open_fault",
    "days_since_complaint",
    "cap_room",
    "discounts_in_year",
    "days_since_offer",
)
ACTION_COLUMNS: Final = (
    "is_nothing",
    "is_reminder",
    "is_call",
    "is_extension",
    "is_marketing",
    "is_discount",
    "gives",
    "is_sold",
    "is_shorter",
    "is_eligible",
    "uses_left",
    "above_cost_minor",
    "left_share",
    "discount_share",
    "discounts_in_year_minor",
    "dearer_than_now_minor",
    "held_beyond_minor",
)
COLUMNS: Final = TERM_COLUMNS + ACTION_COLUMNS
