"""What customers told us, counted and listed."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count

from tenure.records.feedback.models import Answer, LossReason


def answers_of(account_id: int, *, limit: int = 20) -> list[Answer]:
    """The newest answers of an account."""
    answers = Answer.objects.filter(account_id=account_id)
    return list(answers.order_by("-answered_on", "-pk")[:limit])


def reason_counts(*, from_on: date, until_on: date) -> Mapping[str, int]:
    """Reason → how often it was given in `[from_on, until_on)`, the most frequent first."""
    told = LossReason.objects.filter(given_on__gte=from_on, given_on__lt=until_on)
    counted = told.values("reason").annotate(n=Count("id")).order_by("-n", "reason")
    return {row["reason"]: row["n"] for row in counted}
