"""The names of events that features know; whatever else a business sends is kept and ignored."""

from __future__ import annotations

from typing import Final

LOGINS: Final = ("Login", "Signed In")
SESSIONS: Final = ("Session Started", "Application Opened")
FEATURE_USES: Final = ("Feature Used",)
USAGE: Final = ("Usage Recorded",)
PAGES: Final = ("Page Viewed",)
SPEED_TESTS: Final = ("Speed Test",)
OUTAGES: Final = ("Outage",)
EXPORTS: Final = ("Data Exported",)
INTEGRATIONS: Final = ("Integration Used",)
OPENS: Final = ("Message Opened", "Email Opened", "Push Notification Tapped")

# What is measured, opened, or done by another program is no activity of a person; everything else
# that a customer does is.
PASSIVE: Final = (*SPEED_TESTS, *OUTAGES, *OPENS, *INTEGRATIONS)

# `feature` of a usage event: which meter it reads. Other meters count towards the trend alone.
GB_METERS: Final = ("gb", "traffic")
MINUTES_METERS: Final = ("minutes", "calls")

# `feature` of a page: where prices of others are compared.
COMPARE_PAGES: Final = ("compare", "competitors")

# Below this share of the promised speed an evening counts as slow.
SLOW_SHARE: Final = 0.5
