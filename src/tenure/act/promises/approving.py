"""A second person agrees to a day's choices, and they are told at once."""

from __future__ import annotations

from datetime import date, datetime

from tenure.act.journeys.actions import plan_due
from tenure.act.promises.fulfilling import fulfil_due
from tenure.decide.decisions.approvals import actions
from tenure.decide.decisions.approvals.models import Approval


def approve(approval_id: int, *, on: date, at: datetime, by: str) -> Approval:
    """Agree, and plan what follows, as the night would have; told again, nothing more.

    What was due then is planned for that day: a step stays open for its days.

    Raises:
        SecondPersonNeeded, TooLate, IllegalMove.
    """
    one = actions.approve(approval_id, on=on, at=at, by=by)
    fulfil_due(as_of=one.as_of, at=at, by=by)
    plan_due(as_of=one.as_of, at=at, by=by)
    return one
