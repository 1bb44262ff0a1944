"""Open a group, take a place, count who paid, and settle it: each under the lock of the group."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tenure.records.groups.models import Group, GroupPlace
from tenure.records.groups.rules import (
    GROUP,
    GroupOver,
    GroupVerb,
    InAnotherGroup,
    OtherPlan,
    is_formed,
)
from tenure.records.groups.states import GroupState
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.models import Term


@dataclass(frozen=True, slots=True)
class Deal:
    """What a group is about: how many, how much off, and how long it gathers."""

    size: int
    percent_off: int
    hours: int


@transaction.atomic
def open_group(term: Term, deal: Deal, *, at: datetime, by: str) -> Group:
    """A new group for the plan of a term; asked again while one gathers, the same one."""
    plan = term.plan_version.plan.code
    mine = GroupPlace.objects.select_related("group").filter(
        account_id=term.account_id, plan_code=plan, is_open=True
    )
    if (known := mine.first()) is not None:
        return known.group
    group = Group.objects.create(
        public_id=f"grp_{secrets.token_hex(8)}",
        opened_by_id=term.account_id,
        plan_code=plan,
        size=deal.size,
        percent_off=deal.percent_off,
        opened_at=at,
        deadline_at=at + timedelta(hours=deal.hours),
    )
    GroupPlace.objects.create(
        group=group, account_id=term.account_id, term=term, plan_code=plan, joined_at=at
    )
    append(_about(group, "group.opened", account_id=term.account_id, at=at), at=at, by=by)
    return group


@transaction.atomic
def take_place(group_id: int, term: Term, *, at: datetime, by: str) -> GroupPlace:
    """A place in a group that gathers; taken again, the same one.

    Raises:
        GroupOver: it was settled, or its time is over.
        OtherPlan, InAnotherGroup.
    """
    group = Group.objects.select_for_update(no_key=True).get(pk=group_id)
    if group.state != GroupState.OPEN or at >= group.deadline_at:
        raise GroupOver()
    plan = term.plan_version.plan
    if plan.code != group.plan_code:
        raise OtherPlan(plan=group.plan_code)
    same = GroupPlace.objects.filter(account_id=term.account_id, plan_code=plan.code, is_open=True)
    if (known := same.first()) is not None:
        if known.group_id != group.pk:
            raise InAnotherGroup()
        return known
    place = GroupPlace.objects.create(
        group=group, account_id=term.account_id, term=term, plan_code=plan.code, joined_at=at
    )
    append(_about(group, "group.joined", account_id=term.account_id, at=at), at=at, by=by)
    return place


@transaction.atomic
def pay_for(place: GroupPlace, order_id: int, *, at: datetime, by: str) -> None:
    """Let an order pay for a place; an older one, which ended unpaid, does so no more."""
    if place.order_id == order_id:
        return
    place.order_id = order_id
    place.save(update_fields=["order"])
    fact = Fact(
        "group.ordered",
        on=business_day(at),
        account_id=place.account_id,
        content={"group": place.group_id, "order": order_id},
        once_key=f"group.ordered:{order_id}",
    )
    append(fact, at=at, by=by)


@transaction.atomic
def count_in(order_id: int, *, paid_at: datetime, at: datetime, by: str) -> Group | None:
    """Count a paid order, once, and form the group where it was the last one that it took.

    Returns:
        The group, locked until the caller's transaction ends; None where the order has none.
    """
    place = GroupPlace.objects.filter(order_id=order_id).first()
    if place is None:
        return None
    group = Group.objects.select_for_update(no_key=True).get(pk=place.group_id)
    is_in_time = paid_at <= group.deadline_at and group.state != GroupState.EXPIRED
    if GroupPlace.objects.filter(pk=place.pk, paid_at=None).exists() and is_in_time:
        place.paid_at = paid_at
        place.save(update_fields=["paid_at"])
        append(_about(group, "group.paid_in", account_id=place.account_id, at=at), at=at, by=by)
    paid = GroupPlace.objects.filter(group=group, paid_at__isnull=False).count()
    if group.state == GroupState.OPEN and is_formed(paid, size=group.size):
        _settle(group, GroupVerb.FORM, at=at, by=by)
    return group


@transaction.atomic
def expire(group_id: int, *, at: datetime, by: str) -> Group | None:
    """End a group that too few joined; None where it was settled, or still has time."""
    group = Group.objects.select_for_update(no_key=True).get(pk=group_id)
    if group.state != GroupState.OPEN or at < group.deadline_at:
        return None
    return _settle(group, GroupVerb.EXPIRE, at=at, by=by)


def _settle(group: Group, verb: GroupVerb, *, at: datetime, by: str) -> Group:
    group.state, group.settled_at = GROUP.after(GroupState(group.state), verb), at
    group.save(update_fields=["state", "settled_at"])
    GroupPlace.objects.filter(group=group).update(is_open=False)
    append(
        _about(group, f"group.{group.state}", account_id=group.opened_by_id, at=at), at=at, by=by
    )
    return group


def _about(group: Group, kind: str, *, account_id: int, at: datetime) -> Fact:
    return Fact(
        kind,
        on=business_day(at),
        account_id=account_id,
        content={"group": group.public_id, "plan": group.plan_code, "size": group.size},
        once_key=f"{kind}:{group.public_id}:{account_id}",
    )
