"""Groups and who is in them; only those who paid are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenure.records.groups.models import Group, GroupPlace
from tenure.records.groups.states import GroupState


@dataclass(frozen=True, slots=True)
class Gathering:
    """A group as a customer sees it: how many really paid, and never more than that."""

    group: Group
    paid: int
    mine: GroupPlace | None

    @property
    def missing(self) -> int:
        return max(0, self.group.size - self.paid)

    @property
    def is_open(self) -> bool:
        return self.group.state == GroupState.OPEN


def gathering(public_id: str, *, account_id: int) -> Gathering | None:
    """One group for one customer; None where there is none of this name."""
    group = Group.objects.filter(public_id=public_id).first()
    return _seen(group, account_id) if group is not None else None


def gatherings_of(account_id: int) -> Sequence[Gathering]:
    """The groups that a customer is or was in, the newest first."""
    places = GroupPlace.objects.filter(account_id=account_id).select_related("group")
    return [_seen(one.group, account_id) for one in places.order_by("-pk")[:20]]


def place_of(order_id: int) -> GroupPlace | None:
    """The place that an order pays for."""
    return GroupPlace.objects.select_related("group").filter(order_id=order_id).first()


def orders_of(group_id: int) -> Sequence[int]:
    """The orders of everybody in a group."""
    places = GroupPlace.objects.filter(group_id=group_id, order__isnull=False)
    return list(places.values_list("order_id", flat=True))


def over(at: datetime) -> Sequence[int]:
    """The groups whose time is over and that were not formed."""
    rows = Group.objects.filter(state=GroupState.OPEN, deadline_at__lte=at)
    return list(rows.order_by("deadline_at", "pk").values_list("pk", flat=True)[:200])


def _seen(group: Group, account_id: int) -> Gathering:
    places = GroupPlace.objects.filter(group=group)
    return Gathering(
        group,
        places.filter(paid_at__isnull=False).count(),
        places.filter(account_id=account_id).first(),
    )
