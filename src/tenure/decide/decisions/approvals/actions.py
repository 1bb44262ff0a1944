"""Hold a day's costly choices back, and let them go when another person agrees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from tenure.decide.decisions.approvals.models import Approval
from tenure.decide.decisions.approvals.rules import (
    APPROVAL,
    ApprovalVerb,
    Costly,
    SecondPersonNeeded,
    TooLate,
    needs_second,
    reach_of,
)
from tenure.decide.decisions.facing import Desk
from tenure.decide.decisions.models import Decision
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import run_statement
from tenure.records.stock.actions import release_all
from tenure.records.stock.models import Promise
from tenure.records.stock.states import PromiseState
from tenure.records.strategies.models import Revision

GIVE_BACK: Final = Path(__file__).with_name("give_back_budget.sql")
# Steps stay open for a few days: so long somebody may decide.
DECIDE_WITHIN: Final = timedelta(days=2)


def hold_back(costly: Sequence[Costly], *, desk: Desk, journeys: Collection[str]) -> bool:
    """Ask for a second person where the choices of a moment cost more than one commits.

    Returns:
        Whether they wait.
    """
    limit, as_of, at = desk.strategy.guardrails.second_person_above, desk.as_of, desk.at
    total = sum(one.cost_minor for one in costly)
    if not needs_second(total, limit_minor=limit.amount_minor):
        return False
    reach = reach_of(costly)
    asked_by = Revision.objects.filter(content_hash=desk.strategy.hash).values_list("applied_by")
    made, is_new = Approval.objects.get_or_create(
        as_of=as_of,
        at=at,
        defaults={
            "journeys": sorted(journeys),
            "cost_minor": total,
            "limit_minor": limit.amount_minor,
            "currency": limit.currency,
            "reach": reach,
            "state": APPROVAL.start,
            "asked_by": asked_by[0][0] if asked_by else "",
            "expires_on": as_of + DECIDE_WITHIN,
        },
    )
    if is_new:
        append(_about("choices.held_back", made, on=as_of), at=at, by="loop")
    return True


@transaction.atomic
def approve(approval_id: int, *, on: date, at: datetime, by: str) -> Approval:
    """Another person agrees: the choices count from now on; told again, nothing changes.

    Raises:
        SecondPersonNeeded: it is the one whose strategy chose.
        TooLate: the last day is over.
        IllegalMove: it was rejected, or nobody decided in time.
    """
    one = Approval.objects.select_for_update().get(pk=approval_id)
    if one.state == Approval.State.APPROVED:
        return one
    if by == one.asked_by:
        raise SecondPersonNeeded()
    if on > one.expires_on and one.state == Approval.State.WAITING:
        raise TooLate(expires_on=one.expires_on)
    moved = _move(one, ApprovalVerb.APPROVE, on=on, at=at, by=by)
    _waiting(one).update(outcome=Decision.Outcome.CHOSEN)
    return moved


@transaction.atomic
def reject(approval_id: int, *, on: date, at: datetime, by: str) -> Approval:
    """Another person says no: nothing leaves, and budget and stock are free; again, the same.

    Raises:
        IllegalMove: it was approved.
    """
    one = Approval.objects.select_for_update().get(pk=approval_id)
    if one.state == Approval.State.REJECTED:
        return one
    return _let_go(one, ApprovalVerb.REJECT, on=on, at=at, by=by)


def expire_due(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """Let go of what nobody decided in time: doing nothing is the safe choice. How many."""
    late = Approval.objects.filter(state=Approval.State.WAITING, expires_on__lt=as_of)
    names = list(late.order_by("pk").values_list("pk", flat=True))
    for name in names:
        with transaction.atomic():
            one = Approval.objects.select_for_update().get(pk=name)
            _let_go(one, ApprovalVerb.EXPIRE, on=as_of, at=at, by=by)
    return len(names)


def _let_go(one: Approval, verb: ApprovalVerb, *, on: date, at: datetime, by: str) -> Approval:
    moved = _move(one, verb, on=on, at=at, by=by if verb is ApprovalVerb.REJECT else "")
    ids = list(_waiting(one).values_list("pk", flat=True))
    held = Promise.objects.filter(decision_id__in=ids, state=PromiseState.HELD)
    release_all(_ids(held), "not_approved", on=on, at=at, by=by or "loop")
    _waiting(one).update(outcome=Decision.Outcome.REJECTED)
    run_statement(GIVE_BACK, {"as_of": one.as_of, "on": on})
    return moved


def _ids(held: Any) -> Iterable[int]:
    return list(held.order_by("pk").values_list("pk", flat=True))


def _waiting(one: Approval) -> Any:
    return Decision.objects.filter(
        as_of=one.as_of, decided_at=one.at, outcome=Decision.Outcome.WAITING
    )


def _move(one: Approval, verb: ApprovalVerb, *, on: date, at: datetime, by: str) -> Approval:
    """The only writer of an approval's state."""
    one.state = APPROVAL.after(Approval.State(one.state), verb)
    one.decided_by, one.closed_on = by, on
    one.save(update_fields=["state", "decided_by", "closed_on"])
    append(_about(f"choices.{one.state}", one, on=on), at=at, by=by or "loop")
    return one


def _about(kind: str, one: Approval, *, on: date) -> Fact:
    content = {
        "approval": one.pk, "day": str(one.as_of), "cost_minor": one.cost_minor,
        "currency": one.currency, "terms": one.reach["terms"],
    }  # fmt: skip
    return Fact(kind, on=on, content=content)
