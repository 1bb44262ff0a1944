"""Who is under a legal hold, and what the last nights let go."""

from typing import Any

from django.db.models import QuerySet

from tenure.records.retention.models import LegalHold, RetentionNight
from tenure.records.retention.rules import UnderHold


def standing_holds() -> QuerySet[LegalHold]:
    """The holds that stand, the newest first."""
    return LegalHold.objects.filter(lifted_at__isnull=True).order_by("-placed_at", "-pk")


def held_accounts() -> QuerySet[LegalHold, Any]:
    """The accounts under a hold, for use inside another question."""
    return LegalHold.objects.filter(lifted_at__isnull=True).values("account_id")


def check_free(account_id: int) -> None:
    """Refuse to delete what is held.

    Raises:
        UnderHold: says why it is.
    """
    hold = LegalHold.objects.filter(account_id=account_id, lifted_at__isnull=True).first()
    if hold is not None:
        raise UnderHold(reason=hold.reason)


def last_nights(limit: int) -> list[RetentionNight]:
    """The last nights, the newest first."""
    return list(RetentionNight.objects.order_by("-as_of")[:limit])
