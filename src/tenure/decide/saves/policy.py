"""What the law of a place asks of a cancellation, on a day.

A frozen reading of the policy table, by country, region and kind of customer; an unknown place
gets the strictest (R-A-001, R-A-003). Business customers stand outside consumer rules (R-A-004).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class CancelPolicy:
    """One profile in force: how many offers a visit may show, and what must be offered besides.

    `withdrawal_days` is how long after the conclusion, or after a prepayment, a consumer may take
    it back, 0 where no law says so.
    """

    jurisdiction: str
    valid_from: date
    offers_allowed: int
    withdrawal_days: int = 0

    @property
    def version(self) -> str:
        """The name under which it is stored with a cancellation."""
        return f"{self.jurisdiction}@{self.valid_from.isoformat()}"


_LONG_AGO: Final = date(2000, 1, 1)
_EU: Final = frozenset(
    {
        "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "GR", "HU", "IE", "IT", "LV",
        "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
    }
)  # fmt: skip
_CALIFORNIA: Final = frozenset({"CA", "California", "加利福尼亚", "加州"})
_MODEL_STATES: Final = {"NY": "US-NY", "New York": "US-NY", "MA": "US-MA", "Massachusetts": "US-MA"}
_POLICIES: Final = (
    CancelPolicy("CN", _LONG_AGO, 1),
    # The prepaid principal back within seven days (R-A-016).
    CancelPolicy("CN", date(2025, 5, 1), 1, withdrawal_days=7),
    CancelPolicy("CN", date(2026, 4, 10), 1, withdrawal_days=7),
    CancelPolicy("US-FED", _LONG_AGO, 1),
    CancelPolicy("US-CA", _LONG_AGO, 1),
    CancelPolicy("US-CA", date(2025, 7, 1), 1),
    CancelPolicy("US-NY", date(2025, 11, 1), 1),
    CancelPolicy("US-MA", date(2025, 9, 2), 1),
    CancelPolicy("EU", _LONG_AGO, 1, withdrawal_days=14),
    CancelPolicy("EU", date(2026, 6, 19), 1, withdrawal_days=14),
    CancelPolicy("DE", _LONG_AGO, 1, withdrawal_days=14),
    CancelPolicy("DE", date(2022, 7, 1), 0, withdrawal_days=14),
    CancelPolicy("DE", date(2026, 7, 16), 0, withdrawal_days=14),
    CancelPolicy("UK", _LONG_AGO, 1, withdrawal_days=14),
    CancelPolicy("BUSINESS", _LONG_AGO, 1),
    CancelPolicy("STRICTEST", _LONG_AGO, 0, withdrawal_days=14),
)


def policy_for(*, country: str, region: str, is_business: bool, on: date) -> CancelPolicy:
    """The profile of a customer's place in the version in force on a day."""
    name = "BUSINESS" if is_business else _jurisdiction(country, region)
    begun = [one for one in _POLICIES if one.jurisdiction == name and one.valid_from <= on]
    if not begun:
        return policy_for(country="US", region="", is_business=False, on=on)
    return max(begun, key=lambda one: one.valid_from)


def _jurisdiction(country: str, region: str) -> str:
    if country == "US":
        return "US-CA" if region in _CALIFORNIA else _MODEL_STATES.get(region, "US-FED")
    if country in ("CN", "DE"):
        return country
    if country == "GB":
        return "UK"
    return "EU" if country in _EU else "STRICTEST"
