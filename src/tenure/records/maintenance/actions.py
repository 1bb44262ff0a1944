"""Plan work on nodes, move it, call it off; who is affected is told elsewhere."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.maintenance.models import Maintenance, MaintenanceNode
from tenure.records.maintenance.rules import (
    NoNodes,
    NoSuchMaintenance,
    OverAlready,
    Works,
    check_hours,
)
from tenure.records.service.models import Node


@transaction.atomic
def plan(works: Works, nodes: Collection[str], *, on: date, at: datetime, by: str) -> Maintenance:
    """Work on some nodes is planned; told again, the same one.

    Raises:
        NoNodes, EndsBefore, TooSoon
    """
    known = Maintenance.objects.filter(source=works.source, external_id=works.external_id).first()
    if known is not None:
        return known
    found = dict(Node.objects.filter(code__in=nodes).values_list("code", "pk"))
    missing = sorted(set(nodes) - found.keys())
    if missing or not found:
        raise NoNodes(code="、".join(missing))
    check_hours(works.starts_at, works.ends_at, at=at, is_urgent=works.is_urgent)
    one = Maintenance.objects.create(**asdict(works), planned_at=at)
    MaintenanceNode.objects.bulk_create(
        MaintenanceNode(maintenance=one, node_id=pk) for pk in sorted(found.values())
    )
    append(_about("maintenance.planned", one, on=on), at=at, by=by)
    return one


@transaction.atomic
def move(
    maintenance_id: int, hours: tuple[datetime, datetime], *, on: date, at: datetime, by: str
) -> Maintenance:
    """It takes place at other hours; whoever was told is told of them.

    Raises:
        NoSuchMaintenance, OverAlready, EndsBefore, TooSoon
    """
    one = _still(maintenance_id, at=at)
    starts_at, ends_at = hours
    if (one.starts_at, one.ends_at) == (starts_at, ends_at):
        return one
    check_hours(starts_at, ends_at, at=at, is_urgent=one.is_urgent)
    one.starts_at, one.ends_at, one.revision = starts_at, ends_at, one.revision + 1
    one.save(update_fields=["starts_at", "ends_at", "revision"])
    append(_about("maintenance.moved", one, on=on), at=at, by=by)
    return one


@transaction.atomic
def cancel(maintenance_id: int, *, on: date, at: datetime, by: str) -> Maintenance:
    """It does not take place; called off again, the first time counts.

    Raises:
        NoSuchMaintenance, OverAlready
    """
    one = Maintenance.objects.select_for_update().filter(pk=maintenance_id).first()
    if one is not None and one.cancelled_at is not None:
        return one
    one = _still(maintenance_id, at=at)
    one.cancelled_at, one.revision = at, one.revision + 1
    one.save(update_fields=["cancelled_at", "revision"])
    append(_about("maintenance.cancelled", one, on=on), at=at, by=by)
    return one


def _still(maintenance_id: int, *, at: datetime) -> Maintenance:
    one = Maintenance.objects.select_for_update().filter(pk=maintenance_id).first()
    if one is None:
        raise NoSuchMaintenance(number=maintenance_id)
    if one.cancelled_at is not None or one.starts_at <= at:
        raise OverAlready()
    return one


def _about(kind: str, one: Maintenance, *, on: date) -> Fact:
    content = {"maintenance": one.pk, "revision": one.revision}
    return Fact(kind, on=on, content=content, once_key=f"{kind}:{one.pk}:{one.revision}")
