"""The members of a segment as rows that other programs read; never a name or an address."""

from __future__ import annotations

from typing import Any

from tenure.records.subscriptions.models import Term
from tenure.understand.segments.queries import Members

_CHUNK = 500


def rows_of(members: Members, segment: str) -> list[dict[str, Any]]:
    """One row per live term in a segment on the day of the snapshot, in the order of the terms."""
    version = members.versions[members.segments.index(segment)]
    terms = members.terms(segment).tolist()
    rows: list[dict[str, Any]] = []
    for start in range(0, len(terms), _CHUNK):
        found = Term.objects.filter(pk__in=terms[start : start + _CHUNK]).order_by("pk")
        rows += [
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
    return rows
