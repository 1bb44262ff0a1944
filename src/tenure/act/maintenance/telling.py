"""Notices of planned work: to exactly those affected, once for each revision and way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Final

from django.db import transaction
from django.db.models import Q

from tenure.act.channels.banner import EVERYWHERE
from tenure.act.channels.registry import carried
from tenure.act.journeys.withdrawals import withdraw
from tenure.act.messages.own_maintenance import AHEAD, CANCELLED, MOVED
from tenure.act.messages.works import JOURNEY, key_of
from tenure.kernel.clock import today
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ContactPoint
from tenure.records.customers.queries import primary_people
from tenure.records.journal.actions import Fact, append
from tenure.records.maintenance.models import Maintenance
from tenure.records.maintenance.queries import affected, ahead
from tenure.records.maintenance.rules import is_told_now
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.strategy.messages import Channel, MessageClass

BATCH_SIZE: Final = 500
_GONE: Final = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
_COLUMNS: Final = (
    "send_key", "account_id", "person_id", "term_id", "journey", "step", "template",
    "message_class", "channel", "language", "address", "planned_at", "send_after", "expires_at",
)  # fmt: skip

type Affected = tuple[int, int, int]  # account, subscription, term


def tell_maintenance(*, at: datetime, by: str = "loop") -> int:
    """Plan the notices of all work that lies ahead; how many were new.

    Whoever is affected hears of it from four days before on. Whoever was told before it moved or
    was called off hears of that at once; what of the old hours still waits is withdrawn.
    """
    return sum(_tell(one, at=at, by=by) for one in ahead(at=at))


@transaction.atomic
def _tell(one: Maintenance, *, at: datetime, by: str) -> int:
    on_zone = current().business.zone
    told = _told_before(one)
    waiting = Message.objects.filter(_about(one), state=MessageState.PLANNED)
    old = waiting.exclude(send_key__contains=f":{one.pk}.{one.revision}.")
    withdraw(list(old.values_list("pk", flat=True)), reason="moved", at=at, by=by)
    served = affected(one.pk, on=today(on_zone, one.starts_at))
    if one.cancelled_at is not None:
        # Nobody hears of the end of what they never heard of; who heard hears it, served or not.
        wanted, template = sorted(told.values()), CANCELLED
    elif told:
        wanted, template = served, MOVED
    else:
        is_now = is_told_now(one.starts_at, at=at, is_urgent=one.is_urgent)
        wanted, template = (served if is_now else []), AHEAD
    added = sum(
        _plan(one, batch, template=template, told=told, at=at)
        for batch in batched(wanted, BATCH_SIZE)
    )
    if added:
        content = {"maintenance": one.pk, "revision": one.revision, "messages": added}
        append(Fact("maintenance.told", on=today(on_zone, at), content=content), at=at, by=by)
    return added


def _about(one: Maintenance) -> Q:
    return Q(journey=JOURNEY, send_key__contains=f":{one.pk}.")


def _told_before(one: Maintenance) -> Mapping[int, Affected]:
    """Subscription → whom a notice of an earlier revision reached."""
    earlier = Message.objects.filter(_about(one), state__in=_GONE)
    rows = earlier.exclude(send_key__contains=f":{one.pk}.{one.revision}.")
    found: dict[int, Affected] = {}
    for key, account, term in rows.values_list("send_key", "account_id", "term_id"):
        subscription = int(key.rpartition(":")[2].split(".")[2])
        found[subscription] = (account, subscription, term)
    return found


def _plan(
    one: Maintenance,
    batch: Sequence[Affected],
    *,
    template: str,
    told: Collection[int],
    at: datetime,
) -> int:
    people = primary_people({account for account, _, _ in batch})
    ways = _ways({person.pk for person in people.values()})
    rows = (
        (
            key_of(template, (one.pk, one.revision, subscription), channel=channel),
            account, person.pk, term, JOURNEY, _named(template, subscription, told),
            _named(template, subscription, told), MessageClass.LEGAL_NOTICE, channel,
            person.language, address, at, at, one.ends_at,
        )
        for account, subscription, term in batch
        if (person := people.get(account)) is not None
        for channel, address in ways[person.pk]
    )  # fmt: skip
    return insert_rows(Message, rows, columns=_COLUMNS)


def _named(template: str, subscription: int, told: Collection[int]) -> str:
    """Who joined after the first notice hears of the work, not that it moved."""
    return AHEAD if template == MOVED and subscription not in told else template


def _ways(persons: Collection[int]) -> Mapping[int, list[tuple[str, str]]]:
    """Person → by text where it can be, else by mail, and always on their own page (MNT-01)."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    points = ContactPoint.objects.filter(person__in=persons, bounced_at__isnull=True)
    for person, channel, address in points.order_by("-pk").values_list(
        "person_id", "channel", "address"
    ):
        found[person][channel] = address
    return {person: list(_chosen(found[person])) for person in persons}


def _chosen(points: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    usable = [one for one in (Channel.SMS, Channel.EMAIL) if one in points and one in carried()]
    for channel in usable[:1]:
        yield str(channel), points[channel]
    yield str(Channel.BANNER), EVERYWHERE
