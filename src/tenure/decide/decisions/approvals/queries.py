"""What waits for a second person."""

from __future__ import annotations

from tenure.decide.decisions.approvals.models import Approval


def waiting_approvals() -> list[Approval]:
    """Days whose costly choices wait, the oldest first."""
    return list(Approval.objects.filter(state=Approval.State.WAITING).order_by("as_of", "pk"))
