"""Planned work that lies ahead, and whom it affects."""

from datetime import date, datetime

from django.db.models import Q, QuerySet

from tenure.records.maintenance.models import Maintenance, MaintenanceNode
from tenure.records.service.models import Line
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import SubscriptionState, TermState


def ahead(*, at: datetime) -> QuerySet[Maintenance]:
    """Work that is not over, called off or not; the next first."""
    return Maintenance.objects.filter(ends_at__gt=at).order_by("starts_at", "pk")


def affected(maintenance_id: int, *, on: date) -> list[tuple[int, int, int]]:
    """Account, subscription and term of everybody whom a worked-on node serves on a day.

    The term is the one of that day, be it renewed already; who is in the grace days or may still
    renew is served, who rests or leaves before is not.
    """
    nodes = MaintenanceNode.objects.filter(maintenance=maintenance_id).values("node_id")
    lines = Line.objects.filter(node__in=nodes).values("subscription_id")
    served = Q(state__in=(TermState.RUNNING, TermState.GRACE)) | Q(
        state__in=(TermState.CANCELLING, TermState.RENEWED), ends_on__gt=on
    )
    awake = Q(subscription__state=SubscriptionState.ACTIVE) | Q(
        subscription__state=SubscriptionState.PAUSED, subscription__resumes_on__lte=on
    )
    terms = Term.objects.filter(served, awake, subscription__in=lines, starts_on__lte=on)
    rows = terms.order_by("starts_on", "pk").values_list("account_id", "subscription_id", "pk")
    # The last one counts: where several terms of a chain are named, it is that of the day.
    return sorted({row[1]: row for row in rows}.values())
