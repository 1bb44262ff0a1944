"""Deductions for screens and for the loop."""

from datetime import datetime

from django.db.models import QuerySet

from tenure.records.billing.deductions.models import Deduction, DeductionAttempt
from tenure.records.billing.deductions.states import BY_HAND, DeductionState


def deduction_of(term_id: int) -> Deduction | None:
    """The automatic payment of a term's renewal."""
    return Deduction.objects.filter(term_id=term_id).select_related("mandate").first()


def attempts_of(deduction_id: int) -> list[DeductionAttempt]:
    """Every attempt of a deduction, in order."""
    return list(DeductionAttempt.objects.filter(deduction_id=deduction_id).order_by("ordinal"))


def held_notices() -> QuerySet[Deduction]:
    """Deductions that are held because no notice was delivered: the console's queue."""
    held = Deduction.objects.filter(state=DeductionState.HELD)
    return held.select_related("account", "term", "mandate").order_by("due_on", "pk")


def by_hand() -> QuerySet[Deduction]:
    """Renewals that the customer must pay by hand, held ones included."""
    found = Deduction.objects.filter(state__in=BY_HAND)
    return found.select_related("account", "term", "mandate").order_by("due_on", "pk")


def in_dunning() -> QuerySet[Deduction]:
    """Deductions that were declined and are being tried again, or were given up: the queue."""
    found = Deduction.objects.filter(state__in=[DeductionState.RETRYING, DeductionState.FAILED])
    return found.select_related("account", "term", "mandate").order_by("due_on", "pk")


def due(*, at: datetime, limit: int = 500) -> list[int]:
    """Deductions for which something is to be done now."""
    found = Deduction.objects.filter(next_at__lte=at).order_by("next_at", "pk")
    return list(found.values_list("pk", flat=True)[:limit])
