"""The members of a segment as rows that other programs read; never a name or an address."""

from __future__ import annotations

from typing import Any

from tenure.records.among import among
from tenure.records.subscriptions.models import Term
from tenure.understand.segments.queries import Members


def rows_of(members: Members, segment: str) -> list[dict[str, Any]]:
    """One row per live term in a segment on the day of the snapshot, in the order of the terms."""
    version = members.versions[members.segments.index(segment)]
    found = Term.objects.filter(among("pk", members.terms(segment).tolist())).order_by("pk")
    return [
        {
            "segment": segment,
            "version": version,
            "as_of": members.on.isoformat(),
            "account_id": account,
            "customer": external,
            "subscription_id": subscription,
            "term_id": term,
            "ends_on": ends_on.isoformat(),
        }
        for term, subscription, account, external, ends_on in found.values_list(
            "pk",
            "subscription_id",
            "subscription__account_id",
            "subscription__account__external_id",
            "ends_on",
        )
    ]
