"""What each audience of a campaign was offered, and by which ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tenure.records.campaigns.models import Campaign
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.rows import select_rows

PER_AUDIENCE: Final = Path(__file__).with_name("per_audience.sql")


@dataclass(slots=True)
class OfferedTo:
    """What one audience was offered: customers by offer, and by the way they were told."""

    offers: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)


def offered_to(campaign: Campaign) -> Mapping[str, OfferedTo]:
    """Audience → what its customers were offered so far, and how they were told.

    Who was told on two ways, the first having failed, counts for both.
    """
    values: dict[str, object] = {
        "campaign_id": campaign.pk, "journey": name_in_journal(campaign.key),
    }  # fmt: skip
    found: dict[str, OfferedTo] = {}
    for audience, offer, channel, customers in select_rows(PER_AUDIENCE, values):
        one = found.setdefault(audience, OfferedTo())
        one.offers[offer] += int(customers)
        if channel:
            one.channels[channel] += int(customers)
    return found
