"""Ask the providers that never call what became of messages that they took."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from tenure.act.channels import registry
from tenure.act.channels.channel import AskedChannel, ChannelDown, Open
from tenure.act.channels.models import Carriage
from tenure.act.channels.registry import Mouth
from tenure.act.messages.hearing import take_reports
from tenure.records.contacts.states import MessageState

#: A provider is asked this often, about messages that are not older than this.
EVERY: Final = timedelta(minutes=10)
FORGETS: Final = timedelta(days=7)
MOST: Final = 200


def look(*, at: datetime) -> int:
    """Ask each such provider, not oftener than every ten minutes; how many messages moved on."""
    return sum(_look(one, at=at) for one in registry.mouths().values() if _is_time(one, at=at))


def _is_time(mouth: Mouth, *, at: datetime) -> bool:
    if not hasattr(mouth.channel, "look") or mouth.breaker.is_open(at):
        return False
    return mouth.looked_at is None or not mouth.looked_at <= at < mouth.looked_at + EVERY


def _look(mouth: Mouth, *, at: datetime) -> int:
    mouth.looked_at = at
    waiting = open_of(mouth.channel.name, at=at)
    if not waiting:
        return 0
    channel = cast("AskedChannel", mouth.channel)
    reports = []
    try:
        for report in channel.look(waiting, at=at):
            reports.append(report)
    except ChannelDown:
        mouth.breaker.failed(at)
    return take_reports(mouth.channel.name, reports, at=at)


def open_of(name: str, *, at: datetime) -> Sequence[Open]:
    """What a provider took and of which nothing was heard yet, the oldest first."""
    rows = Carriage.objects.filter(
        provider=name,
        outcome=Carriage.Outcome.ACCEPTED,
        opened_at__gt=at - FORGETS,
        message__state=MessageState.SENT,
    ).exclude(provider_id="")
    found = rows.order_by("pk").values_list("message_id", "provider_id", "message__address")
    return [Open(*one) for one in found[:MOST]]
