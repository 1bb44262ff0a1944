"""Read who carried what, and what it counted as."""

from collections.abc import Collection, Mapping, Sequence

from tenure.act.channels.models import Carriage


def segments_of(message_ids: Collection[int]) -> Mapping[int, int]:
    """Message → as how many text messages it was handed over; those that are none are left out."""
    rows = Carriage.objects.filter(message__in=message_ids, segments__gt=0).order_by("pk")
    return dict(rows.values_list("message_id", "segments"))


def carriages_of(message_id: int) -> Sequence[Carriage]:
    """Every handing over of one message, the first one first."""
    return list(Carriage.objects.filter(message=message_id).order_by("pk"))
