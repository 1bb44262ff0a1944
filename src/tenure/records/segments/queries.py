"""Which segments are saved, and in which version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from tenure.kernel.failures import Sentence
from tenure.records.segments.models import SavedSegment, SegmentVersion

MOST_ARCHIVED: Final = 50


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved segment as its newest version says it."""

    id: str
    name: Sentence
    number: int
    digest: str
    rule: Mapping[str, Any]


def saved() -> list[Saved]:
    """The segments that are not archived, in the order in which they were made."""
    newest = SegmentVersion.objects.filter(segment=OuterRef("segment")).order_by("-number")
    versions = SegmentVersion.objects.filter(
        segment__archived_at__isnull=True, pk=Subquery(newest.values("pk")[:1])
    )
    return [
        Saved(one.segment.name, one.segment.said, one.number, one.digest, one.rule)
        for one in versions.select_related("segment").order_by("segment_id")
    ]


def versions_of(name: str) -> list[SegmentVersion]:
    """Every version of a saved segment, newest first."""
    found = SegmentVersion.objects.filter(segment__name=name).select_related("segment")
    return list(found.order_by("-number"))


def find(name: str) -> SavedSegment | None:
    """A saved segment, archived or not."""
    return SavedSegment.objects.filter(name=name).first()


def archived() -> list[SavedSegment]:
    """The segments that were taken out of the list, the last one first."""
    rows = SavedSegment.objects.filter(archived_at__isnull=False)
    return list(rows.order_by("-archived_at", "-pk")[:MOST_ARCHIVED])
