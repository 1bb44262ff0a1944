"""Read who carried what, and what it counted as."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from tenure.act.channels.channel import Channel
from tenure.act.channels.models import Carriage

#: What never reached the provider, or was not taken by it.
NOT_COUNTED = (Carriage.Outcome.RETURNED, Carriage.Outcome.REFUSED, Carriage.Outcome.LATER)


def segments_of(message_ids: Collection[int]) -> Mapping[int, int]:
    """Message → as how many text messages it was handed over; those that are none are left out."""
    rows = Carriage.objects.filter(message__in=message_ids, segments__gt=0).order_by("pk")
    return dict(rows.values_list("message_id", "segments"))


def carriages_of(message_id: int) -> Sequence[Carriage]:
    """Every handing over of one message, the first one first."""
    return list(Carriage.objects.filter(message=message_id).order_by("pk"))


def full_until(address: str, *, channel: Channel, at: datetime) -> datetime | None:
    """Until when one recipient had all that the provider lets one have; None: may go now (R-C-005).

    Counted in the database, over every process: the oldest of the last so many must be past.
    """
    latest = None
    for most, window in channel.limits.per_recipient:
        counted = Carriage.objects.filter(
            provider=channel.name, message__address=address, opened_at__gt=at - window
        ).exclude(outcome__in=NOT_COUNTED)
        times = list(counted.order_by("-opened_at").values_list("opened_at", flat=True)[:most])
        if len(times) == most:
            until = times[-1] + window
            latest = until if latest is None else max(latest, until)
    return latest
